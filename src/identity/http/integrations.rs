//! `GET|POST /integrations`, `GET|PATCH|DELETE /integrations/{id}`.

use actix_web::{HttpRequest, delete, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::Identity;
use crate::identity::integrations::{self, IntegrationChange, IntegrationForm, Scope};
use crate::identity::signed_in::SignedIn;
use crate::identity::store::integrations::{self as store, Row};
use crate::ids::{IntegrationId, UserId};
use crate::sop::role::Role;
use crate::web::idempotent_write::version_required;
use crate::web::page::{PageQuery, size};
use crate::web::{At, Body, Cursor, IdempotentWrite, Page, Provided, Query, Reply};

/// A key for a program, all but itself.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IntegrationView {
    /// The key.
    pub id: IntegrationId,
    /// Whose rights it has, and never more.
    pub owner_id: UserId,
    /// What it is for (nama).
    #[schema(example = "Sistem ERP PT Karet Musi")]
    pub name: String,
    /// What it may read (cakupan).
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The last day on which it is good (WIB).
    #[schema(example = "2027-06-30")]
    pub last_day: NaiveDate,
    /// The last day on which it was used (WIB), if it was.
    #[schema(example = "2026-07-06")]
    pub last_used_on: Option<NaiveDate>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl From<Row> for IntegrationView {
    fn from(row: Row) -> Self {
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

/// A new key. It is shown this once.
#[derive(Serialize, utoipa::ToSchema)]
pub struct NewIntegration {
    /// The key: send it as `Authorization: Bearer sdk_…`. Nobody can show it again.
    #[schema(example = "sdk_m3rJ0c9fYlQh2Tq7v1xS8dKzE5uWbN4aPgR6oXtCiLs")]
    pub key: String,
    /// What is known of it.
    pub integration: IntegrationView,
}

/// List integration keys (daftar kunci integrasi).
///
/// Your own, the oldest first; as an administrator those of the whole office.
#[utoipa::path(tag = "integrations", params(PageQuery), responses((status = 200, description = "A page of keys", body = Page<IntegrationView>)))]
#[get("/integrations")]
pub async fn list_integrations(
    who: SignedIn,
    query: Query<PageQuery>,
    database: Provided<Database>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<IntegrationView>>> {
    let (Query(query), Provided(cursor)) = (query, cursor);
    let owner = if who.roles.has(Role::Admin) {
        None
    } else {
        Some(who.user)
    };
    let (limit, bound) = (size(query.limit)?, (who.office, owner));
    let after: Option<(DateTime<Utc>, Uuid)> =
        cursor.read(query.cursor.as_deref(), "integrations", &bound)?;
    let rows = database
        .0
        .read(async |connection| store::list(connection, who.office, owner, after, limit + 1).await)
        .await?;
    Ok(Reply::page(
        cursor
            .page(rows, limit, "integrations", &bound, |row| {
                (row.created_at, row.id)
            })?
            .map(IntegrationView::from),
    ))
}

/// Make an integration key (buat kunci integrasi).
///
/// For a program that reads with your rights, within the scopes you choose, and never more: what you may not see it does not see, and when your account is
/// deactivated it is dead. It writes nothing and reaches nothing of complaints, identities or accounts. The key is shown in this reply and never again; a mail
/// tells you that it was made.
#[utoipa::path(tag = "integrations", request_body = IntegrationForm, responses((status = 201, description = "The new key", body = NewIntegration)),
    extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/integrations")]
pub async fn create_integration(
    who: SignedIn,
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<IntegrationForm>,
) -> Result<Reply<NewIntegration>> {
    let under = identity.0.integrators.sealed_under(&request, who.user)?;
    let mut work =
        IdempotentWrite::begin_sealed(&database.0, &request, under, clock.0.now()).await?;
    let (row, key) = integrations::create(&mut work, &who, &form.0).await?;
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
/// Your own; as an administrator any of the office.
#[utoipa::path(tag = "integrations", params(("id" = IntegrationId, Path, description = "The key")),
    responses((status = 200, description = "What is known of the key", body = IntegrationView)))]
#[get("/integrations/{id}")]
pub async fn show_integration(
    who: SignedIn,
    at: At<IntegrationId>,
    database: Provided<Database>,
) -> Result<Reply<IntegrationView>> {
    let row = database
        .0
        .read(async |connection| integrations::visible(connection, &who, at.0).await)
        .await?;
    let version = row.version;
    Ok(Reply::ok(IntegrationView::from(row)).version(version))
}

/// Change an integration key (ubah kunci integrasi).
///
/// Its name, its scopes, or how long it is good; from the next request on. Only its owner does.
#[utoipa::path(tag = "integrations", request_body = IntegrationChange, params(("If-Match" = String, Header, description = "ETag of the version you change"), ("id" = IntegrationId, Path, description = "The key")),
    responses((status = 200, description = "The key as it is now", body = IntegrationView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[patch("/integrations/{id}")]
pub async fn change_integration(
    who: SignedIn,
    request: HttpRequest,
    at: At<IntegrationId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<IntegrationChange>,
) -> Result<Reply<IntegrationView>> {
    let seen = version_required(&request)?;
    let mut work = IdempotentWrite::begin(&database.0, &request, who.user.0, clock.0.now()).await?;
    let row = integrations::change(&mut work, &who, at.0, &seen, &form.0).await?;
    let version = row.version;
    work.finish(Reply::ok(IntegrationView::from(row)).version(version))
        .await
}

/// Revoke an integration key (cabut kunci integrasi).
///
/// The next request with it is refused. Your own; as an administrator any of the office. Revoking again changes nothing.
#[utoipa::path(tag = "integrations", params(("id" = IntegrationId, Path, description = "The key")), responses((status = 204, description = "It opens nothing any more")))]
#[delete("/integrations/{id}")]
pub async fn revoke_integration(
    who: SignedIn,
    request: HttpRequest,
    at: At<IntegrationId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<()>> {
    let mut work = IdempotentWrite::begin(&database.0, &request, who.user.0, clock.0.now()).await?;
    integrations::revoke(&mut work, &who, at.0).await?;
    work.finish(Reply::nothing()).await
}
