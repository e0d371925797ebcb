//! Teams (tim kerja) as administrators keep them: made, renamed, filled, dissolved, never deleted. What a member does in the team, leading or working,
//! is said by the roles they hold, not here.

use serde::Deserialize;

use super::journal::{Act, Subject, record};
use super::organisation::fault_of_line;
use super::roles::{is_guarded, must_still_be_admin};
use super::signed_in::SignedIn;
use super::store::{roles, teams as store};
use super::watchers;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::ids::{TeamId, UserId};
use crate::web::IdempotentWrite;
use crate::web::body::Validate;
use crate::web::idempotent_write::Seen;

pub use super::store::teams::{Member, Team, find, teams_of};

/// The most people in one team.
const LARGEST: usize = 200;

/// A team to make.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    /// What the office calls it (nama tim).
    #[schema(
        example = "Tim Pengujian dan Kalibrasi",
        min_length = 1,
        max_length = 120
    )]
    pub name: String,
    /// Who is in it: active staff (anggota).
    #[schema(max_items = 200)]
    pub members: Vec<UserId>,
}

impl Validate for NewTeam {
    fn errors(&self) -> Vec<FieldError> {
        faults(&self.name, &self.members)
    }
}

/// A team as it is to be: all of its members, those in it already included.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamChange {
    /// What the office calls it (nama tim).
    #[schema(
        example = "Tim Pengujian dan Kalibrasi",
        min_length = 1,
        max_length = 120
    )]
    pub name: String,
    /// Whether work is given to it (aktif).
    pub active: bool,
    /// Who is in it: active staff (anggota).
    #[schema(max_items = 200)]
    pub members: Vec<UserId>,
}

impl Validate for TeamChange {
    fn errors(&self) -> Vec<FieldError> {
        faults(&self.name, &self.members)
    }
}

fn faults(name: &str, members: &[UserId]) -> Vec<FieldError> {
    let crowd = (members.len() > LARGEST).then(|| {
        fault(
            "/members",
            "too_many",
            format!("Paling banyak {LARGEST} orang."),
            format!("At most {LARGEST} people."),
        )
    });
    let twice = members
        .iter()
        .enumerate()
        .take(LARGEST)
        .filter(|(i, member)| members[..*i].contains(member));
    let twice = twice.map(|(i, _)| {
        fault(
            format!("/members/{i}"),
            "duplicate",
            "Orang ini sudah ada dalam tim.",
            "This person is in the team twice.",
        )
    });
    fault_of_line(name, "/name", 120)
        .into_iter()
        .chain(crowd)
        .chain(twice)
        .collect()
}

/// Makes a team.
///
/// # Errors
/// `invalid_content` for members who are no active staff of the office; `conflict` when the name is taken; `forbidden` to put oneself in, or when `who`
/// has just ceased to be an administrator.
pub async fn create(work: &mut IdempotentWrite, who: &SignedIn, form: &NewTeam) -> Result<Team> {
    let (id, now) = (TeamId::at(work.now()), work.now());
    be_the_only_one(work, who).await?;
    store::add(work, who.office, id, &form.name, now).await?;
    record(
        work,
        who,
        Act {
            subject: Subject::Team,
            id: id.0,
            task: "create_team",
            note: None,
        },
        now,
    )
    .await?;
    fill(work, who, id, &[], &form.members).await?;
    shown(work, who, id).await
}

/// Changes name, state and members of a team.
///
/// # Errors
/// `not_found`; `stale_version`; what `create` says.
pub async fn change(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    id: TeamId,
    seen: &Seen,
    form: &TeamChange,
) -> Result<Team> {
    let now = work.now();
    be_the_only_one(work, who).await?;
    if !store::lock(work, who.office, id).await? {
        return Err(Error::new(Code::NotFound));
    }
    let before = shown(work, who, id).await?;
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
        who,
        Act {
            subject: Subject::Team,
            id: id.0,
            task: "change_team",
            note,
        },
        now,
    )
    .await?;
    let held: Vec<UserId> = before.members.iter().map(|member| member.user).collect();
    fill(work, who, id, &held, &form.members).await?;
    shown(work, who, id).await
}

/// A team of the office.
///
/// # Errors
/// `not_found`.
pub async fn shown(
    connection: &mut sqlx::PgConnection,
    who: &SignedIn,
    id: TeamId,
) -> Result<Team> {
    find(connection, who.office, id)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))
}

/// The lock under which people are deactivated: whoever is found active staff below stays so until this write is done.
async fn be_the_only_one(work: &mut IdempotentWrite, who: &SignedIn) -> Result<()> {
    roles::lock(work).await?;
    must_still_be_admin(work, who).await
}

/// Sees to it that the members are `wanted`. Each who comes or goes has an entry of their own in the journal, because being in a team opens files.
async fn fill(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    id: TeamId,
    held: &[UserId],
    wanted: &[UserId],
) -> Result<()> {
    let (now, team) = (work.now(), id.to_string());
    let staff = store::staff_among(work, who.office, wanted).await?;
    let strangers = wanted
        .iter()
        .enumerate()
        .filter(|(_, user)| !staff.contains(user));
    let strangers = strangers.map(|(i, _)| {
        fault(
            format!("/members/{i}"),
            "not_staff",
            "Bukan pegawai aktif kantor ini.",
            "No active member of staff of this office.",
        )
    });
    let strangers: Vec<_> = strangers.collect();
    if !strangers.is_empty() {
        return Err(Error::invalid(strangers));
    }
    for user in wanted.iter().filter(|user| !held.contains(user)) {
        if *user == who.user {
            return Err(Error::new(Code::Forbidden).detail(
                "Administrator lain yang memasukkan Anda.",
                "Another administrator must put you in.",
            ));
        }
        store::join(work, id, *user).await?;
        record(
            work,
            who,
            Act {
                subject: Subject::User,
                id: user.0,
                task: "join_team",
                note: Some(&team),
            },
            now,
        )
        .await?;
    }
    for user in held.iter().filter(|user| !wanted.contains(user)) {
        store::leave(work, id, *user).await?;
        if is_guarded(work, *user, now).await? {
            watchers::tell(work, who, *user, "leave_team", now).await?;
        }
        record(
            work,
            who,
            Act {
                subject: Subject::User,
                id: user.0,
                task: "leave_team",
                note: Some(&team),
            },
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
            faults(name, members)
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
