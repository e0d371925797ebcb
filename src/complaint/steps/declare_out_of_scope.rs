//! Step 2, alternative: the complaint is out of scope of this procedure. The reporter reads the
//! reason.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, add_note};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::PaperKind;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Declare a complaint out of scope (di luar lingkup).
///
/// The reporter reads the reason, so write it for the reporter.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 200, body = ComplaintView)))]
#[post("/complaints/{id}/out-of-scope")]
pub async fn declare_out_of_scope(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::DeclareOutOfScope).await?;
    add_note(&mut file, PaperKind::OutOfScope, form.0.text).await?;
    file.hand_over(Stage::OutOfScope).await
}
