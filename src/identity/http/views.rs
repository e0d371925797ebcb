//! JSON views of accounts.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::identity::store::users::UserRow;
use crate::ids::{CustomerId, UserId};
use crate::sop::role::{Role, Roles};

/// An account, as administrators see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UserView {
    /// The account.
    pub id: UserId,
    /// The e-mail for signing in (surel).
    #[schema(example = "budi.santoso@bspji.example")]
    pub email: String,
    /// When the address was verified.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// The name for display and signatures (nama).
    #[schema(example = "Budi Santoso")]
    pub display_name: String,
    /// True if the account may sign in.
    pub active: bool,
    /// The roles of the account (peran).
    pub roles: Vec<Role>,
    /// True if the owner has chosen a password. Until then the account cannot sign in and its roles
    /// are inactive.
    pub taken_up: bool,
    /// When the open invitation expires.
    pub invited_until: Option<DateTime<Utc>>,
    /// A proposed deactivation or reactivation that waits for a second administrator.
    pub pending_activity: Option<PendingActivity>,
    /// Proposed role changes that wait for a second administrator.
    pub pending_roles: Vec<PendingRole>,
    /// A proposed name that waits for a second administrator.
    pub pending_name: Option<PendingName>,
    /// The organisation of a customer.
    pub customer_id: Option<CustomerId>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

/// A proposed role change that waits for a second administrator.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PendingRole {
    /// The role.
    pub role: Role,
    /// The kind of change.
    pub change: RoleChange,
    /// The author of the proposal.
    pub proposed_by: UserId,
    /// When it was proposed.
    pub proposed_at: DateTime<Utc>,
}

/// The kind of a proposed role change.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleChange {
    /// Give the role.
    Give,
    /// Remove the role.
    Take,
}

/// A proposed change of state that waits for a second administrator.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PendingActivity {
    /// The proposed state.
    pub active: bool,
    /// The author of the proposal.
    pub proposed_by: UserId,
    /// When it was proposed.
    pub proposed_at: DateTime<Utc>,
}

/// A proposed name that waits for a second administrator.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PendingName {
    /// The proposed name.
    #[schema(example = "Budi Santoso, S.T.")]
    pub display_name: String,
    /// The author of the proposal.
    pub proposed_by: UserId,
    /// When it was proposed.
    pub proposed_at: DateTime<Utc>,
}

impl From<UserRow> for UserView {
    fn from(row: UserRow) -> Self {
        let pending = row
            .pending
            .iter()
            .zip(row.pending_by)
            .zip(row.pending_at)
            .zip(row.pending_takes);
        let activity = row.activity.zip(row.activity_by).zip(row.activity_at);
        let name = row
            .pending_name
            .zip(row.pending_name_by)
            .zip(row.pending_name_at);
        Self {
            id: UserId(row.id),
            pending_name: name.map(|((display_name, by), at)| PendingName {
                display_name,
                proposed_by: UserId(by),
                proposed_at: at,
            }),
            email: row.email,
            email_verified_at: row.email_verified_at,
            display_name: row.display_name,
            active: row.active,
            roles: Roles::from_codes(row.roles.iter().map(String::as_str))
                .iter()
                .collect(),
            pending_roles: pending
                .filter_map(|(((code, by), at), takes)| {
                    let change = if takes {
                        RoleChange::Take
                    } else {
                        RoleChange::Give
                    };
                    Some(PendingRole {
                        role: Role::from_code(code)?,
                        change,
                        proposed_by: UserId(by),
                        proposed_at: at,
                    })
                })
                .collect(),
            taken_up: row.taken_up,
            invited_until: row.invited_until,
            pending_activity: activity.map(|((active, by), at)| PendingActivity {
                active,
                proposed_by: UserId(by),
                proposed_at: at,
            }),
            customer_id: row.customer_id.map(CustomerId),
            created_at: row.created_at,
        }
    }
}
