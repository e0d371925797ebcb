//! How teams are shown.

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
    /// What the office calls it (nama tim).
    #[schema(example = "Tim Pengujian dan Kalibrasi")]
    pub name: String,
    /// Whether work is given to it.
    pub active: bool,
    /// Who is in it, by name (anggota).
    pub members: Vec<StaffOfTeam>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// Somebody in a team.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StaffOfTeam {
    /// The person.
    pub user_id: UserId,
    /// Their name (nama).
    #[schema(example = "Budi Santoso")]
    pub display_name: String,
    /// Which of `team_lead` and `team_staff` they hold: without one they have no part in the team's files.
    #[schema(example = json!(["team_staff"]))]
    pub roles: Vec<Role>,
    /// Whether they still work here; who does not is taken out with the next change.
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
