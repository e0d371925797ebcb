//! JSON views of teams.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::identity::teams::{Member, Team};
use crate::ids::{TeamId, UserId};
use crate::sop::role::Role;

/// A team of the office (tim kerja).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TeamView {
    /// The team.
    pub id: TeamId,
    /// Name of the team (nama tim).
    #[schema(example = "Tim Pengujian dan Kalibrasi")]
    pub name: String,
    /// True if it receives work.
    pub active: bool,
    /// The members, by name (anggota).
    pub members: Vec<StaffOfTeam>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// A member of a team.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StaffOfTeam {
    /// The person.
    pub user_id: UserId,
    /// Their name (nama).
    #[schema(example = "Budi Santoso")]
    pub display_name: String,
    /// The roles `team_lead` and `team_staff` that the person holds. Without one of them the team's
    /// files are closed to the person.
    #[schema(example = json!(["team_staff"]))]
    pub roles: Vec<Role>,
    /// True if the account is active. Inactive members are removed with the next change.
    pub active: bool,
}

impl From<Team> for TeamView {
    fn from(team: Team) -> Self {
        let Team {
            id,
            name,
            active,
            members,
            created_at,
            version: _,
        } = team;
        Self {
            id,
            name,
            active,
            members: members.into_iter().map(StaffOfTeam::from).collect(),
            created_at,
        }
    }
}

impl From<Member> for StaffOfTeam {
    fn from(member: Member) -> Self {
        let Member {
            user,
            display_name,
            active,
            roles,
        } = member;
        Self {
            user_id: user,
            display_name,
            roles: roles.iter().collect(),
            active,
        }
    }
}
