//! Step 2: the head orders the PJI lead to respond.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, add_note};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::PaperKind;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Order a response (disposisi).
///
/// Also possible for a reopened complaint.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/disposition")]
pub async fn dispose_complaint(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::DisposeComplaint).await?;
    add_note(&mut file, PaperKind::Disposition, form.0.text).await?;
    file.hand_over(Stage::Disposed).await
}
