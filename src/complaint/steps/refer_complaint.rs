//! The head or the conflict officer refers a complaint outside the office.

use actix_web::post;

use super::{AtComplaint, ComplaintNote, add_note};
use crate::casework::desk::Desk;
use crate::complaint::papers::of_staff::PaperKind;
use crate::complaint::sop::{Stage, Task};
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Refer a complaint outside the office (mengalihkan ke luar kantor).
///
/// The external handler takes over. The referring person keeps seeing the complaint, unless barred
/// from it.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ComplaintNote, responses((status = 204)))]
#[post("/complaints/{id}/referral")]
pub async fn refer_complaint(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<ComplaintNote>,
) -> Result<Reply<()>> {
    let mut file = desk.take(at.0.id, Task::ReferComplaint).await?;
    add_note(&mut file, PaperKind::Referral, form.0.text).await?;
    file.hand_over_without_view(Stage::ReferredExternally, Reply::no_content())
        .await
}
