//! The legal hold is lifted: retention continues.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, add_note};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::PaperKind;
use crate::complaint::sop::Task;
use crate::complaint::store;
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Lift the legal hold of a complaint (mencabut penahanan).
///
/// The retention period counts from the day on which the case was closed.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/legal-hold/release")]
pub async fn release_complaint(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::ReleaseComplaint).await?;
    add_note(&mut file, PaperKind::Hold, form.0.text).await?;
    store::set_legal_hold(&mut file, at.0.id, false).await?;
    let stage = file.header().stage;
    file.hand_over(stage).await
}
