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
    /// Whether its owner has chosen a password. Until then it cannot sign in, and its roles sleep.
    pub taken_up: bool,
    /// Until when an open invitation to choose a password is good.
    pub invited_until: Option<DateTime<Utc>>,
    /// That it is to be deactivated or activated again, as long as no second administrator has said so too.
    pub pending_activity: Option<PendingActivity>,
    /// Roles that one administrator has proposed to give or to take away and a second one has not confirmed yet.
    pub pending_roles: Vec<PendingRole>,
    /// A name that one administrator has proposed and a second one has not confirmed yet.
    pub pending_name: Option<PendingName>,
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
    /// Whether it is to be given or taken away.
    pub change: RoleChange,
    /// The administrator who proposed it.
    pub proposed_by: UserId,
    /// When.
    pub proposed_at: DateTime<Utc>,
}

/// What is proposed of a role.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleChange {
    /// To give it.
    Give,
    /// To take it away.
    Take,
}

/// A change of state that waits for a second administrator.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PendingActivity {
    /// Whether it is to be active.
    pub active: bool,
    /// The administrator who proposed it.
    pub proposed_by: UserId,
    /// When.
    pub proposed_at: DateTime<Utc>,
}

/// A name that waits for a second administrator.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PendingName {
    /// The name.
    #[schema(example = "Budi Santoso, S.T.")]
    pub display_name: String,
    /// The administrator who proposed it.
    pub proposed_by: UserId,
    /// When.
    pub proposed_at: DateTime<Utc>,
}

impl From<Row> for UserView {
    fn from(row: Row) -> Self {
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
