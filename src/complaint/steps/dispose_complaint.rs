//! Step 2: the head orders the PJI lead to respond.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, put};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::Kind;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Order a response (disposisi).
///
/// Also for a complaint that was taken up again.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/disposition")]
pub async fn dispose_complaint(
    desk: Desk,
    at: At<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::DisposeComplaint).await?;
    put(&mut file, Kind::Disposition, form.0.text).await?;
    file.hand_over(Stage::Disposed).await
}
