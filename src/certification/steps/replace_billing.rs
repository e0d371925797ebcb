//! After step 8: an unpaid billing code is replaced by a new one; the letter stays.

use actix_web::post;

use crate::casework::desk::Desk;
use crate::certification::billing::replacement::{self, ReplacementForm};
use crate::certification::billing::{AtBilling, BillingView};
use crate::certification::tariffs::examples::ExampleTariffs;
use crate::error::Result;
use crate::gateways::payment_office::PaymentOffice;
use crate::web::{Body, PathParam, Provided, Reply};

/// Replace a billing code (mengganti kode billing).
///
/// For a code that has expired, was cancelled, or cannot be used; a paid one is refused. The amount
/// and the signed letter stay. The reply is the new billing. Without `billing` the code is requested
/// from the payment office, if the service is connected to it: the reply is then the old billing,
/// and the new code replaces it when it comes.
#[utoipa::path(
    tag = "e-billing", params(AtBilling), request_body = ReplacementForm, responses((status = 200, body = BillingView)),
    extensions(("x-problem-codes" = json!(["conflict", "example_tariff"])))
)]
#[post("/billings/{id}/replacement")]
pub async fn replace_billing(
    desk: Desk,
    at: PathParam<AtBilling>,
    form: Body<ReplacementForm>,
    office: Provided<PaymentOffice>,
    examples: Provided<ExampleTariffs>,
) -> Result<Reply<BillingView>> {
    replacement::replace(&desk, at.0.id, form.0, &office.0, examples.0).await
}
