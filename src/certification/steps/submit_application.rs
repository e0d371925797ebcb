//! Step 1: the customer submits the application.

use actix_web::post;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::casework::register::{Series, take_number};
use crate::certification::checklist::Checklist;
use crate::certification::snapshot;
use crate::certification::sop::{Stage, Task};
use crate::certification::store;
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{PathParam, Reply};

/// Send the application (mengirimkan permohonan).
///
/// Checks that the form is complete and the application letter is attached, gives the application
/// its number, and freezes the submitted content.
#[utoipa::path(tag = "certification", params(AtApplication), responses((status = 200, body = ApplicationView)), extensions(("x-problem-codes" = json!(["conflict", "invalid_content"]))))]
#[post("/applications/{id}/submission")]
pub async fn submit_application(
    desk: Desk,
    at: PathParam<AtApplication>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::SubmitApplication).await?;
    let checklist = Checklist::read(&mut file).await?;
    checklist.must_be_ready_to_submit(&file.header().file.form)?;
    let (office, now) = (file.header().office, file.now());
    let number = take_number(&mut file, office, Series::Application, now).await?;
    store::set_number(
        &mut file,
        at.0.id,
        &number.written,
        checklist.version(),
        now,
    )
    .await?;
    snapshot::freeze(&mut file, checklist, None).await?;
    file.hand_over(Stage::Submitted).await
}
