//! HTTP handlers of disclosures. Replies are not stored for retries, because they hold secrets: an
//! `Idempotency-Key` is ignored and a repeated request refused. Custodians are checked before the
//! body is read; a handler's role is that of the complaint, so `find_readable` checks it and answers
//! 404.

use actix_web::{get, post};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Custodians;
use super::decide::decide;
use super::forms::{AtDisclosure, Decision, Opening, Request};
use super::open::{open, open_original};
use super::request::{find_readable, request};
use super::views::{DisclosureView, Disclosures, OpenedDisclosure, RequestedDisclosure};
use crate::casework::desk::Desk;
use crate::complaint::attachment::download::Download;
use crate::complaint::papers::disclosure_file::State;
use crate::complaint::read_transaction;
use crate::complaint::services::ComplaintServices;
use crate::complaint::steps::AtComplaint;
use crate::complaint::store::disclosures::{self as store, DisclosureCursor};
use crate::complaint::store::warnings::wrapped_keys;
use crate::complaint::views::READERS;
use crate::error::Result;
use crate::identity::{AllowedRoles, Restricted};
use crate::ids::{ComplaintId, DisclosureId};
use crate::sop::role::codes;
use crate::web::page::{PageQuery, page_size};
use crate::web::{Body, Cursor, Page, PathParam, Provided, Query, Reply};

/// Request part of an identity or an original (meminta pembukaan identitas).
///
/// For the roles that read the complaint: `fields` of the identity, or with `original` one
/// attachment as the reporter sent it, with all its metadata. A custodian other than you decides;
/// for law enforcement two custodians must agree. You open a grant once, within 15 minutes of the
/// decision, with the code in this reply. Refused with `conflict` while you have a live request and
/// when no custodian could decide; with `disclosures_frozen` while a breach of confidentiality is
/// open; with `invalid_content` for an attachment of another complaint. `Idempotency-Key` is
/// ignored, because the code is not stored.
#[utoipa::path(tag = "disclosures", params(AtComplaint), request_body = Request, responses((status = 201, body = RequestedDisclosure)),
    extensions(("x-roles" = json!(codes(&READERS))), ("x-reply-kept" = json!(false)), ("x-problem-codes" = json!(["conflict", "disclosures_frozen"]))))]
#[post("/complaints/{id}/disclosures")]
pub async fn request_disclosure(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<Request>,
) -> Result<Reply<RequestedDisclosure>> {
    request(&desk, at.0.id, form.0).await
}

/// List my requests (permintaan saya).
///
/// Your requests for this complaint with their decisions, newest first. The list holds no identity.
#[utoipa::path(tag = "disclosures", params(AtComplaint), responses((status = 200, body = Disclosures)), extensions(("x-roles" = json!(codes(&READERS)))))]
#[get("/complaints/{id}/disclosures")]
pub async fn list_own_disclosures(
    desk: Desk,
    at: PathParam<AtComplaint>,
) -> Result<Reply<Disclosures>> {
    let items = read_transaction::read(&desk, async |c, viewer, services| {
        let (found, _) = find_readable(c, viewer, at.0.id).await?;
        let key = services.case_key(at.0.id, &found.wrapped).await?;
        let stored = store::list_of_requester(c, at.0.id, desk.signed_in().user).await?;
        stored
            .into_iter()
            .map(|stored| DisclosureView::of(stored, &key))
            .collect()
    });
    Ok(Reply::ok(Disclosures {
        items: items.await?,
    }))
}

/// List the requests to decide (permintaan pembukaan identitas).
///
/// For custodians: the requests to decide and those settled in the last 90 days, newest first,
/// without complaints from which you are barred. Holds nothing of the complaints themselves.
#[utoipa::path(tag = "disclosures", params(PageQuery), responses((status = 200, body = Page<DisclosureView>)),
    extensions(("x-roles" = json!(codes(Custodians::ROLES)))))]
#[get("/disclosures")]
pub async fn list_disclosures(
    desk: Restricted<Custodians, Desk>,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<DisclosureView>>> {
    let (limit, now) = (page_size(query.0.limit)?, desk.0.request_time().now);
    let after = cursor
        .0
        .read(query.0.cursor.as_deref(), "disclosures", &())?;
    let (page, wrapped) = read_transaction::read(&desk.0, async |c, viewer, _| {
        let rows = store::list_for_custodian(c, viewer, now, after, limit + 1).await?;
        let page = cursor
            .0
            .page(rows, limit, "disclosures", &(), DisclosureCursor::of)?;
        let wrapped = wrapped_keys(c, page.items.iter().map(|stored| stored.case)).await?;
        Ok((page, wrapped))
    })
    .await?;
    let keys = ComplaintServices::of(desk.0.request())?
        .case_keys(wrapped)
        .await?;
    Ok(Reply::page(page.try_filter_map(|stored| {
        keys.get(&stored.case)
            .map(|key| DisclosureView::of(stored, key))
    })?))
}

/// Decide a request (memutuskan permintaan).
///
/// For a custodian other than the requester. A grant needs your key file and its passphrase, which
/// are not stored; the reply holds no identity. A wrong key file or passphrase is refused with
/// `invalid_content`; after ten wrong passphrases the account is blocked for up to 15 minutes. For
/// an original the office's current key is needed and no identity is opened. For law enforcement
/// the first custodian agrees without a key file, and a second one decides. Of two concurrent
/// decisions one is refused.
#[utoipa::path(tag = "disclosures", params(AtDisclosure), request_body = Decision, responses((status = 200, body = DisclosureView)),
    extensions(("x-roles" = json!(codes(Custodians::ROLES))), ("x-reply-kept" = json!(false)), ("x-problem-codes" = json!(["four_eyes", "conflict", "overtaken", "disclosures_frozen"]))))]
#[post("/complaints/{id}/disclosures/{disclosure}/decision")]
pub async fn decide_disclosure(
    desk: Restricted<Custodians, Desk>,
    at: PathParam<AtDisclosure>,
    form: Body<Decision>,
) -> Result<Reply<DisclosureView>> {
    Box::pin(decide(&desk.0, at.0, form.0)).await
}

/// Open the granted fields (membuka identitas).
///
/// For the requester, with the opening code, while the requester still handles the complaint: once,
/// within 15 minutes. The reporter is told the opened fields, the purpose and the role. A wrong
/// code is refused with `invalid_content` and does not use up the grant; `conflict` means that
/// there is nothing to open.
#[utoipa::path(tag = "disclosures", params(AtDisclosure), request_body = Opening, responses((status = 200, body = OpenedDisclosure)),
    extensions(("x-roles" = json!(codes(&READERS))), ("x-reply-kept" = json!(false)), ("x-problem-codes" = json!(["conflict", "disclosures_frozen"]))))]
#[post("/complaints/{id}/disclosures/{disclosure}/opening")]
pub async fn open_disclosure(
    desk: Desk,
    at: PathParam<AtDisclosure>,
    form: Body<Opening>,
) -> Result<Reply<OpenedDisclosure>> {
    open(&desk, at.0, &form.0.opening_code).await
}

/// Fetch the granted original (mengambil berkas asli lampiran).
///
/// For the requester, with the opening code, while the requester still handles the complaint: once,
/// within 15 minutes. The file is as the reporter sent it, with its name and all metadata. The
/// reporter is told the attachment, the purpose and the role. A wrong code is refused with
/// `invalid_content` and does not use up the grant; `conflict` means that there is nothing to open,
/// or that fields of an identity were requested.
#[utoipa::path(tag = "disclosures", params(AtDisclosure), request_body = Opening,
    responses((status = 200, description = "The bytes", content((Vec<u8> = "application/octet-stream")))),
    extensions(("x-roles" = json!(codes(&READERS))), ("x-reply-kept" = json!(false)), ("x-problem-codes" = json!(["conflict", "disclosures_frozen"]))))]
#[post("/complaints/{id}/disclosures/{disclosure}/original")]
pub async fn open_disclosed_original(
    desk: Desk,
    at: PathParam<AtDisclosure>,
    form: Body<Opening>,
) -> Result<Download> {
    Box::pin(open_original(&desk, at.0, &form.0.opening_code)).await
}

/// A request that waits for your decision (permintaan pembukaan identitas yang menunggu). `GET
/// /disclosures` shows its fields and reason.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WaitingDisclosure {
    /// Id of the request.
    pub id: DisclosureId,
    /// The complaint. The custodian cannot read it.
    pub complaint: ComplaintId,
    /// `pending`, or `seconded` when another custodian has agreed.
    pub state: State,
    /// When the request was made.
    pub requested_at: DateTime<Utc>,
}

/// Lists at most `limit` requests that the caller may decide now, oldest first; none for other
/// roles.
pub async fn waiting(desk: &Desk, limit: i64) -> Result<Vec<WaitingDisclosure>> {
    if desk.signed_in().must_be_one_of(Custodians::ROLES).is_err() {
        return Ok(Vec::new());
    }
    let lines = read_transaction::read(desk, async |c, viewer, _| {
        store::disclosures(c, viewer, limit).await
    })
    .await?;
    Ok(lines
        .into_iter()
        .map(|line| WaitingDisclosure {
            id: line.id,
            complaint: line.case,
            state: line.state,
            requested_at: line.requested_at,
        })
        .collect())
}
