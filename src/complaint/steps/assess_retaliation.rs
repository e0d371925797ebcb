//! Assessment of a report of retaliation and the measures that protect the reporter. The stage and
//! the version of the file stay, so the handlers do not notice.

use actix_web::post;

use crate::casework::desk::Desk;
use crate::complaint::retaliation::{self, AssessmentForm, AtRetaliation, RetaliationSummary};
use crate::complaint::sop::Task;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Assess a report of retaliation (menilai laporan pembalasan).
///
/// For a conflict officer without a part in the complaint. The reporter reads finding, measures and
/// text in the portal. A report is assessed once; a report assessed as `needs_watch` stays open
/// until it is assessed again with a final finding. Of two parallel assessments one is refused.
/// `If-Match` is the `ETag` of the complaint, which an assessment does not change.
#[utoipa::path(tag = "complaints", params(AtRetaliation), request_body = AssessmentForm, responses((status = 200, body = RetaliationSummary)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/complaints/{id}/retaliation-reports/{report}/assessment")]
pub async fn assess_retaliation(
    desk: Desk,
    at: PathParam<AtRetaliation>,
    form: Body<AssessmentForm>,
) -> Result<Reply<RetaliationSummary>> {
    let seen = retaliation::current_version(&desk, at.0).await?;
    let mut file = desk.take(at.0.id, Task::AssessRetaliation).await?;
    let summary = retaliation::assess(&mut file, at.0, seen, form.0).await?;
    let (stage, version) = (file.header().stage, file.header().version);
    file.hand_over_without_view(stage, Reply::ok(summary).version(version))
        .await
}
