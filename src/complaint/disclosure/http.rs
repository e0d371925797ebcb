//! The operations of disclosures. No reply is kept for retries: each holds a secret, or says that one is gone; what was done once is refused the second time.

use actix_web::{get, post};

use super::asking::{ask, must_read};
use super::custodian::{CustodianDesk, DECIDERS};
use super::deciding::decide;
use super::forms::{AtDisclosure, Decision, Opening, Request};
use super::opening::{open, open_original};
use super::views::{DisclosureView, Disclosures, OpenedDisclosure, RequestedDisclosure};
use crate::casework::desk::Desk;
use crate::complaint::attachment::download::Download;
use crate::complaint::read_transaction;
use crate::complaint::services::ComplaintServices;
use crate::complaint::steps::AtComplaint;
use crate::complaint::store::disclosures::{self as store, Place};
use crate::complaint::store::warnings::wrapped_keys;
use crate::complaint::views::READERS;
use crate::error::Result;
use crate::sop::role::codes;
use crate::web::page::{PageQuery, size};
use crate::web::{At, Body, Cursor, Page, Provided, Query, Reply};

/// Ask for part of an identity or an original (meminta pembukaan identitas).
///
/// For those who read the complaint: `fields` of the identity, or with `original` one attachment as the reporter sent it, with all that it tells about who
/// made it. A custodian who is not you decides; what is granted you open with the code in this reply, within 15 minutes of the
/// decision, once. For law enforcement two custodians must agree. Refused with `conflict` while a request of yours is live, and when there is no custodian
/// who could decide; with `disclosures_frozen` while a breach of confidentiality is open; `invalid_content` when the attachment is none of the
/// complaint's. `Idempotency-Key` is not looked at: the code is kept nowhere.
#[utoipa::path(tag = "disclosures", params(AtComplaint), request_body = Request, responses((status = 201, body = RequestedDisclosure)),
    extensions(("x-roles" = json!(codes(&READERS))), ("x-reply-kept" = json!(false)), ("x-problem-codes" = json!(["conflict", "disclosures_frozen"]))))]
#[post("/complaints/{id}/disclosures")]
pub async fn request_disclosure(
    desk: Desk,
    at: At<AtComplaint>,
    form: Body<Request>,
) -> Result<Reply<RequestedDisclosure>> {
    let requested = ask(&desk, at.0.id, form.0).await?;
    Ok(Reply::created(
        format!("/api/v1/complaints/{}/disclosures", at.0.id),
        requested,
    ))
}

/// List my requests (permintaan saya).
///
/// What you asked for of this complaint, newest first, with the decision on it. It holds no identity.
#[utoipa::path(tag = "disclosures", params(AtComplaint), responses((status = 200, body = Disclosures)), extensions(("x-roles" = json!(codes(&READERS)))))]
#[get("/complaints/{id}/disclosures")]
pub async fn list_own_disclosures(desk: Desk, at: At<AtComplaint>) -> Result<Reply<Disclosures>> {
    let items = read_transaction::read(&desk, async |c, viewer, services| {
        let (found, _) = must_read(c, viewer, at.0.id).await?;
        let key = services.open(at.0.id, &found.wrapped).await?;
        let stored = store::of_requester(c, at.0.id, desk.who().user).await?;
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
/// For custodians: what is to be decided and what was settled in the last 90 days, newest first; not of complaints that concern you. Nothing of the
/// complaints themselves.
#[utoipa::path(tag = "disclosures", params(PageQuery), responses((status = 200, body = Page<DisclosureView>)),
    extensions(("x-roles" = json!(codes(DECIDERS)))))]
#[get("/disclosures")]
pub async fn list_disclosures(
    desk: CustodianDesk,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<DisclosureView>>> {
    let (limit, now) = (size(query.0.limit)?, desk.0.request_time().now);
    let after = cursor
        .0
        .read(query.0.cursor.as_deref(), "disclosures", &())?;
    let (page, wrapped) = read_transaction::read(&desk.0, async |c, viewer, _| {
        let rows = store::for_custodian(c, viewer, now, after, limit + 1).await?;
        let page = cursor.0.page(rows, limit, "disclosures", &(), Place::of)?;
        let wrapped = wrapped_keys(c, page.items.iter().map(|stored| stored.case)).await?;
        Ok((page, wrapped))
    })
    .await?;
    let keys = ComplaintServices::of(desk.0.request())?
        .open_each(wrapped)
        .await?;
    let shown = page.items.into_iter().filter_map(|stored| {
        keys.get(&stored.case)
            .map(|key| DisclosureView::of(stored, key))
    });
    Ok(Reply::page(Page {
        items: shown.collect::<Result<_>>()?,
        next_cursor: page.next_cursor,
        count: page.count,
    }))
}

/// Decide a request (memutuskan permintaan).
///
/// For a custodian other than the requester. A grant opens the identity with your key file and its passphrase, both sent along and kept nowhere; the reply
/// holds no identity. A key file of another key, or a passphrase that does not open the file, is refused with `invalid_content`; after ten wrong ones the
/// account waits for up to 15 minutes. An original takes the office's present key, and no identity is opened for it. For law enforcement the first
/// custodian agrees without a key file, and a second decides. Of two at once one wins.
#[utoipa::path(tag = "disclosures", params(AtDisclosure), request_body = Decision, responses((status = 200, body = DisclosureView)),
    extensions(("x-roles" = json!(codes(DECIDERS))), ("x-reply-kept" = json!(false)), ("x-problem-codes" = json!(["four_eyes", "conflict", "overtaken", "disclosures_frozen"]))))]
#[post("/complaints/{id}/disclosures/{disclosure}/decision")]
pub async fn decide_disclosure(
    desk: CustodianDesk,
    at: At<AtDisclosure>,
    form: Body<Decision>,
) -> Result<Reply<DisclosureView>> {
    Box::pin(decide(&desk.0, at.0, form.0)).await.map(Reply::ok)
}

/// Open what was granted (membuka identitas).
///
/// For the requester, with the code of the request, while they still handle the complaint: once, and within 15 minutes. The reporter is told what was
/// opened, for what, and to which role. A wrong code is refused with `invalid_content` and uses nothing up; `conflict` says that there is nothing to open.
#[utoipa::path(tag = "disclosures", params(AtDisclosure), request_body = Opening, responses((status = 200, body = OpenedDisclosure)),
    extensions(("x-roles" = json!(codes(&READERS))), ("x-reply-kept" = json!(false)), ("x-problem-codes" = json!(["conflict", "disclosures_frozen"]))))]
#[post("/complaints/{id}/disclosures/{disclosure}/opening")]
pub async fn open_disclosure(
    desk: Desk,
    at: At<AtDisclosure>,
    form: Body<Opening>,
) -> Result<Reply<OpenedDisclosure>> {
    open(&desk, at.0, &form.0.opening_code).await.map(Reply::ok)
}

/// Fetch the original that was granted (mengambil berkas asli lampiran).
///
/// For the requester, with the code of the request, while they still handle the complaint: once, and within 15 minutes. The file is as the reporter sent it,
/// under the reporter's name for it: what it tells about its maker is not taken out. The reporter is told which attachment, for what, and to which role. A
/// wrong code is refused with `invalid_content` and uses nothing up; `conflict` says that there is nothing to open, or that it is an identity.
#[utoipa::path(tag = "disclosures", params(AtDisclosure), request_body = Opening,
    responses((status = 200, description = "The bytes", content((Vec<u8> = "application/octet-stream")))),
    extensions(("x-roles" = json!(codes(&READERS))), ("x-reply-kept" = json!(false)), ("x-problem-codes" = json!(["conflict", "disclosures_frozen"]))))]
#[post("/complaints/{id}/disclosures/{disclosure}/original")]
pub async fn open_disclosed_original(
    desk: Desk,
    at: At<AtDisclosure>,
    form: Body<Opening>,
) -> Result<Download> {
    Box::pin(open_original(&desk, at.0, &form.0.opening_code)).await
}
