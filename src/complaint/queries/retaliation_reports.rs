//! Queries of reports of retaliation: the reporter's own, those of one complaint, and all that wait
//! for a protector.

use actix_web::get;

use crate::casework::desk::Desk;
use crate::complaint::audit_events;
use crate::complaint::papers::retaliation_file::{PROTECTORS, READ_ACTION, State};
use crate::complaint::read_transaction;
use crate::complaint::reporter::context::ReporterContext;
use crate::complaint::retaliation::{RetaliationReports, RetaliationSummary, RetaliationView};
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::steps::AtComplaint;
use crate::complaint::store as complaints;
use crate::complaint::store::retaliation::{self as store, RetaliationCursor, RetaliationRow};
use crate::error::{OrNotFound as _, Result};
use crate::identity::{AllowedRoles, Restricted};
use crate::sop::gate::Principal;
use crate::sop::role::{Role, codes};
use crate::web::page::{PageQuery, page_size};
use crate::web::{Cursor, Page, PathParam, Provided, Query, Reply};

/// The roles that protect reporters.
#[derive(Debug)]
pub struct Protectors;

impl AllowedRoles for Protectors {
    const ROLES: &'static [Role] = PROTECTORS;
}

/// List my reports of retaliation (laporan pembalasan saya).
///
/// With the findings and the text for you. Handlers of your complaint do not see the reports or
/// their number.
#[utoipa::path(tag = "reporter", responses((status = 200, body = RetaliationReports)), security(("reporter" = [])))]
#[get("/complaints/mine/retaliation-reports")]
pub async fn list_own_retaliation_reports(
    context: ReporterContext,
) -> Result<Reply<RetaliationReports>> {
    let items = context.read_with_key(async |c, key| {
        open_all(&store::list_of_case(c, context.case(), None).await?, key)
    });
    Ok(Reply::ok(RetaliationReports {
        items: items.await?,
    }))
}

/// List the reports of retaliation of a complaint (laporan pembalasan).
///
/// For a conflict officer without a part in the complaint: not barred from it, without another role
/// that sees it, and never one of its handlers. All others get `not_found`. Reports appear after
/// their release and screening. The reporter's access log records the reading, by day.
#[utoipa::path(tag = "complaints", params(AtComplaint), responses((status = 200, body = RetaliationReports)), extensions(("x-roles" = json!(codes(PROTECTORS)))))]
#[get("/complaints/{id}/retaliation-reports")]
pub async fn list_retaliation_reports(
    desk: Desk,
    at: PathParam<AtComplaint>,
) -> Result<Reply<RetaliationReports>> {
    let items = read_transaction::read(&desk, async |c, viewer, services| {
        let caller = Principal::User(desk.signed_in());
        let found = complaints::find(c, at.0.id, viewer, caller, services).await?;
        let found = if store::is_protected_by(c, at.0.id, viewer).await? {
            found
        } else {
            None
        };
        let found = found.or_not_found()?;
        let key = services.case_key(found.id, &found.wrapped).await?;
        let items = open_all(
            &store::list_of_case(c, at.0.id, Some(desk.request_time().now)).await?,
            &key,
        )?;
        if !items.is_empty() {
            audit_events::record_officer_reading(c, &desk, services, at.0.id, READ_ACTION).await?;
        }
        Ok(items)
    });
    Ok(Reply::ok(RetaliationReports {
        items: items.await?,
    }))
}

/// List the reports of retaliation to assess (laporan pembalasan yang menunggu).
///
/// For conflict officers: open reports first, oldest day first, then settled ones. Only reports by
/// reporters that you may protect. The list holds no text.
#[utoipa::path(tag = "complaints", params(PageQuery), responses((status = 200, body = Page<RetaliationSummary>)), extensions(("x-roles" = json!(codes(PROTECTORS)))))]
#[get("/retaliation-reports")]
pub async fn list_waiting_retaliation_reports(
    desk: Restricted<Protectors, Desk>,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<RetaliationSummary>>> {
    let (limit, now) = (page_size(query.0.limit)?, desk.0.request_time().now);
    let after = cursor
        .0
        .read(query.0.cursor.as_deref(), "retaliation", &())?;
    let rows = read_transaction::read(&desk.0, async |c, viewer, _| {
        store::list(c, viewer, now, after, limit + 1).await
    })
    .await?;
    let page = cursor
        .0
        .page(rows, limit, "retaliation", &(), RetaliationCursor::of)?;
    Ok(Reply::page(page.map(RetaliationSummary::of)))
}

/// Lists at most `limit` open reports for the caller, oldest day first; none for other roles.
pub async fn waiting(desk: &Desk, limit: i64) -> Result<Vec<RetaliationSummary>> {
    if desk.signed_in().must_be_one_of(PROTECTORS).is_err() {
        return Ok(Vec::new());
    }
    let lines = read_transaction::read(desk, async |c, viewer, _| {
        store::list(c, viewer, desk.request_time().now, None, limit).await
    })
    .await?;
    // Settled reports come last in the list.
    Ok(lines
        .into_iter()
        .take_while(|line| line.state != State::Settled)
        .map(RetaliationSummary::of)
        .collect())
}

fn open_all(stored: &[RetaliationRow], key: &CaseKey) -> Result<Vec<RetaliationView>> {
    stored
        .iter()
        .map(|stored| RetaliationView::of(stored, key))
        .collect()
}
