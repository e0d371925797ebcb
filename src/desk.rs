//! `GET /desk`: the caller's tasks in all workflows, soonest due first. The list contains files
//! that wait for a role of the caller; a refusal in the single case, such as four eyes, is shown by
//! `next` of the file.

use actix_web::get;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::casework::desk::Desk;
use crate::certification::queries as applications;
use crate::certification::sop::SOP as CERT;
use crate::certification::views::ApplicationSummary;
use crate::complaint::disclosure::{self, WaitingDisclosure};
use crate::complaint::queries::{self, retaliation_reports};
use crate::complaint::retaliation::RetaliationSummary;
use crate::complaint::sop::SOP as WBS;
use crate::complaint::views::ComplaintSummary;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::sop::codes::SopCode;
use crate::web::Reply;

/// The maximum number of items of each kind: the ones that have waited longest. It is more than a
/// person can do in a day.
const MAX_WAITING: i64 = 500;

/// The items that wait for the caller.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeskView {
    /// Soonest due first.
    pub items: Vec<DeskItem>,
}

/// An item that waits for you; exactly one of the four is set.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct DeskItem {
    /// The code of the SOP.
    #[schema(value_type = SopCode)]
    pub sop: &'static str,
    /// The application, if the item is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<ApplicationSummary>,
    /// The complaint, if the item is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complaint: Option<ComplaintSummary>,
    /// The disclosure request that you are to decide (permintaan pembukaan identitas).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<WaitingDisclosure>,
    /// The retaliation report that you are to assess (laporan pembalasan).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retaliation_report: Option<RetaliationSummary>,
}

/// Sort key: the due time, and the day since which the item waits.
type Urgency = (Option<DateTime<Utc>>, NaiveDate);

impl From<ApplicationSummary> for DeskItem {
    fn from(file: ApplicationSummary) -> Self {
        Self {
            sop: CERT.code,
            application: Some(file),
            ..Self::default()
        }
    }
}

impl From<ComplaintSummary> for DeskItem {
    fn from(file: ComplaintSummary) -> Self {
        Self {
            sop: WBS.code,
            complaint: Some(file),
            ..Self::default()
        }
    }
}

impl From<WaitingDisclosure> for DeskItem {
    fn from(request: WaitingDisclosure) -> Self {
        Self {
            sop: WBS.code,
            disclosure: Some(request),
            ..Self::default()
        }
    }
}

impl From<RetaliationSummary> for DeskItem {
    fn from(report: RetaliationSummary) -> Self {
        Self {
            sop: WBS.code,
            retaliation_report: Some(report),
            ..Self::default()
        }
    }
}

/// Adds the `waiting` items with their sort keys.
fn push_items<T: Into<DeskItem>>(
    desk: &mut Vec<(Urgency, DeskItem)>,
    waiting: Vec<T>,
    urgency: impl Fn(&T) -> Urgency,
) {
    desk.extend(waiting.into_iter().map(|one| (urgency(&one), one.into())));
}

/// Look at the desk (meja kerja).
///
/// The items that wait for a step of yours, soonest due first: files, requests to decide, reports
/// to assess. Items without a standard time come first. At most 500 of each kind, the ones that
/// have waited longest.
#[utoipa::path(tag = "desk", responses((status = 200, body = DeskView)))]
#[get("/desk")]
pub async fn look_at_desk(desk: Desk) -> Result<Reply<DeskView>> {
    let mut items = Vec::new();
    push_items(
        &mut items,
        applications::waiting(&desk, MAX_WAITING).await?,
        |file| {
            (
                file.clock.as_ref().and_then(|clock| clock.due_at),
                today(file.stage_since),
            )
        },
    );
    push_items(
        &mut items,
        queries::waiting(&desk, MAX_WAITING).await?,
        |file| {
            (
                file.clock.as_ref().and_then(|clock| clock.due_at),
                today(file.stage_since),
            )
        },
    );
    push_items(
        &mut items,
        disclosure::waiting(&desk, MAX_WAITING).await?,
        |request| (None, today(request.requested_at)),
    );
    push_items(
        &mut items,
        retaliation_reports::waiting(&desk, MAX_WAITING).await?,
        |report| (None, report.reported_on),
    );
    items.sort_by_key(|(urgency, _)| *urgency);
    Ok(Reply::ok(DeskView {
        items: items.into_iter().map(|(_, item)| item).collect(),
    }))
}
