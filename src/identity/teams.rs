//! Teams (tim kerja) as administrators manage them: created, renamed, filled and dissolved, but
//! never deleted. The part of a member, leading or working, follows from their roles.

use serde::Deserialize;

use super::journal::{Subject, record};
use super::roles::{is_guarded, must_still_be_admin};
use super::signed_in::SignedIn;
use super::store::{roles, teams as store};
use super::watchers;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::ids::{TeamId, UserId};
use crate::web::IdempotentWrite;
use crate::web::body::Validate;
use crate::web::body::line_error;
use crate::web::idempotent_write::IfMatch;

pub use super::store::teams::{Member, Team, find, teams_of};

/// Maximum number of members.
const MAX_MEMBERS: usize = 200;

/// A new team.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTeam {
    /// Name of the team (nama tim).
    #[schema(
        example = "Tim Pengujian dan Kalibrasi",
        min_length = 1,
        max_length = 120
    )]
    pub name: String,
    /// The members: active staff (anggota).
    #[schema(max_items = 200)]
    pub members: Vec<UserId>,
}

impl Validate for NewTeam {
    fn errors(&self) -> Vec<FieldError> {
        field_errors(&self.name, &self.members)
    }
}

/// The new state of a team, with the complete list of members.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TeamChange {
    /// Name of the team (nama tim).
    #[schema(
        example = "Tim Pengujian dan Kalibrasi",
        min_length = 1,
        max_length = 120
    )]
    pub name: String,
    /// True if it receives work (aktif).
    pub active: bool,
    /// The members: active staff (anggota).
    #[schema(max_items = 200)]
    pub members: Vec<UserId>,
}

impl Validate for TeamChange {
    fn errors(&self) -> Vec<FieldError> {
        field_errors(&self.name, &self.members)
    }
}

fn field_errors(name: &str, members: &[UserId]) -> Vec<FieldError> {
    let crowd = (members.len() > MAX_MEMBERS).then(|| {
        fault(
            "/members",
            "too_many",
            format!("Paling banyak {MAX_MEMBERS} orang."),
            format!("At most {MAX_MEMBERS} people."),
        )
    });
    let twice = members
        .iter()
        .enumerate()
        .take(MAX_MEMBERS)
        .filter(|(i, member)| members[..*i].contains(member));
    let twice = twice.map(|(i, _)| {
        fault(
            format!("/members/{i}"),
            "duplicate",
            "Orang ini sudah ada dalam tim.",
            "This person is in the team twice.",
        )
    });
    line_error(name, "/name", 120)
        .into_iter()
        .chain(crowd)
        .chain(twice)
        .collect()
}

/// Creates a team.
///
/// # Errors
/// `invalid_content` for members that are not active staff of the office; `conflict` when the name
/// is already in use; `forbidden` to add oneself, or when `caller` is no longer an administrator.
pub(crate) async fn create(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    form: &NewTeam,
) -> Result<Team> {
    let (id, now) = (TeamId::at(work.now()), work.now());
    lock_roles(work, caller).await?;
    store::add(work, caller.office, id, &form.name, now).await?;
    record(work, caller, Subject::Team(id).act("create_team"), now).await?;
    set_members(work, caller, id, &[], &form.members).await?;
    find_team(work, caller, id).await
}

/// Changes name, state and members of a team.
///
/// # Errors
/// `not_found`; `stale_version`; errors of `create`.
pub(crate) async fn change(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    id: TeamId,
    seen: &IfMatch,
    form: &TeamChange,
) -> Result<Team> {
    let now = work.now();
    lock_roles(work, caller).await?;
    if !store::lock(work, caller.office, id).await? {
        return Err(Error::new(Code::NotFound));
    }
    let before = find_team(work, caller, id).await?;
    if !seen.admits(before.version) {
        return Err(Error::new(Code::StaleVersion));
    }
    store::change(work, id, &form.name, form.active).await?;
    let note = [
        (form.name != before.name, "renamed"),
        (before.active && !form.active, "dissolved"),
        (!before.active && form.active, "revived"),
    ];
    let note = note
        .iter()
        .filter(|(happened, _)| *happened)
        .map(|(_, word)| *word)
        .collect::<Vec<_>>()
        .join(" ");
    let note = (!note.is_empty()).then_some(note.as_str());
    record(
        work,
        caller,
        Subject::Team(id).act("change_team").note(note),
        now,
    )
    .await?;
    let held: Vec<UserId> = before.members.iter().map(|member| member.user).collect();
    set_members(work, caller, id, &held, &form.members).await?;
    find_team(work, caller, id).await
}

/// A team of the office.
///
/// # Errors
/// `not_found`.
pub(crate) async fn find_team(
    connection: &mut sqlx::PgConnection,
    caller: &SignedIn,
    id: TeamId,
) -> Result<Team> {
    find(connection, caller.office, id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))
}

/// Takes the lock for deactivations, so that the members found active below stay active until the
/// commit, and checks that `caller` is still an administrator.
async fn lock_roles(work: &mut IdempotentWrite, caller: &SignedIn) -> Result<()> {
    roles::lock(work).await?;
    must_still_be_admin(work, caller).await
}

/// Sets the members of a team. Every member who joins or leaves gets a journal entry, because
/// membership gives access to files.
async fn set_members(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    id: TeamId,
    held: &[UserId],
    wanted: &[UserId],
) -> Result<()> {
    let (now, team) = (work.now(), id.to_string());
    let staff = store::filter_staff(work, caller.office, wanted).await?;
    let strangers = wanted
        .iter()
        .enumerate()
        .filter(|(_, user)| !staff.contains(user));
    let strangers = strangers.map(|(i, _)| {
        fault(
            format!("/members/{i}"),
            "not_staff",
            "Bukan pegawai aktif kantor ini.",
            "Not an active member of staff of this office.",
        )
    });
    let strangers: Vec<_> = strangers.collect();
    if !strangers.is_empty() {
        return Err(Error::invalid(strangers));
    }
    for user in wanted.iter().filter(|user| !held.contains(user)) {
        if *user == caller.user {
            return Err(Error::new(Code::Forbidden).detail(
                "Administrator lain yang harus memasukkan Anda ke dalam tim.",
                "Another administrator must add you to the team.",
            ));
        }
        store::add_member(work, id, *user).await?;
        record(
            work,
            caller,
            Subject::User(*user).act("join_team").note(Some(&team)),
            now,
        )
        .await?;
    }
    for user in held.iter().filter(|user| !wanted.contains(user)) {
        store::remove_member(work, id, *user).await?;
        if is_guarded(work, *user, now).await? {
            watchers::notify(work, caller, *user, "leave_team", now).await?;
        }
        record(
            work,
            caller,
            Subject::User(*user).act("leave_team").note(Some(&team)),
            now,
        )
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_team_has_a_name_and_each_member_once() {
        let person = |n| UserId(uuid::Uuid::from_u128(n));
        let pointers = |name: &str, members: &[UserId]| {
            field_errors(name, members)
                .into_iter()
                .map(|fault| fault.pointer)
                .collect::<Vec<_>>()
        };
        assert_eq!(pointers("Tim Pengujian", &[person(1), person(2)]), [""; 0]);
        assert_eq!(
            pointers(" ", &[person(1), person(2), person(1)]),
            ["/name", "/members/2"]
        );
        assert_eq!(
            pointers("Tim", &(0..201).map(person).collect::<Vec<_>>()),
            ["/members"]
        );
    }
}
