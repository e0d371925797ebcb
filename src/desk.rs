//! `GET /desk`: what waits for me across the workflows, soonest due first. It lists what the gate allows, as `next` of each file does.

use actix_web::get;
use serde::Serialize;

use crate::casework::desk::Desk;
use crate::certification::store::lists::waiting;
use crate::certification::views::ApplicationSummary;
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
    /// The file.
    pub application: ApplicationSummary,
}

/// Look at the desk (meja kerja).
///
/// Files that wait for a step of yours, soonest due first; of many the 500 that have waited longest.
#[utoipa::path(tag = "desk", responses((status = 200, body = DeskView)))]
#[get("/desk")]
pub async fn look_at_desk(desk: Desk) -> Result<Reply<DeskView>> {
    let at = (desk.desktop().now, &desk.desktop().calendars);
    let mut files = desk.database().read(async |c| waiting(c, desk.who(), LOOKED_AT, at).await).await?;
    files.sort_by_key(|file| (file.clock.as_ref().and_then(|clock| clock.due_at), file.stage_since));
    let items = files.into_iter().map(|application| DeskItem { sop: "cert", application }).collect();
    Ok(Reply::ok(DeskView { items }))
}
