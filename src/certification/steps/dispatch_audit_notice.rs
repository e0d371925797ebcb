//! Step 8: PJI staff send notice, team and e-billing to the customer.

use actix_web::post;
use serde::Deserialize;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::billing::BillingForm;
use crate::certification::notice::drafting;
use crate::certification::sop::{Stage, Task};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::web::body::Validate;
use crate::web::{At, Body, Reply};

/// What goes out with the notice.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DispatchForm {
    /// The e-billing over the lines paid that way; left out only when there are none, or when that of a notice withdrawn before still stands.
    #[serde(default)]
    pub billing: Option<BillingForm>,
}

impl Validate for DispatchForm {}

/// Send the audit notice (mengirimkan surat pemberitahuan audit, tim audit, e-billing).
///
/// From now on the customer can read it. The amount of the billing is the sum of the lines whose channel is `pnbp_billing`. After a notice that was
/// withdrawn, its billing stays as it is when it was paid, or is payable and of the same amount: it is this one's too. Expired, staff know whether it was paid
/// in time and a new one is needed. A new code supersedes the earlier one, and so does a notice without such lines: an application has one payable code.
/// It is a conflict when the first day of the audit is not in the future any more: the head withdraws the letter.
#[utoipa::path(
    tag = "audit notice", params(AtApplication), request_body = DispatchForm, responses((status = 200, body = ApplicationView)),
    extensions(("x-problem-codes" = json!(["conflict"])))
)]
#[post("/applications/{id}/audit-notice/dispatch")]
pub async fn dispatch_audit_notice(
    desk: Desk,
    at: At<AtApplication>,
    form: Body<DispatchForm>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::DispatchAuditNotice).await?;
    drafting::dispatch(&mut file, form.0.billing).await?;
    file.hand_over(Stage::NoticeSent).await
}
