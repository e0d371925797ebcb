//! At any stage: the treasurer records the payment of the e-billing. The stage does not change.

use actix_web::post;

use crate::casework::desk::Desk;
use crate::certification::billing::{AtBilling, BillingView, PaymentForm, http};
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Record a payment (mencatat pembayaran, NTPN).
///
/// Recording the same payment again returns the stored record; the same NTPN with different content
/// is refused with `conflict`, which names the fields. The time of payment, not of recording, must
/// be before the expiry of the code. A payment of another amount, outside the validity, or a second
/// one is recorded with `despite_deviation`. A payment under a replaced or cancelled code is recorded
/// at any stage of the application. `flags` of the payment names what is not as billed.
#[utoipa::path(
    tag = "e-billing", params(AtBilling), request_body = PaymentForm, responses((status = 200, body = BillingView)),
    extensions(("x-task" = json!("record_payment")), ("x-problem-codes" = json!(["conflict"])))
)]
#[post("/billings/{id}/payments")]
pub async fn record_payment(
    desk: Desk,
    at: PathParam<AtBilling>,
    form: Body<PaymentForm>,
) -> Result<Reply<BillingView>> {
    http::pay(&desk, at.0.id, form.0).await
}
