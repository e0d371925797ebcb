//! Step 8: PJI staff send notice, team and e-billing to the customer.

use actix_web::post;
use serde::Deserialize;

use super::AtApplication;
use crate::casework::desk::Desk;
use crate::certification::billing::BillingForm;
use crate::certification::notice::drafting;
use crate::certification::sop::{Stage, Task};
use crate::certification::tariffs::examples::ExampleTariffs;
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::gateways::payment_office::PaymentOffice;
use crate::web::body::Validate;
use crate::web::{Body, PathParam, Provided, Reply};

/// The form for dispatch.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DispatchForm {
    /// E-billing for the lines with channel `pnbp_billing`. Left out if there are no such lines, if
    /// the code of a withdrawn notice is kept, or if the payment office has sent the code.
    #[serde(default)]
    pub billing: Option<BillingForm>,
}

impl Validate for DispatchForm {}

/// Send the audit notice (mengirimkan surat pemberitahuan audit, tim audit, e-billing).
///
/// Afterwards the customer can read the notice. The billing amount is the sum of the lines with
/// channel `pnbp_billing`. If an earlier notice was withdrawn, its billing is kept if it is paid,
/// or payable with the same amount. If it has expired, staff decide whether it was paid in time or
/// a new code is required. A new code replaces the earlier one, and a notice without such lines
/// cancels it: an application has one payable code. Refused with `conflict` if the first day of the
/// audit is not in the future; the head then withdraws the letter.
#[utoipa::path(
    tag = "audit notice", params(AtApplication), request_body = DispatchForm, responses((status = 200, body = ApplicationView)),
    extensions(("x-problem-codes" = json!(["conflict", "example_tariff", "impartiality"])))
)]
#[post("/applications/{id}/audit-notice/dispatch")]
pub async fn dispatch_audit_notice(
    desk: Desk,
    at: PathParam<AtApplication>,
    form: Body<DispatchForm>,
    office: Provided<PaymentOffice>,
    examples: Provided<ExampleTariffs>,
) -> Result<Reply<ApplicationView>> {
    let mut file = desk.take(at.0.id, Task::DispatchAuditNotice).await?;
    drafting::dispatch(&mut file, form.0.billing, &office.0, examples.0).await?;
    file.hand_over(Stage::NoticeSent).await
}
