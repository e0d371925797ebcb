//! Evidence need not be kept any more.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, put};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::Kind;
use crate::complaint::sop::Task;
use crate::complaint::store;
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Lift the legal hold (mencabut penahanan).
///
/// Retention counts again from the day the case was closed.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/legal-hold/release")]
pub async fn release_complaint(
    desk: Desk,
    at: At<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::ReleaseComplaint).await?;
    put(&mut file, Kind::Hold, form.0.text).await?;
    store::hold(&mut file, at.0.id, false).await?;
    let stage = file.header().stage;
    file.hand_over(stage).await
}
