//! Back into the office, when the suspicion that sent it outside was unfounded.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, put};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::Kind;
use crate::complaint::screening;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Bring it back (menarik kembali).
///
/// Refused while a conflict of interest still breaks the chain of the SOP.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 200, body = ComplaintView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/complaints/{id}/recall")]
pub async fn recall_complaint(
    desk: Desk,
    at: At<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::RecallComplaint).await?;
    put(&mut file, Kind::Reopening, form.0.text).await?;
    screening::must_hold(&mut file).await?;
    file.hand_over(Stage::Screened).await
}
