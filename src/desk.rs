//! `GET /desk`: what waits for me across the workflows, soonest due first. It lists what waits for a role of mine; whether the gate lets me, who drafted it
//! perhaps, `next` of the file says.

use actix_web::get;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::casework::desk::Desk;
use crate::certification::sop::SOP as CERT;
use crate::certification::store::lists::waiting;
use crate::certification::views::ApplicationSummary;
use crate::complaint::disclosure::{self, WaitingDisclosure};
use crate::complaint::queries::{self, protecting};
use crate::complaint::retaliation::RetaliationSummary;
use crate::complaint::sop::SOP as WBS;
use crate::complaint::views::ComplaintSummary;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::web::Reply;

/// How many files of a kind a desk looks at: the longest waiting. Nobody works through more in a day.
const LOOKED_AT: i64 = 500;

/// What waits.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeskView {
    /// Soonest due first.
    pub items: Vec<DeskItem>,
}

/// A file that waits for you: one of them.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct DeskItem {
    /// Which SOP.
    #[schema(example = "cert")]
    pub sop: &'static str,
    /// The file, when it is an application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<ApplicationSummary>,
    /// The file, when it is a complaint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complaint: Option<ComplaintSummary>,
    /// The request, when it is a disclosure for you to decide (permintaan pembukaan identitas).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<WaitingDisclosure>,
    /// The report, when it is one of retaliation for you to assess (laporan pembalasan).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retaliation_report: Option<RetaliationSummary>,
}

/// When something is due, and since which day it waits.
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

/// Puts `waiting` on the desk, each with its urgency.
fn lay<T: Into<DeskItem>>(
    desk: &mut Vec<(Urgency, DeskItem)>,
    waiting: Vec<T>,
    urgency: impl Fn(&T) -> Urgency,
) {
    desk.extend(waiting.into_iter().map(|one| (urgency(&one), one.into())));
}

/// Look at the desk (meja kerja).
///
/// What waits for a step of yours, soonest due first: files, requests to decide, reports to assess. What has no standard time comes first. Of many of a kind
/// the 500 that have waited longest.
#[utoipa::path(tag = "desk", responses((status = 200, body = DeskView)))]
#[get("/desk")]
pub async fn look_at_desk(desk: Desk) -> Result<Reply<DeskView>> {
    let at = (desk.request_time().now, &desk.request_time().calendars);
    let mut items = Vec::new();
    let applications = desk
        .database()
        .read(async |c| waiting(c, desk.who(), LOOKED_AT, at).await)
        .await?;
    lay(&mut items, applications, |file| {
        (
            file.clock.as_ref().and_then(|clock| clock.due_at),
            today(file.stage_since),
        )
    });
    lay(
        &mut items,
        queries::waiting(&desk, LOOKED_AT).await?,
        |file| {
            (
                file.clock.as_ref().and_then(|clock| clock.due_at),
                today(file.stage_since),
            )
        },
    );
    lay(
        &mut items,
        disclosure::waiting(&desk, LOOKED_AT).await?,
        |request| (None, today(request.requested_at)),
    );
    lay(
        &mut items,
        protecting::waiting(&desk, LOOKED_AT).await?,
        |report| (None, report.reported_on),
    );
    items.sort_by_key(|(urgency, _)| *urgency);
    Ok(Reply::ok(DeskView {
        items: items.into_iter().map(|(_, item)| item).collect(),
    }))
}
