//! Step 4, during the settlement: a member of staff is warned and can give a statement before the
//! settlement.

use actix_web::post;
use serde::Deserialize;

use super::AtComplaint;
use crate::casework::desk::Desk;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::complaint::warning::{self, Warning};
use crate::error::{FieldError, Result};
use crate::web::body::Validate;
use crate::web::{Body, PathParam, Reply};

/// Warnings to issue.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Warnings {
    /// One warning for each person.
    #[schema(min_items = 1, max_items = 20)]
    pub warnings: Vec<Warning>,
}

impl Validate for Warnings {
    fn errors(&self) -> Vec<FieldError> {
        warning::errors(&self.warnings, 1)
    }
}

/// Warn staff and hear them (memberi teguran).
///
/// A warned person reads the warning and nothing else of the case, can give a statement, and is
/// barred from the case.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = Warnings, responses((status = 200, body = ComplaintView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/complaints/{id}/warnings")]
pub async fn warn_staff(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<Warnings>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::WarnStaff).await?;
    warning::issue(&mut file, form.0.warnings).await?;
    file.hand_over(Stage::InResolution).await
}
