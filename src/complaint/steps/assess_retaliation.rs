//! What was found of a report of retaliation, and what protects the reporter. The file stays where it is, and its version tells nobody.

use actix_web::post;

use crate::casework::desk::Desk;
use crate::complaint::retaliation::{self, AssessmentForm, AtRetaliation, RetaliationSummary};
use crate::complaint::sop::Task;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Assess a report of retaliation (menilai laporan pembalasan).
///
/// For the conflict officer who has no part in the complaint. The reporter reads finding, measures and words in the portal. A report is assessed once; one that
/// `needs_watch` stays open until it is assessed again with an end. Of two at once one wins. `If-Match` is the `ETag` of the complaint, which an
/// assessment does not change.
#[utoipa::path(tag = "complaints", params(AtRetaliation), request_body = AssessmentForm, responses((status = 200, body = RetaliationSummary)), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/complaints/{id}/retaliation-reports/{report}/assessment")]
pub async fn assess_retaliation(
    desk: Desk,
    at: At<AtRetaliation>,
    form: Body<AssessmentForm>,
) -> Result<Reply<RetaliationSummary>> {
    let seen = retaliation::seen(&desk, at.0).await?;
    let mut file = desk.take(at.0.id, Task::AssessRetaliation).await?;
    let summary = retaliation::assess(&mut file, at.0, seen, form.0).await?;
    let (stage, version) = (file.header().stage, file.header().version);
    file.hand_over_quietly(stage, Reply::ok(summary).version(version))
        .await
}
