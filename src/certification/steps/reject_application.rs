//! Side exit: the SS lead rejects the application with a reason.

use actix_web::post;

use super::{AtApplication, Reason};
use crate::casework::desk::Desk;
use crate::certification::sop::{Stage, Task};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Reject the application (menolak permohonan).
///
/// The reason is shown to the customer.
#[utoipa::path(tag = "certification", params(AtApplication), request_body = Reason, responses((status = 200, body = ApplicationView)))]
#[post("/applications/{id}/rejection")]
pub async fn reject_application(
    desk: Desk,
    at: PathParam<AtApplication>,
    form: Body<Reason>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::RejectApplication).await?;
    file.note(form.0.reason);
    file.hand_over(Stage::Rejected).await
}
