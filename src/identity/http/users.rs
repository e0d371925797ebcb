//! `GET|POST /users`, `GET|PATCH /users/{id}`, `PUT /users/{id}/roles`.

use actix_web::{HttpRequest, get, patch, post, put};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::accounts::{self, AccountChange, NewAccount};
use crate::identity::journal::record_refusal;
use crate::identity::store::users::{self, UserFilter, UserRow};
use crate::identity::{Admins, Identity, Restricted};
use crate::ids::{CustomerId, UserId};
use crate::sop::role::{Role, Roles};
use crate::web::body::Validate;
use crate::web::idempotent_write::required_if_match;
use crate::web::page::page_size;
use crate::web::{Body, Cursor, IdempotentWrite, Page, PathParam, Provided, Query, Reply};

/// Filter of the accounts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// Only holders of this role.
    pub role: Option<Role>,
    /// Only active (`true`) or only deactivated (`false`) accounts.
    pub active: Option<bool>,
    /// Page size, 1 to 200; default 20.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// The values to which a cursor is bound.
#[derive(Serialize)]
struct CursorScope {
    office: Uuid,
    role: Option<Role>,
    active: Option<bool>,
}

/// List accounts (daftar pengguna).
///
/// Lists the accounts of staff and customers, oldest first. For administrators.
#[utoipa::path(tag = "identity", params(UserQuery), responses((status = 200, description = "A page of accounts", body = Page<UserView>)), extensions(("x-roles" = json!(["admin"]))))]
#[get("/users")]
pub async fn list_users(
    caller: Restricted<Admins>,
    query: Query<UserQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<UserView>>> {
    let (caller, Query(query), Provided(cursor)) = (caller.0, query, cursor);
    let bound = CursorScope {
        office: caller.office.0,
        role: query.role,
        active: query.active,
    };
    let limit = page_size(query.limit)?;
    let after: Option<(DateTime<Utc>, Uuid)> =
        cursor.read(query.cursor.as_deref(), "users", &bound)?;
    let filter = UserFilter {
        role: query.role.map(Role::code),
        active: query.active,
    };
    let rows = database
        .0
        .read(async |connection| {
            users::list(connection, caller.office, filter, after, limit + 1).await
        })
        .await?;
    let page = cursor.page(rows, limit, "users", &bound, |row| (row.created_at, row.id))?;
    Ok(Reply::page(page.map(UserView::from)))
}

/// Create an account for a member of staff (tambah pegawai).
///
/// The owner is invited by mail and chooses the password (`POST /auth/invitations/acceptance`),
/// which no other person knows. Until then the account cannot sign in and its roles are inactive.
/// Roles that need two administrators become `pending_roles`; the second administrator confirms
/// with the roles that the address belongs to the owner. For administrators.
#[utoipa::path(tag = "identity", request_body = NewAccount, responses((status = 201, description = "The new account", body = UserView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/users")]
pub async fn create_user(
    caller: Restricted<Admins>,
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<NewAccount>,
) -> Result<Reply<UserView>> {
    let mut work =
        IdempotentWrite::begin(&database.0, &request, caller.0.user.0, clock.0.now()).await?;
    let row = accounts::add(&mut work, &caller.0, &form.0, &identity.0.mail_tokens).await?;
    let (location, version) = (format!("/api/v1/users/{}", row.id), row.version);
    work.finish(Reply::created(location, UserView::from(row)).version(version))
        .await
}

/// Show an account (pengguna).
///
/// Shows one account of the office. For administrators.
#[utoipa::path(tag = "identity", params(("id" = UserId, Path, description = "The account")),
    responses((status = 200, description = "The account", body = UserView)), extensions(("x-roles" = json!(["admin"]))))]
#[get("/users/{id}")]
pub async fn show_user(
    caller: Restricted<Admins>,
    at: PathParam<UserId>,
    database: Provided<Database>,
) -> Result<Reply<UserView>> {
    let row = database
        .0
        .read(async |connection| accounts::find(connection, caller.0.office, at.0).await)
        .await?;
    let version = row.version;
    Ok(Reply::ok(UserView::from(row)).version(version))
}

/// Change an account (ubah pengguna).
///
/// Changes its name or its state; deactivating ends all its sessions immediately. An account with a
/// role that two administrators give (`by_two` in `GET /roles`) is deactivated and reactivated by
/// two administrators: the first request stores a proposal, shown as `pending_activity`; the same
/// request by another administrator carries it out, and a request for the current state withdraws
/// it. The other administrators, custodians, internal auditors and the owner are notified. The last
/// active administrator, custodian or internal auditor cannot be deactivated. The name of a member
/// of staff is changed by two administrators in the same way: the proposal is shown as
/// `pending_name`, and a request with the current name withdraws it. For administrators.
#[utoipa::path(tag = "identity", request_body = AccountChange, params(("If-Match" = String, Header, description = "ETag of the version you change"), ("id" = UserId, Path, description = "The account")),
    responses((status = 200, description = "The account as it is now", body = UserView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[patch("/users/{id}")]
pub async fn change_user(
    caller: Restricted<Admins>,
    request: HttpRequest,
    at: PathParam<UserId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<AccountChange>,
) -> Result<Reply<UserView>> {
    let seen = required_if_match(&request)?;
    let mut work =
        IdempotentWrite::begin(&database.0, &request, caller.0.user.0, clock.0.now()).await?;
    let row = accounts::change(&mut work, &caller.0, at.0, &seen, &form.0).await?;
    let version = row.version;
    work.finish(Reply::ok(UserView::from(row)).version(version))
        .await
}

/// The complete list of roles that a person is to hold.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserRoles {
    /// The roles (peran).
    pub roles: Vec<Role>,
}

impl Validate for UserRoles {}

/// Set the roles of an account (tetapkan peran).
///
/// Roles that are not in the list are removed, with effect from the person's next request. Roles
/// that can read complaints, supervise their handling or give roles are given and removed by two
/// administrators (`by_two` in `GET /roles`): the first request stores a proposal, shown under
/// `pending_roles`; the same request by another administrator carries it out, and a list that
/// leaves the role unchanged withdraws it. When such a role is removed, the other administrators,
/// custodians, internal auditors and the owner are notified. The last active administrator,
/// custodian or internal auditor keeps the role. Administrators cannot change their own roles. For
/// administrators.
#[utoipa::path(tag = "identity", request_body = UserRoles, params(("If-Match" = String, Header, description = "ETag of the version you change"), ("id" = UserId, Path, description = "The account")),
    responses((status = 200, description = "The account as it is now", body = UserView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[put("/users/{id}/roles")]
pub async fn set_user_roles(
    caller: Restricted<Admins>,
    request: HttpRequest,
    at: PathParam<UserId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<UserRoles>,
) -> Result<Reply<UserView>> {
    let seen = required_if_match(&request)?;
    let done = async {
        let mut work =
            IdempotentWrite::begin(&database.0, &request, caller.0.user.0, clock.0.now()).await?;
        let row = accounts::set_roles(&mut work, &caller.0, at.0, &seen, &form.0.roles).await?;
        let version = row.version;
        work.finish(Reply::ok(UserView::from(row)).version(version))
            .await
    };
    record_refusal(
        &database.0,
        &caller.0,
        "set_user_roles_refused",
        clock.0.now(),
        done.await,
    )
    .await
}

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
