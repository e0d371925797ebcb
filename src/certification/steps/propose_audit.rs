//! Step 4: PJI staff tell the customer what to complete and send the audit confirmation sheet.

use actix_web::post;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::confirmation::{self, Proposal};
use crate::certification::sop::{Stage, Task};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Send the audit confirmation sheet (lembar konfirmasi audit).
///
/// Proposes dates, team and cost. The office's clock stops and the customer's begins; unanswered by `answer_by`, the application expires.
/// A member the customer objected to, or a cost that was not accepted, is proposed again only with a `reason`.
#[utoipa::path(tag = "certification", params(AtApplication), request_body = Proposal, responses((status = 200, body = ApplicationView)))]
#[post("/applications/{id}/audit-confirmation")]
pub async fn propose_audit(
    desk: Desk,
    at: At<AtApplication>,
    proposal: Body<Proposal>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::ProposeAudit).await?;
    confirmation::propose(&mut file, &proposal.0).await?;
    file.hand_over(Stage::AwaitingCustomer).await
}
