//! Step 7: the reporter acknowledges the answer and gets a receipt (tanda terima). The file is
//! closed at the next release time.

use actix_web::post;

use crate::complaint::answer;
use crate::complaint::receipt::Receipt;
use crate::complaint::reporter::context::ReporterContext;
use crate::complaint::sop::{Stage, Task};
use crate::complaint::store;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::web::Reply;

/// Acknowledge the answer (tanda terima jawaban).
///
/// Returns a signed receipt that names no person. The office learns of it at its next release time.
#[utoipa::path(tag = "reporter", responses((status = 200, body = Receipt)), security(("reporter" = [])))]
#[post("/complaints/mine/answer/acknowledgement")]
pub async fn acknowledge_answer(context: ReporterContext) -> Result<Reply<Receipt>> {
    let mut file = context.take(Task::AcknowledgeAnswer).await?;
    let receipt = answer::receipt(&mut file).await?;
    let day = today(file.now());
    store::acknowledge(&mut file, context.case(), day).await?;
    file.hand_over_without_view(Stage::Answered, Reply::ok(receipt))
        .await
}
