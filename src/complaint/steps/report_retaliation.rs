//! The reporter suffers or fears reprisals. Possible at every stage, also after the end; the file stays where it is, and who handles it learns nothing.

use actix_web::post;

use crate::complaint::reporter::context::ReporterContext;
use crate::complaint::retaliation::{self, RetaliationForm, RetaliationView};
use crate::complaint::sop::Task;
use crate::error::Result;
use crate::web::{Body, Reply};

/// Report retaliation (melaporkan pembalasan).
///
/// Say that you suffer reprisals for your complaint, or fear them; at any time, also after the complaint is closed. Only a conflict officer who has no part in
/// handling the complaint reads it, from the office's next surfacing time on; whoever you name is kept from it. While it is open neither your identity nor
/// the complaint is deleted.
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
    file.hand_over_quietly(
        stage,
        Reply::created("/api/v1/complaints/mine/retaliation-reports", report),
    )
    .await
}
