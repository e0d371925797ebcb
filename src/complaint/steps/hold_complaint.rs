//! Evidence is kept: retention waits.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, put};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::Kind;
use crate::complaint::sop::Task;
use crate::complaint::store;
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Put a legal hold on it (menahan pemusnahan).
///
/// Nothing of the case is deleted while it is held, neither identity nor content.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/legal-hold")]
pub async fn hold_complaint(
    desk: Desk,
    at: At<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::HoldComplaint).await?;
    put(&mut file, Kind::Hold, form.0.text).await?;
    store::hold(&mut file, at.0.id, true).await?;
    let stage = file.header().stage;
    file.hand_over(stage).await
}
