//! The reporter reports retaliation, suffered or feared. Possible at every stage, also after the
//! complaint is closed. The stage does not change, and the handlers of the complaint learn nothing.

use actix_web::post;

use crate::complaint::reporter::context::ReporterContext;
use crate::complaint::retaliation::{self, RetaliationForm, RetaliationView};
use crate::complaint::sop::Task;
use crate::error::Result;
use crate::web::{Body, Reply};

/// Report retaliation (melaporkan pembalasan).
///
/// Reports reprisals for your complaint that you suffer or fear. Possible at any time, also after
/// the complaint is closed. Only a conflict officer without a part in the complaint reads the
/// report, from the office's next release time on; the persons you name cannot see it. While the
/// report is open, neither your identity nor the complaint is deleted.
#[utoipa::path(tag = "reporter", request_body = RetaliationForm, responses((status = 201, body = RetaliationView)), security(("reporter" = [])),
    extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/complaints/mine/retaliation-reports")]
pub async fn report_retaliation(
    context: ReporterContext,
    form: Body<RetaliationForm>,
) -> Result<Reply<RetaliationView>> {
    let mut file = context.take(Task::ReportRetaliation).await?;
    let report = retaliation::report(&mut file, form.0).await?;
    let stage = file.header().stage;
    file.hand_over_without_view(
        stage,
        Reply::created("/api/v1/complaints/mine/retaliation-reports", report),
    )
    .await
}
