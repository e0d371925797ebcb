//! `GET /desk`: what waits for me across the workflows, soonest due first. It lists what the gate allows, as `next` of each file does.

use actix_web::get;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::casework::desk::Desk;
use crate::certification::sop::SOP as CERT;
use crate::certification::store::lists::waiting;
use crate::certification::views::ApplicationSummary;
use crate::complaint::reads;
use crate::complaint::sop::SOP as WBS;
use crate::complaint::views::ComplaintSummary;
use crate::error::Result;
use crate::web::Reply;

/// How many files a desk looks at: the longest waiting. Nobody works through more in a day.
const LOOKED_AT: i64 = 500;

/// What waits.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeskView {
    /// Soonest due first.
    pub items: Vec<DeskItem>,
}

/// A file that waits for you.
#[derive(Debug, Serialize, utoipa::ToSchema)]
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
}

impl DeskItem {
    /// When it is due, and since when it waits.
    fn urgency(&self) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        let application = self.application.as_ref().map(|file| (&file.clock, file.stage_since));
        let file = application.or_else(|| self.complaint.as_ref().map(|file| (&file.clock, file.stage_since)));
        let due = file.and_then(|(clock, _)| clock.as_ref().and_then(|clock| clock.due_at));
        (due, file.map(|(_, since)| since))
    }
}

/// Look at the desk (meja kerja).
///
/// Files that wait for a step of yours, soonest due first; of many the 500 that have waited longest.
#[utoipa::path(tag = "desk", responses((status = 200, body = DeskView)))]
#[get("/desk")]
pub async fn look_at_desk(desk: Desk) -> Result<Reply<DeskView>> {
    let at = (desk.desktop().now, &desk.desktop().calendars);
    let applications = desk.database().read(async |c| waiting(c, desk.who(), LOOKED_AT, at).await).await?;
    let complaints = reads::waiting(&desk, LOOKED_AT).await?;
    let applications = applications.into_iter().map(|application| DeskItem { sop: CERT.code, application: Some(application), complaint: None });
    let complaints = complaints.into_iter().map(|complaint| DeskItem { sop: WBS.code, application: None, complaint: Some(complaint) });
    let mut items: Vec<_> = applications.chain(complaints).collect();
    items.sort_by_key(DeskItem::urgency);
    Ok(Reply::ok(DeskView { items }))
}
