//! STUB until the teams branch is merged.

use chrono::NaiveDate;
use sqlx::PgConnection;

use crate::error::Result;
use crate::ids::{OfficeId, UserId};
use crate::sop::role::{Role, Roles};

/// Somebody who holds a role.
pub struct Holder {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub display_name: String,
}

/// Somebody of the office.
pub struct RosterEntry {
    /// Who.
    pub user: UserId,
    /// Their name.
    pub display_name: String,
    /// What they hold.
    pub roles: Roles,
}

/// Holders of a role.
pub async fn holders(_: &mut PgConnection, _: OfficeId, _: Role, _: NaiveDate) -> Result<Vec<Holder>> {
    Ok(Vec::new())
}

/// Everybody.
pub async fn roster(_: &mut PgConnection, _: OfficeId) -> Result<Vec<RosterEntry>> {
    Ok(Vec::new())
}
