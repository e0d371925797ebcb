//! Conflicts of interest at work: who is barred when a complaint surfaces, steps back or is declared, and whether the office can still carry it.

pub(super) mod renamed;
pub(super) mod rescreening;
pub(super) mod unassignable;

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::casework::desk::OpenFile;
use crate::casework::workflow::Asking;
use crate::complaint::conflict::{ConflictKind, chain, chain_holds};
use crate::complaint::services::ComplaintServices;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::store::conflicts::{self, NewConflict};
use crate::complaint::store::viewer::Viewer;
use crate::error::{Code, Error, Result, fault};
use crate::identity::roster::{self, RosterEntry};
use crate::identity::signed_in::today;
use crate::identity::teams;
use crate::ids::{ComplaintId, OfficeId, TeamId, UserId};
use crate::sop::role::Role;

/// Bars `user`, and says where the file goes: outside when nobody is left to carry it.
///
/// # Errors
/// When the server refuses.
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
        bar: kind,
        reason,
    };
    conflicts::bar(connection, &header.file.key, &new, day).await?;
    where_it_goes(file).await
}

/// Where a file goes of which somebody was barred: outside when nobody is left to carry it, or it stays.
///
/// # Errors
/// When the server refuses.
pub async fn where_it_goes(file: &mut OpenFile<Task>) -> Result<Stage> {
    let day = today(file.now());
    let services = file.services().clone();
    let (header, connection) = file.parts();
    let carried = holds(connection, header.office, header.file.id, day, &services).await?
        && team_carries(file).await?;
    Ok(if !carried && file.leads_to(Stage::ReferredExternally) {
        Stage::ReferredExternally
    } else {
        file.header().stage
    })
}

/// Whether the team that has the file, if one has, can settle it and draft its answer.
///
/// # Errors
/// When the server refuses.
pub async fn team_carries(file: &mut OpenFile<Task>) -> Result<bool> {
    let services = file.services().clone();
    let (header, connection) = file.parts();
    match header.file.team {
        Some(team) => Ok(
            free_members(connection, header.office, header.file.id, team, &services)
                .await?
                .is_ok(),
        ),
        None => Ok(true),
    }
}

/// Whoever took the file may not see it any more: the service puts it down for them.
///
/// # Errors
/// When the server refuses.
pub async fn let_go(file: &mut OpenFile<Task>) -> Result<()> {
    let keys = file.services().keys.clone();
    let (header, connection) = file.parts();
    Viewer::enter(connection, Asking::Service, Some(header.file.id), &keys)
        .await
        .map(|_| ())
}

/// Lifts a suspicion or a declaration. Where the file is, it stays.
///
/// # Errors
/// `conflict` when there is nothing to lift.
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

/// Refuses while a conflict breaks the chain.
///
/// # Errors
/// `conflict`.
pub async fn must_hold(file: &mut OpenFile<Task>) -> Result<()> {
    let day = today(file.now());
    let services = file.services().clone();
    let (header, connection) = file.parts();
    if holds(connection, header.office, header.file.id, day, &services).await? {
        return Ok(());
    }
    Err(Error::new(Code::Conflict).detail(
        "Benturan kepentingan masih memutus rantai penanganan.",
        "A conflict of interest still breaks the chain of those who would handle it.",
    ))
}

/// Refuses a team without a lead and a drafter who may know of the complaint.
///
/// # Errors
/// `invalid_content` at `/team`.
pub async fn team_must_be_free(file: &mut OpenFile<Task>, team: TeamId) -> Result<()> {
    let services = file.services().clone();
    let (header, connection) = file.parts();
    match free_members(connection, header.office, header.file.id, team, &services).await? {
        Ok(()) => Ok(()),
        Err((id, en)) => Err(Error::invalid(vec![fault(
            "/team",
            "team_cannot_take_it",
            id,
            en,
        )])),
    }
}

/// Refuses whoever is not on the roster of the office.
///
/// # Errors
/// `invalid_content` at `/user`.
pub async fn must_be_staff(file: &mut OpenFile<Task>, user: UserId) -> Result<()> {
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

/// Whether the office can carry the complaint, whoever is barred from it.
///
/// # Errors
/// When the server refuses.
pub(super) async fn holds(
    connection: &mut PgConnection,
    office: OfficeId,
    case: ComplaintId,
    day: NaiveDate,
    services: &ComplaintServices,
) -> Result<bool> {
    let mut holders = Vec::new();
    for role in chain() {
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
    let barred = conflicts::barred(connection, case, &tagged).await?;
    Ok(chain_holds(&holders, &barred))
}

type Words = (&'static str, &'static str);

async fn free_members(
    connection: &mut PgConnection,
    office: OfficeId,
    case: ComplaintId,
    team: TeamId,
    services: &ComplaintServices,
) -> Result<std::result::Result<(), Words>> {
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
    let barred = conflicts::barred(connection, case, &tagged).await?;
    let free = |role: Role| {
        team.members
            .iter()
            .any(|member| member.active && member.roles.has(role) && !barred.contains(&member.user))
    };
    Ok(if free(Role::TeamLead) && free(Role::TeamStaff) {
        Ok(())
    } else {
        Err((
            "Tim ini tidak memiliki ketua dan staf yang dapat menanganinya.",
            "This team has no lead and drafter who can handle it.",
        ))
    })
}
