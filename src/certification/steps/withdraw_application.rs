//! Side exit: the customer withdraws the application.

use actix_web::post;

use super::{AtApplication, Reason};
use crate::casework::desk::Desk;
use crate::certification::letter;
use crate::certification::sop::{Stage, Task};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Withdraw the application (membatalkan permohonan).
///
/// Possible until the notice is sent. A notice that is already signed becomes void.
#[utoipa::path(tag = "certification", params(AtApplication), request_body = Reason, responses((status = 200, body = ApplicationView)))]
#[post("/applications/{id}/withdrawal")]
pub async fn withdraw_application(
    desk: Desk,
    at: PathParam<AtApplication>,
    form: Body<Reason>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::WithdrawApplication).await?;
    letter::void_unsent(&mut file, &form.0.reason).await?;
    file.note(form.0.reason);
    file.hand_over(Stage::Withdrawn).await
}
