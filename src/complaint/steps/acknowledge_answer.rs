//! Step 7: the reporter has received the answer and gets a receipt for it (tanda terima). The file closes at the next surfacing time.

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
/// Gives a signed receipt that names nobody. The office learns of it at its next surfacing time.
#[utoipa::path(tag = "reporter", responses((status = 200, body = Receipt)), security(("reporter" = [])))]
#[post("/complaints/mine/answer/acknowledgement")]
pub async fn acknowledge_answer(context: ReporterContext) -> Result<Reply<Receipt>> {
    let mut file = context.take(Task::AcknowledgeAnswer).await?;
    let receipt = answer::receipt(&mut file).await?;
    let day = today(file.now());
    store::acknowledge(&mut file, context.case(), day).await?;
    file.hand_over_quietly(Stage::Answered, Reply::ok(receipt))
        .await
}
