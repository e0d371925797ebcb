//! The conflict officer brings a complaint back into the office when the suspicion was unfounded.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, add_note};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::PaperKind;
use crate::complaint::screening;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Recall a complaint into the office (menarik kembali).
///
/// Refused with `conflict` while a conflict of interest leaves a role of the SOP without a holder.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 200, body = ComplaintView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/complaints/{id}/recall")]
pub async fn recall_complaint(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::RecallComplaint).await?;
    add_note(&mut file, PaperKind::Reopening, form.0.text).await?;
    screening::require_handlers(&mut file).await?;
    file.hand_over(Stage::Screened).await
}
