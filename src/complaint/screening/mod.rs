//! Conflicts of interest in the workflow: bars staff when a complaint is released, a handler
//! recuses or a conflict is declared, and checks whether the office can still handle the complaint.

pub(super) mod name_changes;
pub(super) mod rescreening;
pub(super) mod unassignable;

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::casework::desk::OpenFile;
use crate::complaint::conflict::{ConflictKind, chain_is_complete, chain_roles};
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::store::conflicts::{self, NewConflict};
use crate::complaint::store::viewer::Viewer;
use crate::error::{Code, Error, Result, fault};
use crate::identity::roster::{self, RosterEntry};
use crate::identity::signed_in::today;
use crate::identity::teams;
use crate::ids::{ComplaintId, OfficeId, TeamId, UserId};
use crate::sop::gate::Principal;
use crate::sop::role::Role;

/// Bars `user` and returns the next stage (see `stage_after_screening`).
pub async fn bar(
    file: &mut OpenFile<Task>,
    user: UserId,
    kind: ConflictKind,
    reason: &str,
) -> Result<Stage> {
    let day = today(file.now());
    let services = file.services().clone();
    let (header, connection) = file.parts();
    let new = NewConflict {
        case: header.file.id,
        user,
        tag: services.keys.person_tag(user),
        kind,
        reason,
    };
    conflicts::bar(connection, &header.file.key, &new, day).await?;
    stage_after_screening(file).await
}

/// Returns the stage of a file after a person was barred: outside the office when a role of the SOP
/// has no holder left, else the present stage.
pub async fn stage_after_screening(file: &mut OpenFile<Task>) -> Result<Stage> {
    let day = today(file.now());
    let services = file.services().clone();
    let (header, connection) = file.parts();
    let carried = office_can_handle(connection, header.office, header.file.id, day, &services)
        .await?
        && team_can_handle(file).await?;
    Ok(if !carried && file.leads_to(Stage::ReferredExternally) {
        Stage::ReferredExternally
    } else {
        file.header().stage
    })
}

/// Whether the team of the file can settle the complaint and draft its answer. True when no team is
/// set.
pub async fn team_can_handle(file: &mut OpenFile<Task>) -> Result<bool> {
    let services = file.services().clone();
    let (header, connection) = file.parts();
    match header.file.team {
        Some(team) => Ok(
            check_team(connection, header.office, header.file.id, team, &services)
                .await?
                .is_ok(),
        ),
        None => Ok(true),
    }
}

/// Continues the transaction in the service's context. A caller that has just been barred cannot
/// see the row any more, so the hand-over would fail in the caller's context.
pub async fn continue_as_service(file: &mut OpenFile<Task>) -> Result<()> {
    let keys = file.services().keys.clone();
    let (header, connection) = file.parts();
    Viewer::set_context(connection, Principal::System, Some(header.file.id), &keys)
        .await
        .map(|_| ())
}

/// Lifts a suspicion or a declaration. The stage does not change.
///
/// # Errors
/// `conflict` when there is no suspicion or declaration about `user`.
pub async fn lift(file: &mut OpenFile<Task>, user: UserId) -> Result<Stage> {
    let tag = file.services().keys.person_tag(user);
    let (header, connection) = file.parts();
    let (case, stage) = (header.file.id, header.stage);
    if conflicts::lift(connection, case, &tag).await? {
        return Ok(stage);
    }
    Err(Error::new(Code::Conflict).detail(
        "Tidak ada dugaan atau penetapan atas orang ini yang dapat dicabut.",
        "There is no suspicion or declaration about this person to be lifted.",
    ))
}

/// Refuses while a conflict leaves a role of the SOP without a holder.
///
/// # Errors
/// `conflict`.
pub async fn require_handlers(file: &mut OpenFile<Task>) -> Result<()> {
    let day = today(file.now());
    let services = file.services().clone();
    let (header, connection) = file.parts();
    if office_can_handle(connection, header.office, header.file.id, day, &services).await? {
        return Ok(());
    }
    Err(Error::new(Code::Conflict).detail(
        "Benturan kepentingan masih memutus rantai penanganan.",
        "A conflict of interest still leaves a role of the procedure without a holder.",
    ))
}

/// Refuses a team without a lead and a drafter that may know of the complaint.
///
/// # Errors
/// `invalid_content` at `/team`.
pub async fn require_free_team(file: &mut OpenFile<Task>, team: TeamId) -> Result<()> {
    let services = file.services().clone();
    let (header, connection) = file.parts();
    match check_team(connection, header.office, header.file.id, team, &services).await? {
        Ok(()) => Ok(()),
        Err((id, en)) => Err(Error::invalid(vec![fault(
            "/team",
            "team_cannot_take_it",
            id,
            en,
        )])),
    }
}

/// Refuses a user that is not on the roster of the office.
///
/// # Errors
/// `invalid_content` at `/user`.
pub async fn require_staff(file: &mut OpenFile<Task>, user: UserId) -> Result<()> {
    let (header, connection) = file.parts();
    let roster = roster::roster(connection, header.office).await?;
    if roster.iter().any(|entry: &RosterEntry| entry.user == user) {
        return Ok(());
    }
    Err(Error::invalid(vec![fault(
        "/user",
        "not_staff",
        "Bukan pegawai kantor ini.",
        "Not a member of staff of this office.",
    )]))
}

/// Whether each role of the SOP has a holder that is not barred from the complaint.
pub(super) async fn office_can_handle(
    connection: &mut PgConnection,
    office: OfficeId,
    case: ComplaintId,
    day: NaiveDate,
    services: &ComplaintServices,
) -> Result<bool> {
    let mut holders = Vec::new();
    for role in chain_roles() {
        let people = roster::holders(connection, office, role, day).await?;
        holders.push((
            role,
            people
                .into_iter()
                .map(|holder| holder.user)
                .collect::<Vec<_>>(),
        ));
    }
    let tagged: Vec<_> = holders
        .iter()
        .flat_map(|(_, people)| people)
        .map(|user| (*user, services.keys.person_tag(*user)))
        .collect();
    let barred = conflicts::filter_barred(connection, case, &tagged).await?;
    Ok(chain_is_complete(&holders, &barred))
}

type Reason = (&'static str, &'static str);

async fn check_team(
    connection: &mut PgConnection,
    office: OfficeId,
    case: ComplaintId,
    team: TeamId,
    services: &ComplaintServices,
) -> Result<std::result::Result<(), Reason>> {
    let Some(team) = teams::find(connection, office, team)
        .await?
        .filter(|team| team.active)
    else {
        return Ok(Err((
            "Tidak ada tim aktif dengan id ini.",
            "There is no active team with this id.",
        )));
    };
    let tagged: Vec<_> = team
        .members
        .iter()
        .map(|member| (member.user, services.keys.person_tag(member.user)))
        .collect();
    let barred = conflicts::filter_barred(connection, case, &tagged).await?;
    let free = |role: Role| {
        team.members
            .iter()
            .any(|member| member.active && member.roles.has(role) && !barred.contains(&member.user))
    };
    Ok(if free(Role::TeamLead) && free(Role::TeamStaff) {
        Ok(())
    } else {
        Err((
            "Tim ini tidak memiliki ketua atau staf yang dapat menangani pengaduan ini.",
            "This team lacks a lead or a drafter that can handle the complaint.",
        ))
    })
}
