//! `GET|POST /webhooks`, `GET|PATCH|DELETE /webhooks/{id}`.

use actix_web::{HttpRequest, delete, get, patch, post};
use serde::Serialize;
use uuid::Uuid;

use super::{kept, sees_all, shown, view};
use crate::casework::desk::Desk;
use crate::casework::journal::of_act;
use crate::complaint::sealing::retries;
use crate::complaint::services::ComplaintServices;
use crate::error::{Code, Error, Result};
use crate::ids::WebhookId;
use crate::journal;
use crate::web::idempotent_write::version_required;
use crate::web::page::{PageQuery, size};
use crate::web::{At, Body, Cursor, IdempotentWrite, Page, Provided, Query, Reply};
use crate::webhooks::client::WebhookClient;
use crate::webhooks::form::{NewWebhook, WebhookChange, codes, must_be_callable};
use crate::webhooks::secret::Secret;
use crate::webhooks::store::webhooks::{self as store, Place};
use crate::webhooks::switching::may_switch_on;
use crate::webhooks::views::{NewWebhookView, WebhookView};

/// The most webhooks one organisation, or one member of staff, keeps.
const MOST: i64 = 20;

/// What a cursor is bound to.
#[derive(Serialize)]
struct Bound {
    user: Uuid,
    all: bool,
}

/// Make a webhook (daftarkan webhook).
///
/// It is called with the events of the applications you may see, for a customer those of the organisation; never with anything of a complaint, because a
/// receiver could not un-know that there is one. The secret is shown once: with it a receiver checks `webhook-signature` (Standard Webhooks 1.0). A call that
/// is not answered with 2xx within five seconds is tried again, seven times within a day.
#[utoipa::path(tag = "webhooks", request_body = NewWebhook, responses((status = 201, description = "The webhook and its secret", body = NewWebhookView)),
    extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/webhooks")]
pub async fn create_webhook(
    desk: Desk,
    request: HttpRequest,
    form: Body<NewWebhook>,
    caller: Provided<WebhookClient>,
    services: Provided<ComplaintServices>,
) -> Result<Reply<NewWebhookView>> {
    must_be_callable(&caller.0, &form.0.url)?;
    let under = retries::of_staff(&request, &services.0.keys, desk.who().user)?;
    let mut work =
        IdempotentWrite::begin_sealed(desk.database(), &request, under, desk.request_time().now)
            .await?;
    let (now, secret, kinds) = (work.now(), Secret::random(), codes(&form.0.events));
    if store::count(&mut work, desk.who()).await? >= MOST {
        return Err(
            Error::new(Code::Conflict).detail("Paling banyak 20 webhook.", "At most 20 webhooks.")
        );
    }
    let id = WebhookId::at(now);
    store::add(
        &mut work,
        desk.who(),
        id,
        (&form.0.url, &kinds),
        &secret.sealed(caller.0.seal(), id),
        now,
    )
    .await?;
    journal::add(
        &mut work,
        &of_act(desk.who(), "webhook", id.0, "create_webhook", None),
        now,
    )
    .await?;
    let webhook = kept(&mut work, &desk, id).await?;
    let version = webhook.version;
    let view = NewWebhookView {
        webhook: WebhookView::of(webhook, true),
        secret: secret.shown(),
    };
    work.finish(Reply::created(format!("/api/v1/webhooks/{id}"), view).version(version))
        .await
}

/// List the webhooks (daftar webhook).
///
/// Those you keep, newest first: a customer's people keep theirs together. An administrator sees all of the office, each by its host alone.
#[utoipa::path(tag = "webhooks", params(PageQuery), responses((status = 200, body = Page<WebhookView>)))]
#[get("/webhooks")]
pub async fn list_webhooks(
    desk: Desk,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<WebhookView>>> {
    let bound = Bound {
        user: desk.who().user.0,
        all: sees_all(&desk),
    };
    let limit = size(query.0.limit)?;
    let after = cursor
        .0
        .read(query.0.cursor.as_deref(), "webhooks", &bound)?;
    let rows = desk
        .database()
        .read(async |c| store::list(c, desk.who(), bound.all, after, limit + 1).await)
        .await?;
    let page = cursor.0.page(rows, limit, "webhooks", &bound, |row| {
        Place::new(row.created_at, row.id.0)
    })?;
    Ok(Reply::page(page.map(|webhook| view(&desk, webhook))))
}

/// Show a webhook (webhook).
///
/// Whether it is called, and since when its calls fail.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookId, Path, description = "The webhook")), responses((status = 200, body = WebhookView)))]
#[get("/webhooks/{id}")]
pub async fn show_webhook(desk: Desk, at: At<WebhookId>) -> Result<Reply<WebhookView>> {
    let webhook = desk
        .database()
        .read(async |c| shown(c, &desk, at.0).await)
        .await?;
    let version = webhook.version;
    Ok(Reply::ok(view(&desk, webhook)).version(version))
}

/// Change a webhook (ubah webhook).
///
/// Where it is, which events it wants, whether it is called. Whoever switches on one that failed lets it begin anew; one that an administrator switched off is
/// the office's to switch on.
#[utoipa::path(tag = "webhooks", request_body = WebhookChange,
    params(("If-Match" = String, Header, description = "ETag of the version you change"), ("id" = WebhookId, Path, description = "The webhook")),
    responses((status = 200, body = WebhookView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[patch("/webhooks/{id}")]
pub async fn change_webhook(
    desk: Desk,
    request: HttpRequest,
    at: At<WebhookId>,
    form: Body<WebhookChange>,
    caller: Provided<WebhookClient>,
) -> Result<Reply<WebhookView>> {
    let seen = version_required(&request)?;
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.who().user.0,
        desk.request_time().now,
    )
    .await?;
    let (now, webhook) = (work.now(), kept(&mut work, &desk, at.0).await?);
    if !seen.admits(webhook.version) {
        return Err(Error::new(Code::StaleVersion));
    }
    if form.0.active == Some(true) {
        may_switch_on(&webhook)?;
    }
    let url = form.0.url.unwrap_or(webhook.url);
    must_be_callable(&caller.0, &url)?;
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
        &of_act(desk.who(), "webhook", at.0.0, "change_webhook", None),
        now,
    )
    .await?;
    let webhook = kept(&mut work, &desk, at.0).await?;
    let version = webhook.version;
    work.finish(Reply::ok(view(&desk, webhook)).version(version))
        .await
}

/// Delete a webhook (hapus webhook).
///
/// With everything that was sent to it. A call that is under way still arrives.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookId, Path, description = "The webhook")), responses((status = 204)))]
#[delete("/webhooks/{id}")]
pub async fn delete_webhook(
    desk: Desk,
    request: HttpRequest,
    at: At<WebhookId>,
) -> Result<Reply<()>> {
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.who().user.0,
        desk.request_time().now,
    )
    .await?;
    let now = work.now();
    kept(&mut work, &desk, at.0).await?;
    store::delete(&mut work, at.0).await?;
    journal::add(
        &mut work,
        &of_act(desk.who(), "webhook", at.0.0, "delete_webhook", None),
        now,
    )
    .await?;
    work.finish(Reply::nothing()).await
}
