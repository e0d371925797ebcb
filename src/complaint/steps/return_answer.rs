//! Step 6, the other way: the head sends the draft back with a reason.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, put};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::Kind;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Return the draft (mengembalikan konsep jawaban).
///
/// The clock of step 5 goes on with what was left of it.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/answer/return")]
pub async fn return_answer(
    desk: Desk,
    at: At<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::ReturnAnswer).await?;
    put(&mut file, Kind::Return, form.0.text).await?;
    file.hand_over(Stage::Resolved).await
}
