//! HTTP handlers of the register of breaches, for the watchers (custodians and internal auditors).

use actix_web::{get, post};

use super::close::close;
use super::declare::declare;
use super::forms::{AtBreach, Closing, Declaration, NoticeRecord};
use super::read::{list, read};
use super::record_notice::record_notice;
use super::views::{Breach, BreachLine, BreachSummary};
use crate::casework::desk::Desk;
use crate::complaint::alarms::{WATCHERS, Watchers};
use crate::error::Result;
use crate::identity::Restricted;
use crate::sop::role::codes;
use crate::web::page::PageQuery;
use crate::web::{Body, Cursor, Page, PathParam, Provided, Query, Reply};

/// Declare a breach (menyatakan pelanggaran kerahasiaan).
///
/// For custodians and internal auditors: confidentiality was broken, or an attempt was made to
/// identify a reporter. Until the closing, no disclosure of an affected complaint is requested,
/// decided or opened (`disclosures_frozen`), and the affected reporters find a notice at `GET
/// /complaints/mine`. The law gives 3 x 24 hours to notify them and the authority in writing (UU
/// 27/2022 Pasal 46): record both with `POST …/notices`. A complaint that you may not know of is
/// refused like one that does not exist.
#[utoipa::path(tag = "breaches", request_body = Declaration, responses((status = 201, body = BreachSummary)),
    extensions(("x-roles" = json!(codes(WATCHERS)))))]
#[post("/breaches")]
pub async fn declare_breach(
    desk: Restricted<Watchers, Desk>,
    form: Body<Declaration>,
) -> Result<Reply<BreachSummary>> {
    declare(&desk.0, form.0).await
}

/// List the breaches (daftar pelanggaran kerahasiaan).
///
/// For custodians and internal auditors, newest first. Shows only the affected complaints that you
/// may know of; a breach of complaints from which you are barred is left out. Each reading is
/// recorded in the audit trail.
#[utoipa::path(tag = "breaches", params(PageQuery), responses((status = 200, body = Page<BreachLine>)), extensions(("x-roles" = json!(codes(WATCHERS)))))]
#[get("/breaches")]
pub async fn list_breaches(
    desk: Restricted<Watchers, Desk>,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<BreachLine>>> {
    list(&desk.0, &query.0, &cursor.0).await.map(Reply::page)
}

/// Read a breach (pelanggaran kerahasiaan).
///
/// With the numbers of the named complaints that you may know of. The texts are shown unless you
/// are barred from a complaint that the breach names.
#[utoipa::path(tag = "breaches", params(AtBreach), responses((status = 200, body = Breach)), extensions(("x-roles" = json!(codes(WATCHERS)))))]
#[get("/breaches/{id}")]
pub async fn read_breach(
    desk: Restricted<Watchers, Desk>,
    at: PathParam<AtBreach>,
) -> Result<Reply<Breach>> {
    let (breach, version) = read(&desk.0, at.0).await?;
    Ok(Reply::ok(breach).version(version))
}

/// Record a notice (mencatat pemberitahuan tertulis).
///
/// Records when the affected reporters or the authority were notified in writing: once for each,
/// while the breach is open. Until both are recorded, an alarm is raised twelve hours before the
/// deadline and at the deadline.
#[utoipa::path(tag = "breaches", params(AtBreach), request_body = NoticeRecord, responses((status = 200, body = BreachSummary)),
    extensions(("x-roles" = json!(codes(WATCHERS))), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/breaches/{id}/notices")]
pub async fn record_breach_notice(
    desk: Restricted<Watchers, Desk>,
    at: PathParam<AtBreach>,
    form: Body<NoticeRecord>,
) -> Result<Reply<BreachSummary>> {
    record_notice(&desk.0, at.0, form.0).await
}

/// Close a breach (menutup pelanggaran kerahasiaan).
///
/// For a watcher other than the declarer (`four_eyes`). Records the measures taken and the times of
/// the notices; an attempt needs no notice by law. Undecided requests for disclosure continue; a
/// grant older than 15 minutes stays expired.
#[utoipa::path(tag = "breaches", params(AtBreach), request_body = Closing, responses((status = 200, body = BreachSummary)),
    extensions(("x-roles" = json!(codes(WATCHERS))), ("x-problem-codes" = json!(["four_eyes", "conflict"]))))]
#[post("/breaches/{id}/closing")]
pub async fn close_breach(
    desk: Restricted<Watchers, Desk>,
    at: PathParam<AtBreach>,
    form: Body<Closing>,
) -> Result<Reply<BreachSummary>> {
    close(&desk.0, at.0, form.0).await
}
