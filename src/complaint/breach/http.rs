//! The operations of the register of breaches, for those who watch over confidentiality.

use actix_web::{get, post};

use super::closing::close;
use super::declaring::declare;
use super::forms::{AtBreach, Closing, Declaration, NoticeRecord};
use super::noticing::record_notice;
use super::reading::{page, read};
use super::views::{Breach, BreachLine, BreachSummary};
use crate::complaint::alarms::{WATCHERS, WatchersDesk};
use crate::error::Result;
use crate::sop::role::codes;
use crate::web::page::PageQuery;
use crate::web::{At, Body, Cursor, Page, Provided, Query, Reply};

/// Declare a breach (menyatakan pelanggaran kerahasiaan).
///
/// For custodians and internal auditors: that confidentiality was broken, or that somebody tried to find out who reported. From then on no disclosure of
/// what it affects is asked for, decided or opened (`disclosures_frozen`), the reporters concerned find a notice at `GET /complaints/mine`, and the law
/// gives 3 x 24 hours to tell them and the authority in writing (UU 27/2022 Pasal 46): record that with `POST …/notices`. A complaint that you may not
/// know of is refused like one that there is not.
#[utoipa::path(tag = "breaches", request_body = Declaration, responses((status = 201, body = BreachSummary)),
    extensions(("x-roles" = json!(codes(WATCHERS)))))]
#[post("/breaches")]
pub async fn declare_breach(
    desk: WatchersDesk,
    form: Body<Declaration>,
) -> Result<Reply<BreachSummary>> {
    declare(&desk.0, form.0).await
}

/// List the breaches (daftar pelanggaran kerahasiaan).
///
/// For custodians and internal auditors, newest first. Of what they affect only what you may know of: a breach of complaints you are barred from is not there.
/// Reading it is written into the trail.
#[utoipa::path(tag = "breaches", params(PageQuery), responses((status = 200, body = Page<BreachLine>)), extensions(("x-roles" = json!(codes(WATCHERS)))))]
#[get("/breaches")]
pub async fn list_breaches(
    desk: WatchersDesk,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<BreachLine>>> {
    page(&desk.0, &query.0, &cursor.0).await.map(Reply::page)
}

/// Read a breach (pelanggaran kerahasiaan).
///
/// With the numbers of the complaints it names that you may know of, and with what was written about it, unless you are barred from a complaint it names.
#[utoipa::path(tag = "breaches", params(AtBreach), responses((status = 200, body = Breach)), extensions(("x-roles" = json!(codes(WATCHERS)))))]
#[get("/breaches/{id}")]
pub async fn read_breach(desk: WatchersDesk, at: At<AtBreach>) -> Result<Reply<Breach>> {
    let (breach, version) = read(&desk.0, at.0).await?;
    Ok(Reply::ok(breach).version(version))
}

/// Record a notice (mencatat pemberitahuan tertulis).
///
/// When the reporters concerned, or the authority, were told in writing: once for each, while the breach is open. Until both are recorded an alarm is
/// raised twelve hours before the deadline, and at it.
#[utoipa::path(tag = "breaches", params(AtBreach), request_body = NoticeRecord, responses((status = 200, body = BreachSummary)),
    extensions(("x-roles" = json!(codes(WATCHERS))), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/breaches/{id}/notices")]
pub async fn record_breach_notice(
    desk: WatchersDesk,
    at: At<AtBreach>,
    form: Body<NoticeRecord>,
) -> Result<Reply<BreachSummary>> {
    record_notice(&desk.0, at.0, form.0).await
}

/// Close a breach (menutup pelanggaran kerahasiaan).
///
/// For another than who declared it (`four_eyes`): what was done, and when reporters and authority were told; for a mere attempt the law wants no notice.
/// Requests for disclosures go on from there; a grant whose quarter of an hour has run out is over.
#[utoipa::path(tag = "breaches", params(AtBreach), request_body = Closing, responses((status = 200, body = BreachSummary)),
    extensions(("x-roles" = json!(codes(WATCHERS))), ("x-problem-codes" = json!(["four_eyes", "conflict"]))))]
#[post("/breaches/{id}/closing")]
pub async fn close_breach(
    desk: WatchersDesk,
    at: At<AtBreach>,
    form: Body<Closing>,
) -> Result<Reply<BreachSummary>> {
    close(&desk.0, at.0, form.0).await
}
