//! STUB until the teams branch is merged.

use sqlx::PgConnection;

use crate::error::Result;
use crate::ids::{OfficeId, TeamId, UserId};
use crate::sop::role::Roles;

/// A team.
pub struct Team {
    /// Whether it is there.
    pub active: bool,
    /// Who is in it.
    pub members: Vec<Member>,
}

/// A member.
pub struct Member {
    /// Who.
    pub user: UserId,
    /// Active.
    pub active: bool,
    /// What they hold.
    pub roles: Roles,
}

/// Teams of a user.
pub async fn teams_of(_: &mut PgConnection, _: UserId) -> Result<Vec<TeamId>> {
    Ok(Vec::new())
}

/// A team.
pub async fn find(_: &mut PgConnection, _: OfficeId, _: TeamId) -> Result<Option<Team>> {
    Ok(None)
}
