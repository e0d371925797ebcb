//! Step 4, while it is being settled: a member of staff is warned and can state their side before the settlement.

use actix_web::post;
use serde::Deserialize;

use super::AtComplaint;
use crate::casework::desk::Desk;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::views::ComplaintView;
use crate::complaint::warning::{self, Warning};
use crate::error::{FieldError, Result};
use crate::web::body::Validate;
use crate::web::{At, Body, Reply};

/// Warnings to issue.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Warnings {
    /// One for each person.
    #[schema(min_items = 1, max_items = 20)]
    pub warnings: Vec<Warning>,
}

impl Validate for Warnings {
    fn errors(&self) -> Vec<FieldError> {
        warning::faults(&self.warnings, 1)
    }
}

/// Warn staff and hear them (memberi teguran).
///
/// Whoever is warned reads the warning and nothing else of the case, and can state their side. They are barred from the case.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = Warnings, responses((status = 200, body = ComplaintView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/complaints/{id}/warnings")]
pub async fn warn_staff(
    desk: Desk,
    at: At<AtComplaint>,
    form: Body<Warnings>,
) -> Result<Reply<ComplaintView>> {
    let mut file = desk.take(at.0.id, Task::WarnStaff).await?;
    warning::issue(&mut file, form.0.warnings).await?;
    file.hand_over(Stage::InResolution).await
}
