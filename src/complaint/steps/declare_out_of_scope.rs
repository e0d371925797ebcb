//! Step 2, the other way: not for this procedure. The reporter reads why.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, put};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::Kind;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Declare it out of scope (di luar lingkup).
///
/// The reporter reads the reason, so write it for them.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/out-of-scope")]
pub async fn declare_out_of_scope(
    desk: Desk,
    at: At<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::DeclareOutOfScope).await?;
    put(&mut file, Kind::OutOfScope, form.0.text).await?;
    file.hand_over(Stage::OutOfScope).await
}
