//! The HTTP operations of webhooks, with their request bodies.

use actix_web::{HttpRequest, delete, get, patch, post};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::client::WebhookClient;
use super::deactivation::{deactivate, lift, may_switch_on};
use super::delivery::DeliverWebhook;
use super::secret::Secret;
use super::store::deliveries;
use super::store::webhooks::{self as store, Webhook, WebhookCursor, find};
use super::views::{CreatedWebhookView, DeliveryView, NewSecretView, WebhookView};
use crate::casework::announce::EventKind;
use crate::casework::desk::Desk;
use crate::casework::journal::act_entry;
use crate::complaint::sealing::retries;
use crate::complaint::services::ComplaintServices;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::identity::{Admins, Restricted};
use crate::ids::{DeliveryId, WebhookId};
use crate::sop::role::Role;
use crate::web::body::Validate;
use crate::web::body::line_error;
use crate::web::idempotent_write::required_if_match;
use crate::web::page::{PageQuery, page_size};
use crate::web::{Body, Cursor, IdempotentWrite, Page, PathParam, Provided, Query, Reply};
use crate::{jobs, journal};

/// Finds a webhook of the caller, for a write.
///
/// # Errors
/// `not_found` when the caller is not its owner.
async fn find_own(work: &mut IdempotentWrite, desk: &Desk, id: WebhookId) -> Result<Webhook> {
    let found = find(work, desk.signed_in(), id).await?;
    found
        .filter(|webhook| webhook.is_owned_by(desk.signed_in()))
        .ok_or_else(|| Error::new(Code::NotFound))
}

/// Finds a webhook for its owners and for administrators; an administrator sees its failures and
/// may switch it off.
///
/// # Errors
/// `not_found` for other callers.
async fn find_visible(
    connection: &mut sqlx::PgConnection,
    desk: &Desk,
    id: WebhookId,
) -> Result<Webhook> {
    let found = find(connection, desk.signed_in(), id).await?;
    found
        .filter(|webhook| webhook.is_owned_by(desk.signed_in()) || sees_all(desk))
        .ok_or_else(|| Error::new(Code::NotFound))
}

fn sees_all(desk: &Desk) -> bool {
    desk.signed_in().roles.has(Role::Admin)
}

/// The webhook as the caller sees it.
fn view(desk: &Desk, webhook: Webhook) -> WebhookView {
    let is_owner = webhook.is_owned_by(desk.signed_in());
    WebhookView::of(webhook, is_owner)
}

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
#[utoipa::path(tag = "webhooks", request_body = NewWebhook, responses((status = 201, description = "The webhook and its secret", body = CreatedWebhookView)),
    extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/webhooks")]
pub async fn create_webhook(
    desk: Desk,
    request: HttpRequest,
    form: Body<NewWebhook>,
    client: Provided<WebhookClient>,
    services: Provided<ComplaintServices>,
) -> Result<Reply<CreatedWebhookView>> {
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
    let view = CreatedWebhookView {
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

/// The maximum length of a URL.
const MAX_URL_LENGTH: usize = 2000;

/// A new webhook.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// The URL to call: `https`, with a publicly reachable address.
    #[schema(
        example = "https://hooks.tirtamusi.example/desk",
        format = "uri",
        max_length = 2000
    )]
    pub url: String,
    /// The events to send.
    #[schema(min_items = 1, max_items = 2)]
    pub events: Vec<EventKind>,
}

/// Changes to a webhook; omitted fields stay unchanged.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookChange {
    /// The URL to call.
    #[schema(
        example = "https://hooks.tirtamusi.example/desk",
        format = "uri",
        max_length = 2000
    )]
    pub url: Option<String>,
    /// The events to send.
    #[schema(min_items = 1, max_items = 2)]
    pub events: Option<Vec<EventKind>>,
    /// Whether the webhook is called. Switching it on resets its failures.
    pub active: Option<bool>,
}

impl Validate for NewWebhook {
    fn errors(&self) -> Vec<FieldError> {
        faults(Some(&self.url), Some(&self.events))
    }
}

impl Validate for WebhookChange {
    fn errors(&self) -> Vec<FieldError> {
        faults(self.url.as_deref(), self.events.as_deref())
    }
}

fn faults(url: Option<&str>, events: Option<&[EventKind]>) -> Vec<FieldError> {
    let long = url.filter(|url| url.len() > MAX_URL_LENGTH).map(|_| {
        fault(
            "/url",
            "too_long",
            "Paling banyak 2000 karakter.",
            "At most 2000 characters.",
        )
    });
    let none = events.filter(|events| events.is_empty()).map(|_| {
        fault(
            "/events",
            "wrong_number",
            "Pilih paling sedikit satu.",
            "Choose at least one.",
        )
    });
    let twice = |events: &[EventKind]| {
        events
            .iter()
            .enumerate()
            .any(|(i, event)| events[..i].contains(event))
    };
    let twice = events.filter(|events| twice(events)).map(|_| {
        fault(
            "/events",
            "duplicate",
            "Ada yang disebut dua kali.",
            "One is named twice.",
        )
    });
    [long, none, twice].into_iter().flatten().collect()
}

/// The codes of `events`, without duplicates, in declaration order.
pub fn codes(events: &[EventKind]) -> Vec<String> {
    EventKind::ALL
        .into_iter()
        .filter(|kind| events.contains(kind))
        .map(|kind| kind.code().to_owned())
        .collect()
}

/// Refuses a URL that may not be called. A host name is resolved only at the call, so that no
/// caller can probe names through this service.
pub fn must_be_callable(client: &WebhookClient, url: &str) -> Result<()> {
    if client.url(url).is_some() && !url.chars().any(char::is_control) {
        return Ok(());
    }
    let (id, en) = (
        "Alamat harus https, tanpa nama pengguna atau fragmen, dan dapat dijangkau dari internet.",
        "It must be https, without user name or fragment, and reachable from the internet.",
    );
    Err(Error::invalid(vec![fault("/url", "not_callable", id, en)]))
}

/// The reason for switching a webhook off.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookDeactivation {
    /// The reason (alasan), stored in the journal of the office.
    #[schema(
        example = "Penerima tidak dikenal lagi.",
        min_length = 1,
        max_length = 300
    )]
    pub reason: String,
}

impl Validate for WebhookDeactivation {
    fn errors(&self) -> Vec<FieldError> {
        line_error(&self.reason, "/reason", 300)
            .into_iter()
            .collect()
    }
}

/// Switch a webhook off (matikan webhook).
///
/// For its owners; an administrator may switch off any webhook of the office. Pending deliveries
/// are withheld. A webhook switched off by an administrator stays off until an administrator lifts
/// the deactivation; its owners are notified. Repeating the call has no effect.
#[utoipa::path(tag = "webhooks", request_body = WebhookDeactivation, params(("id" = WebhookId, Path, description = "The webhook")),
    responses((status = 200, body = WebhookView)))]
#[post("/webhooks/{id}/deactivation")]
pub async fn deactivate_webhook(
    desk: Desk,
    request: HttpRequest,
    at: PathParam<WebhookId>,
    form: Body<WebhookDeactivation>,
) -> Result<Reply<WebhookView>> {
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.signed_in().user.0,
        desk.request_time().now,
    )
    .await?;
    let webhook = find_visible(&mut work, &desk, at.0).await?;
    deactivate(&mut work, desk.signed_in(), &webhook, &form.0.reason).await?;
    let webhook = find_visible(&mut work, &desk, at.0).await?;
    let version = webhook.version;
    work.finish(Reply::ok(view(&desk, webhook)).version(version))
        .await
}

/// Lift the deactivation of a webhook (cabut pemadaman webhook).
///
/// For a webhook that an administrator switched off: it is called again, and its failures are
/// reset. For administrators.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookId, Path, description = "The webhook")), responses((status = 204)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[delete("/webhooks/{id}/deactivation")]
pub async fn lift_webhook_deactivation(
    _: Restricted<Admins>,
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
    let webhook = find_visible(&mut work, &desk, at.0).await?;
    lift(&mut work, desk.signed_in(), &webhook).await?;
    work.finish(Reply::no_content()).await
}

/// How long calls are signed with both secrets.
const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// Change the secret of a webhook (ganti rahasia webhook).
///
/// The new secret is shown once. For 24 hours calls carry a signature by each of the two secrets.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookId, Path, description = "The webhook")), responses((status = 200, body = NewSecretView)))]
#[post("/webhooks/{id}/secret")]
pub async fn rotate_webhook_secret(
    desk: Desk,
    request: HttpRequest,
    at: PathParam<WebhookId>,
    client: Provided<WebhookClient>,
    services: Provided<ComplaintServices>,
) -> Result<Reply<NewSecretView>> {
    let under = retries::sealed_under_for_staff(&request, &services.0.keys, desk.signed_in().user)?;
    let mut work =
        IdempotentWrite::begin_sealed(desk.database(), &request, under, desk.request_time().now)
            .await?;
    let (now, secret) = (work.now(), Secret::random());
    find_own(&mut work, &desk, at.0).await?;
    store::rotate(
        &mut work,
        at.0,
        &secret.sealed(client.0.seal(), at.0),
        now + OVERLAP,
    )
    .await?;
    journal::add(
        &mut work,
        &act_entry(
            desk.signed_in(),
            "webhook",
            at.0.0,
            "rotate_webhook_secret",
            None,
        ),
        now,
    )
    .await?;
    work.finish(Reply::ok(NewSecretView {
        secret: secret.encoded(),
        former_secret_until: now + OVERLAP,
    }))
    .await
}

/// The state of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum DeliveryState {
    /// In progress, or waiting for the next attempt.
    Pending,
    /// Answered with 2xx.
    Delivered,
    /// Given up.
    Failed,
    /// Not sent: the webhook is off, or its owner may no longer see the application.
    Withheld,
}

impl DeliveryState {
    fn code(self) -> &'static str {
        self.into()
    }
}

/// Which deliveries to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryQuery {
    /// Only in this state.
    #[param(inline)]
    pub state: Option<DeliveryState>,
    /// How many items, 1 to 200; 20 when not given.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The filter that a cursor is bound to.
#[derive(Serialize)]
struct DeliveryListScope {
    webhook: WebhookId,
    state: Option<DeliveryState>,
}

/// The path of a delivery.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AtDelivery {
    /// The webhook.
    pub id: WebhookId,
    /// The delivery.
    pub delivery: DeliveryId,
}

/// List what was sent to a webhook (riwayat kiriman webhook).
///
/// Newest first, with the outcome of each delivery; kept for thirty days. Secrets and response
/// bodies are not included.
#[utoipa::path(tag = "webhooks", params(("id" = WebhookId, Path, description = "The webhook"), DeliveryQuery), responses((status = 200, body = Page<DeliveryView>)))]
#[get("/webhooks/{id}/deliveries")]
pub async fn list_webhook_deliveries(
    desk: Desk,
    at: PathParam<WebhookId>,
    query: Query<DeliveryQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<DeliveryView>>> {
    let (query, bound) = (
        &query.0,
        DeliveryListScope {
            webhook: at.0,
            state: query.0.state,
        },
    );
    let limit = page_size(query.limit)?;
    let after: Option<WebhookCursor> =
        cursor
            .0
            .read(query.cursor.as_deref(), "deliveries", &bound)?;
    let rows = desk.database().read(async |c| {
        find_visible(c, &desk, at.0).await?;
        deliveries::list(
            c,
            at.0,
            query.state.map(DeliveryState::code),
            after,
            limit + 1,
        )
        .await
    });
    let page = cursor
        .0
        .page(rows.await?, limit, "deliveries", &bound, |row| {
            WebhookCursor::new(row.created_at, row.id.0)
        })?;
    Ok(Reply::page(page.map(DeliveryView::from)))
}

/// Send an event again (kirim ulang).
///
/// The same body with the same `webhook-id`, whatever its outcome was. A pending delivery is
/// refused.
#[utoipa::path(tag = "webhooks", params(AtDelivery), responses((status = 200, body = DeliveryView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/webhooks/{id}/deliveries/{delivery}/redelivery")]
pub async fn redeliver_webhook(
    desk: Desk,
    request: HttpRequest,
    at: PathParam<AtDelivery>,
) -> Result<Reply<DeliveryView>> {
    let AtDelivery { id, delivery } = at.0;
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.signed_in().user.0,
        desk.request_time().now,
    )
    .await?;
    let now = work.now();
    find_own(&mut work, &desk, id).await?;
    let Some(renewed) = deliveries::renew(&mut work, id, delivery, now).await? else {
        let known = deliveries::exists(&mut work, id, delivery).await?;
        let under_way = || {
            Error::new(Code::Conflict).detail(
                "Kiriman ini masih dalam proses.",
                "This delivery is still under way.",
            )
        };
        return Err(if known {
            under_way()
        } else {
            Error::new(Code::NotFound)
        });
    };
    jobs::queue(&mut work, &DeliverWebhook { delivery }, now).await?;
    journal::add(
        &mut work,
        &act_entry(desk.signed_in(), "webhook", id.0, "redeliver_webhook", None),
        now,
    )
    .await?;
    work.finish(Reply::ok(DeliveryView::from(renewed))).await
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn a_webhook_wants_each_event_once_and_one_at_least() {
        let told = |events: &[EventKind]| {
            faults(Some("https://a.example"), Some(events))
                .into_iter()
                .map(|fault| fault.code)
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&[EventKind::BillingPaid]), [""; 0]);
        assert_eq!(told(&[]), ["wrong_number"]);
        assert_eq!(
            told(&[EventKind::BillingPaid, EventKind::BillingPaid]),
            ["duplicate"]
        );
        assert_eq!(faults(Some(&"x".repeat(2001)), None)[0].code, "too_long");
        assert_eq!(
            codes(&[EventKind::BillingPaid, EventKind::StageChanged]),
            ["application.stage_changed", "application.billing_paid"]
        );
    }
}
