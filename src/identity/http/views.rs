//! How accounts are shown.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::identity::store::users::Row;
use crate::ids::{CustomerId, UserId};
use crate::sop::role::{Role, Roles};

/// An account, as administrators see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UserView {
    /// The account.
    pub id: UserId,
    /// The e-mail to sign in with (surel).
    #[schema(example = "budi.santoso@bspji.example")]
    pub email: String,
    /// When mail was proved to arrive there, if it was.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// The name that is shown and signs (nama).
    #[schema(example = "Budi Santoso")]
    pub display_name: String,
    /// Whether it may sign in.
    pub active: bool,
    /// The roles it holds (peran).
    pub roles: Vec<Role>,
    /// Roles that one administrator has proposed and a second one has not confirmed yet.
    pub pending_roles: Vec<PendingRole>,
    /// The organisation, for a customer.
    pub customer_id: Option<CustomerId>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// A role that waits for a second administrator.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PendingRole {
    /// The role.
    pub role: Role,
    /// The administrator who proposed it.
    pub proposed_by: UserId,
    /// When.
    pub proposed_at: DateTime<Utc>,
}

impl From<Row> for UserView {
    fn from(row: Row) -> Self {
        let pending = row.pending.iter().zip(row.pending_by).zip(row.pending_at);
        Self {
            id: UserId(row.id),
            email: row.email,
            email_verified_at: row.email_verified_at,
            display_name: row.display_name,
            active: row.active,
            roles: Roles::from_codes(row.roles.iter().map(String::as_str)).iter().collect(),
            pending_roles: pending
                .filter_map(|((code, by), at)| Some(PendingRole { role: Role::from_code(code)?, proposed_by: UserId(by), proposed_at: at }))
                .collect(),
            customer_id: row.customer_id.map(CustomerId),
            created_at: row.created_at,
        }
    }
}
