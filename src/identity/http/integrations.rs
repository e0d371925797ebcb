//! `GET|POST /integrations`, `GET|PATCH|DELETE /integrations/{id}`.

use actix_web::{HttpRequest, delete, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::Identity;
use crate::identity::integrations::{self, IntegrationChange, IntegrationForm};
use crate::identity::signed_in::SignedIn;
use crate::identity::store::integrations::{self as store, IntegrationRow};
use crate::ids::{IntegrationId, UserId};
use crate::sop::role::Role;
use crate::web::idempotent_write::required_if_match;
use crate::web::page::{PageQuery, page_size};
use crate::web::scope::Scope;
use crate::web::{Body, Cursor, IdempotentWrite, Page, PathParam, Provided, Query, Reply};

/// An integration key, without its secret.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IntegrationView {
    /// The key.
    pub id: IntegrationId,
    /// The owner. The key never has more rights than the owner.
    pub owner_id: UserId,
    /// Purpose of the key (nama).
    #[schema(example = "Sistem ERP PT Tirta Musi")]
    pub name: String,
    /// The operations that it may read (cakupan).
    pub scopes: Vec<Scope>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// The last day on which it is valid (WIB).
    #[schema(example = "2027-06-30")]
    pub last_day: NaiveDate,
    /// The last day on which it was used (WIB).
    #[schema(example = "2026-07-06")]
    pub last_used_on: Option<NaiveDate>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl From<IntegrationRow> for IntegrationView {
    fn from(row: IntegrationRow) -> Self {
        Self {
            id: IntegrationId(row.id),
            owner_id: UserId(row.owner_id),
            name: row.name,
            scopes: row
                .scopes
                .iter()
                .filter_map(|code| Scope::from_code(code))
                .collect(),
            created_at: row.created_at,
            last_day: row.last_day,
            last_used_on: row.last_used_on,
            revoked_at: row.revoked_at,
        }
    }
}

/// A new key. The secret is shown only in this reply.
#[derive(Serialize, utoipa::ToSchema)]
pub struct NewIntegration {
    /// The secret: send it as `Authorization: Bearer sdk_…`. It cannot be shown again.
    #[schema(example = "sdk_m3rJ0c9fYlQh2Tq7v1xS8dKzE5uWbN4aPgR6oXtCiLs")]
    pub key: String,
    /// The key without its secret.
    pub integration: IntegrationView,
}

/// List integration keys (daftar kunci integrasi).
///
/// Lists your own keys, oldest first; for administrators all keys of the office.
#[utoipa::path(tag = "integrations", params(PageQuery), responses((status = 200, description = "A page of keys", body = Page<IntegrationView>)))]
#[get("/integrations")]
pub async fn list_integrations(
    caller: SignedIn,
    query: Query<PageQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<IntegrationView>>> {
    let (Query(query), Provided(cursor)) = (query, cursor);
    let owner = if caller.roles.has(Role::Admin) {
        None
    } else {
        Some(caller.user)
    };
    let (limit, bound) = (page_size(query.limit)?, (caller.office, owner));
    let after: Option<(DateTime<Utc>, Uuid)> =
        cursor.read(query.cursor.as_deref(), "integrations", &bound)?;
    let rows = database
        .0
        .read(async |connection| {
            store::list(connection, caller.office, owner, after, limit + 1).await
        })
        .await?;
    Ok(Reply::page(
        cursor
            .page(rows, limit, "integrations", &bound, |row| {
                (row.created_at, row.id)
            })?
            .map(IntegrationView::from),
    ))
}

/// Create an integration key (buat kunci integrasi).
///
/// Lets a program read with your rights, within the chosen scopes. The program sees only what you
/// may see, and the key stops working when your account is deactivated. It cannot write, and cannot
/// read complaints, identities or accounts. The secret is shown only in this reply; a mail informs
/// you that the key was created.
#[utoipa::path(tag = "integrations", request_body = IntegrationForm, responses((status = 201, description = "The new key", body = NewIntegration)),
    extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/integrations")]
pub async fn create_integration(
    caller: SignedIn,
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<IntegrationForm>,
) -> Result<Reply<NewIntegration>> {
    let under = identity.0.integrators.reply_seal(&request, caller.user)?;
    let mut work =
        IdempotentWrite::begin_sealed(&database.0, &request, under, clock.0.now()).await?;
    let (row, key) = integrations::create(&mut work, &caller, &form.0).await?;
    let (location, version) = (format!("/api/v1/integrations/{}", row.id), row.version);
    work.finish(
        Reply::created(
            location,
            NewIntegration {
                key,
                integration: row.into(),
            },
        )
        .version(version),
    )
    .await
}

/// Show an integration key (kunci integrasi).
///
/// Shows one of your own keys; for administrators any key of the office.
#[utoipa::path(tag = "integrations", params(("id" = IntegrationId, Path, description = "The key")),
    responses((status = 200, description = "The key without its secret", body = IntegrationView)))]
#[get("/integrations/{id}")]
pub async fn show_integration(
    caller: SignedIn,
    at: PathParam<IntegrationId>,
    database: Provided<Database>,
) -> Result<Reply<IntegrationView>> {
    let row = database
        .0
        .read(async |connection| integrations::find_visible(connection, &caller, at.0).await)
        .await?;
    let version = row.version;
    Ok(Reply::ok(IntegrationView::from(row)).version(version))
}

/// Change an integration key (ubah kunci integrasi).
///
/// Changes its name, scopes or last day, with effect from the next request. Only for the owner.
#[utoipa::path(tag = "integrations", request_body = IntegrationChange, params(("If-Match" = String, Header, description = "ETag of the version you change"), ("id" = IntegrationId, Path, description = "The key")),
    responses((status = 200, description = "The key as it is now", body = IntegrationView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[patch("/integrations/{id}")]
pub async fn change_integration(
    caller: SignedIn,
    request: HttpRequest,
    at: PathParam<IntegrationId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<IntegrationChange>,
) -> Result<Reply<IntegrationView>> {
    let seen = required_if_match(&request)?;
    let mut work =
        IdempotentWrite::begin(&database.0, &request, caller.user.0, clock.0.now()).await?;
    let row = integrations::change(&mut work, &caller, at.0, &seen, &form.0).await?;
    let version = row.version;
    work.finish(Reply::ok(IntegrationView::from(row)).version(version))
        .await
}

/// Revoke an integration key (cabut kunci integrasi).
///
/// The next request with the key is refused. For your own keys; for administrators any key of the
/// office. Revoking a revoked key changes nothing.
#[utoipa::path(tag = "integrations", params(("id" = IntegrationId, Path, description = "The key")), responses((status = 204, description = "The key is revoked")))]
#[delete("/integrations/{id}")]
pub async fn revoke_integration(
    caller: SignedIn,
    request: HttpRequest,
    at: PathParam<IntegrationId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<()>> {
    let mut work =
        IdempotentWrite::begin(&database.0, &request, caller.user.0, clock.0.now()).await?;
    integrations::revoke(&mut work, &caller, at.0).await?;
    work.finish(Reply::no_content()).await
}
