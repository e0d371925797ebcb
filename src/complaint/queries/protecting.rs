//! Reading reports of retaliation: the reporter's own, those of one complaint, and all that wait for who protects.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, get};

use crate::casework::desk::Desk;
use crate::casework::workflow::Asking;
use crate::complaint::audit_events;
use crate::complaint::papers::retaliation_file::{PROTECTORS, READING, State};
use crate::complaint::read_transaction;
use crate::complaint::reporter::context::ReporterContext;
use crate::complaint::retaliation::{RetaliationReports, RetaliationSummary, RetaliationView};
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::steps::AtComplaint;
use crate::complaint::store as complaints;
use crate::complaint::store::retaliation::{self as store, Place, Stored};
use crate::error::{Code, Error, Result};
use crate::sop::role::codes;
use crate::web::page::{PageQuery, size};
use crate::web::{At, Cursor, Page, Provided, Query, Reply};

/// The desk of somebody who protects reporters. As the first argument of a handler it refuses everybody else.
pub struct ProtectorsDesk(Desk);

impl FromRequest for ProtectorsDesk {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let desk = Desk::from_request(request, payload).into_inner();
        ready(desk.and_then(|desk| desk.who().must_be_one_of(PROTECTORS).map(|()| Self(desk))))
    }
}

/// List my reports of retaliation (laporan pembalasan saya).
///
/// With what was found, in words for you. Nobody who handles your complaint sees them, nor that there are any.
#[utoipa::path(tag = "reporter", responses((status = 200, body = RetaliationReports)), security(("reporter" = [])))]
#[get("/complaints/mine/retaliation-reports")]
pub async fn list_own_retaliation_reports(
    context: ReporterContext,
) -> Result<Reply<RetaliationReports>> {
    let items = context.read(async |c, services| {
        let key = complaints::key_of(c, context.case(), services).await?;
        opened(&store::of_case(c, context.case(), None).await?, &key)
    });
    Ok(Reply::ok(RetaliationReports {
        items: items.await?,
    }))
}

/// List the reports of retaliation of a complaint (laporan pembalasan).
///
/// For the conflict officer who has no part in the complaint: not barred from it, without another role by which they see it, and never one of those who
/// handled it. Everybody else finds nothing, as where there is no complaint. From the surfacing time on, and once the names in them were looked for. The
/// reporter is told, in days, that they were read.
#[utoipa::path(tag = "complaints", params(AtComplaint), responses((status = 200, body = RetaliationReports)), extensions(("x-roles" = json!(codes(PROTECTORS)))))]
#[get("/complaints/{id}/retaliation-reports")]
pub async fn list_retaliation_reports(
    desk: Desk,
    at: At<AtComplaint>,
) -> Result<Reply<RetaliationReports>> {
    let items = read_transaction::read(&desk, async |c, viewer, services| {
        let who = Asking::Person(desk.who());
        let found = complaints::find(c, at.0.id, viewer, who, services).await?;
        let found = if store::is_protected_by(c, at.0.id, viewer).await? {
            found
        } else {
            None
        };
        let found = found.ok_or_else(|| Error::new(Code::NotFound))?;
        let key = services.open(found.id, &found.wrapped).await?;
        let items = opened(
            &store::of_case(c, at.0.id, Some(desk.request_time().now)).await?,
            &key,
        )?;
        if !items.is_empty() {
            audit_events::shown_to_officer(c, &desk, services, at.0.id, READING).await?;
        }
        Ok(items)
    });
    Ok(Reply::ok(RetaliationReports {
        items: items.await?,
    }))
}

/// List the reports of retaliation that wait (laporan pembalasan yang menunggu).
///
/// For the conflict officer: what is to be assessed first, oldest day first, then what is settled. Of complaints whose reporters are theirs to protect, and of
/// no other. Nothing that anybody wrote is in the list.
#[utoipa::path(tag = "complaints", params(PageQuery), responses((status = 200, body = Page<RetaliationSummary>)), extensions(("x-roles" = json!(codes(PROTECTORS)))))]
#[get("/retaliation-reports")]
pub async fn list_waiting_retaliation_reports(
    desk: ProtectorsDesk,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<RetaliationSummary>>> {
    let (limit, now) = (size(query.0.limit)?, desk.0.request_time().now);
    let after = cursor
        .0
        .read(query.0.cursor.as_deref(), "retaliation", &())?;
    let rows = read_transaction::read(&desk.0, async |c, viewer, _| {
        store::list(c, viewer, now, after, limit + 1).await
    })
    .await?;
    let page = cursor.0.page(rows, limit, "retaliation", &(), Place::of)?;
    Ok(Reply::page(page.map(RetaliationSummary::of)))
}

/// At most `limit` reports that wait for whoever is at `desk`, the oldest day first; nothing for who protects nobody.
///
/// # Errors
/// When the server refuses.
pub async fn waiting(desk: &Desk, limit: i64) -> Result<Vec<RetaliationSummary>> {
    if desk.who().must_be_one_of(PROTECTORS).is_err() {
        return Ok(Vec::new());
    }
    let lines = read_transaction::read(desk, async |c, viewer, _| {
        store::list(c, viewer, desk.request_time().now, None, limit).await
    })
    .await?;
    // The list has what is settled at its end.
    Ok(lines
        .into_iter()
        .take_while(|line| line.state != State::Settled)
        .map(RetaliationSummary::of)
        .collect())
}

fn opened(stored: &[Stored], key: &CaseKey) -> Result<Vec<RetaliationView>> {
    stored
        .iter()
        .map(|stored| RetaliationView::of(stored, key))
        .collect()
}
