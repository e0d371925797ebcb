//! Step 4: PJI staff inform the customer of missing documents and send the audit confirmation
//! sheet.

use actix_web::post;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::confirmation::{self, Proposal};
use crate::certification::sop::{Stage, Task};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Send the audit confirmation sheet (lembar konfirmasi audit).
///
/// Proposes dates, team and cost. The office's clock stops and the customer's clock starts; without
/// an answer by `answer_by` the application expires. A member or a cost that the customer refused
/// may be proposed again only with a `reason`. The team keeps the rules of `GET /audit-team-rules` and
/// is booked for every proposed day: a person that is not free, or is related to the customer, is
/// refused.
#[utoipa::path(tag = "certification", params(AtApplication), request_body = Proposal, responses((status = 200, body = ApplicationView)), extensions(("x-problem-codes" = json!(["schedule_conflict", "impartiality"]))))]
#[post("/applications/{id}/audit-confirmation")]
pub async fn propose_audit(
    desk: Desk,
    at: PathParam<AtApplication>,
    proposal: Body<Proposal>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::ProposeAudit).await?;
    confirmation::propose(&mut file, &proposal.0).await?;
    file.hand_over(Stage::AwaitingCustomer).await
}
