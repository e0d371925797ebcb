//! A closed file is taken up again: clocks run anew, and retention no longer counts.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, put};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::Kind;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::store;
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Take it up again (membuka kembali).
///
/// Step 2 follows.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/reopening")]
pub async fn reopen_complaint(
    desk: Desk,
    at: At<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::ReopenComplaint).await?;
    put(&mut file, Kind::Reopening, form.0.text).await?;
    store::await_acknowledgement(&mut file, at.0.id).await?;
    file.begin_round();
    file.hand_over(Stage::Reopened).await
}
