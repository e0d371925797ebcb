//! The head reopens a complaint: a new round begins, its clocks start anew, and retention no longer
//! counts.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, add_note};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::PaperKind;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::store;
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Reopen a complaint (membuka kembali).
///
/// The complaint returns to step 2.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/reopening")]
pub async fn reopen_complaint(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::ReopenComplaint).await?;
    add_note(&mut file, PaperKind::Reopening, form.0.text).await?;
    store::clear_acknowledgement(&mut file, at.0.id).await?;
    file.begin_round();
    file.hand_over(Stage::Reopened).await
}
