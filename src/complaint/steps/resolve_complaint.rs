//! Step 4: the team lead settles the complaint with staff and warns the staff at fault.

use actix_web::post;
use serde::Deserialize;

use super::AtComplaint;
use crate::casework::desk::Desk;
use crate::complaint::papers::form::prose_error;
use crate::complaint::papers::of_staff::{Finding, PaperKind, Resolution};
use crate::complaint::sop::{Stage, Task};
use crate::complaint::store::{self, papers};
use crate::complaint::views::ComplaintView;
use crate::complaint::warning::{self, Warning};
use crate::error::{FieldError, Result};
use crate::web::body::Validate;
use crate::web::{Body, PathParam, Reply};

/// A settlement.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolutionForm {
    /// Finding.
    pub finding: Finding,
    /// Findings and actions taken; the answer is drafted from this text.
    #[schema(
        example = "Pungutan di loket terbukti; uang dikembalikan dan tarif ditempel di loket.",
        min_length = 1,
        max_length = 20000
    )]
    pub summary: String,
    /// Warnings to the staff at fault.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub warnings: Vec<Warning>,
    /// Whether the drafter of the answer may read the complaint itself, in addition to this
    /// settlement.
    #[serde(default)]
    #[schema(example = false)]
    pub drafter_reads_complaint: bool,
}

impl Validate for ResolutionForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults: Vec<_> = prose_error(&self.summary, "/summary".to_owned(), 20_000)
            .into_iter()
            .collect();
        faults.extend(warning::errors(&self.warnings, 0));
        faults
    }
}

/// Settle a complaint (menyelesaikan pengaduan dan memberi teguran).
///
/// The draft of the answer follows. Its drafter reads the settlement, and the complaint only when
/// you allow it.
#[utoipa::path(tag = "complaints", params(AtComplaint), request_body = ResolutionForm, responses((status = 200, body = ComplaintView)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/complaints/{id}/resolution")]
pub async fn resolve_complaint(
    desk: Desk,
    at: PathParam<AtComplaint>,
    form: Body<ResolutionForm>,
) -> Result<Reply<ComplaintView>> {
    let ResolutionForm {
        finding,
        summary,
        warnings,
        drafter_reads_complaint,
    } = form.0;
    let mut file = desk.take(at.0.id, Task::ResolveComplaint).await?;
    warning::issue(&mut file, warnings).await?;
    store::set_staff_reads(&mut file, at.0.id, drafter_reads_complaint).await?;
    let (now, author) = (file.now(), file.signed_in()?.user);
    let (header, connection) = file.parts();
    papers::add(
        connection,
        header,
        PaperKind::Resolution,
        Some(author),
        &Resolution { finding, summary },
        now,
    )
    .await?;
    file.hand_over(Stage::Resolved).await
}
