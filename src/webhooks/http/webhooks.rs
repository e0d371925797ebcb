//! `GET|POST /webhooks`, `GET|PATCH|DELETE /webhooks/{id}`.

use actix_web::{HttpRequest, delete, get, patch, post};
use serde::Serialize;
use uuid::Uuid;

use super::{find_own, find_visible, sees_all, view};
use crate::casework::desk::Desk;
use crate::casework::journal::act_entry;
use crate::complaint::sealing::retries;
use crate::complaint::services::ComplaintServices;
use crate::error::{Code, Error, Result};
use crate::ids::WebhookId;
use crate::journal;
use crate::web::idempotent_write::required_if_match;
use crate::web::page::{PageQuery, page_size};
use crate::web::{Body, Cursor, IdempotentWrite, Page, PathParam, Provided, Query, Reply};
use crate::webhooks::client::WebhookClient;
use crate::webhooks::deactivation::may_switch_on;
use crate::webhooks::form::{NewWebhook, WebhookChange, codes, must_be_callable};
use crate::webhooks::secret::Secret;
use crate::webhooks::store::webhooks::{self as store, WebhookCursor};
use crate::webhooks::views::{NewWebhookView, WebhookView};

/// The maximum number of webhooks of one organisation, or of one member of staff.
const MAX_WEBHOOKS: i64 = 20;

/// The filter that a cursor is bound to.
#[derive(Serialize)]
struct WebhookListScope {
    user: Uuid,
    all: bool,
}

/// Make a webhook (daftarkan webhook).
///
/// It receives the events of the applications you may see, for a customer those of the
/// organisation. It never receives anything of a complaint, because a receiver may not learn that a
/// complaint exists. The secret is shown once: with it a receiver checks `webhook-signature`
/// (Standard Webhooks 1.0). A call that is not answered with 2xx within five seconds is repeated,
/// seven times within a day.
#[utoipa::path(tag = "webhooks", request_body = NewWebhook, responses((status = 201, description = "The webhook and its secret", body = NewWebhookView)),
    extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/webhooks")]
pub async fn create_webhook(
    desk: Desk,
    request: HttpRequest,
    form: Body<NewWebhook>,
    client: Provided<WebhookClient>,
    services: Provided<ComplaintServices>,
) -> Result<Reply<NewWebhookView>> {
    must_be_callable(&client.0, &form.0.url)?;
    let under = retries::sealed_under_for_staff(&request, &services.0.keys, desk.signed_in().user)?;
    let mut work =
        IdempotentWrite::begin_sealed(desk.database(), &request, under, desk.request_time().now)
            .await?;
    let (now, secret, kinds) = (work.now(), Secret::random(), codes(&form.0.events));
    if store::count(&mut work, desk.signed_in()).await? >= MAX_WEBHOOKS {
        return Err(
            Error::new(Code::Conflict).detail("Paling banyak 20 webhook.", "At most 20 webhooks.")
        );
    }
    let id = WebhookId::at(now);
    store::add(
        &mut work,
        desk.signed_in(),
        id,
        (&form.0.url, &kinds),
        &secret.sealed(client.0.seal(), id),
        now,
    )
    .await?;
    journal::add(
        &mut work,
        &act_entry(desk.signed_in(), "webhook", id.0, "create_webhook", None),
        now,
    )
    .await?;
    let webhook = find_own(&mut work, &desk, id).await?;
    let version = webhook.version;
    let view = NewWebhookView {
        webhook: WebhookView::of(webhook, true),
        secret: secret.encoded(),
    };
    work.finish(Reply::created(format!("/api/v1/webhooks/{id}"), view).version(version))
        .await
}

/// List the webhooks (daftar webhook).
///
/// Your own, newest first; the users of a customer own theirs together. An administrator sees all
/// of the office, each with its host only.
#[utoipa::path(tag = "webhooks", params(PageQuery), responses((status = 200, body = Page<WebhookView>)))]
#[get("/webhooks")]
pub async fn list_webhooks(
    desk: Desk,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<WebhookView>>> {
    let bound = WebhookListScope {
        user: desk.signed_in().user.0,
        all: sees_all(&desk),
    };
    let limit = page_size(query.0.limit)?;
    let after = cursor
        .0
        .read(query.0.cursor.as_deref(), "webhooks", &bound)?;
    let rows = desk
        .database()
        .read(async |c| store::list(c, desk.signed_in(), bound.all, after, limit + 1).await)
        .await?;
    let page = cursor.0.page(rows, limit, "webhooks", &bound, |row| {
        WebhookCursor::new(row.created_at, row.id.0)
    })?;
    Ok(Reply::page(page.map(|webhook| view(&desk, webhook))))
}

/// Show a webhook (webhook).
///
/// Whether it is active, and since when its calls have failed.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookId, Path, description = "The webhook")), responses((status = 200, body = WebhookView)))]
#[get("/webhooks/{id}")]
pub async fn show_webhook(desk: Desk, at: PathParam<WebhookId>) -> Result<Reply<WebhookView>> {
    let webhook = desk
        .database()
        .read(async |c| find_visible(c, &desk, at.0).await)
        .await?;
    let version = webhook.version;
    Ok(Reply::ok(view(&desk, webhook)).version(version))
}

/// Change a webhook (ubah webhook).
///
/// Its URL, its events, whether it is active. Switching on a failed webhook resets its failures; a
/// webhook that an administrator switched off can only be switched on by the office.
#[utoipa::path(tag = "webhooks", request_body = WebhookChange,
    params(("If-Match" = String, Header, description = "ETag of the version you change"), ("id" = WebhookId, Path, description = "The webhook")),
    responses((status = 200, body = WebhookView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[patch("/webhooks/{id}")]
pub async fn change_webhook(
    desk: Desk,
    request: HttpRequest,
    at: PathParam<WebhookId>,
    form: Body<WebhookChange>,
    client: Provided<WebhookClient>,
) -> Result<Reply<WebhookView>> {
    let seen = required_if_match(&request)?;
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.signed_in().user.0,
        desk.request_time().now,
    )
    .await?;
    let (now, webhook) = (work.now(), find_own(&mut work, &desk, at.0).await?);
    if !seen.admits(webhook.version) {
        return Err(Error::new(Code::StaleVersion));
    }
    if form.0.active == Some(true) {
        may_switch_on(&webhook)?;
    }
    let url = form.0.url.unwrap_or(webhook.url);
    must_be_callable(&client.0, &url)?;
    let kinds = form.0.events.map_or(webhook.kinds, |events| codes(&events));
    store::change(
        &mut work,
        at.0,
        &url,
        &kinds,
        form.0.active.unwrap_or(webhook.active),
    )
    .await?;
    journal::add(
        &mut work,
        &act_entry(desk.signed_in(), "webhook", at.0.0, "change_webhook", None),
        now,
    )
    .await?;
    let webhook = find_own(&mut work, &desk, at.0).await?;
    let version = webhook.version;
    work.finish(Reply::ok(view(&desk, webhook)).version(version))
        .await
}

/// Delete a webhook (hapus webhook).
///
/// With all its deliveries. A call in progress still arrives.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookId, Path, description = "The webhook")), responses((status = 204)))]
#[delete("/webhooks/{id}")]
pub async fn delete_webhook(
    desk: Desk,
    request: HttpRequest,
    at: PathParam<WebhookId>,
) -> Result<Reply<()>> {
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.signed_in().user.0,
        desk.request_time().now,
    )
    .await?;
    let now = work.now();
    find_own(&mut work, &desk, at.0).await?;
    store::delete(&mut work, at.0).await?;
    journal::add(
        &mut work,
        &act_entry(desk.signed_in(), "webhook", at.0.0, "delete_webhook", None),
        now,
    )
    .await?;
    work.finish(Reply::no_content()).await
}
