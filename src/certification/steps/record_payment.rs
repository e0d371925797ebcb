//! Beside the stages: the treasurer records the payment of the e-billing. It never moves the case.

use actix_web::post;

use crate::casework::desk::Desk;
use crate::certification::billing::{AtBilling, BillingView, PaymentForm, http};
use crate::error::Result;
use crate::web::{At, Body, Reply};

/// Record a payment (mencatat pembayaran, NTPN).
///
/// The amount must equal the billing's. Recording the same payment again answers with the stored record; the same NTPN with another content is a conflict that
/// names the fields. The moment of payment, not of recording, is held against the expiry. A payment under a code that was superseded is recorded too, whatever
/// became of the application since: `payment.on_superseded_code` says so, and `account.excess` how much has come in beyond what is owed.
#[utoipa::path(
    tag = "e-billing", params(AtBilling), request_body = PaymentForm, responses((status = 200, body = BillingView)),
    extensions(("x-task" = json!("record_payment")), ("x-problem-codes" = json!(["conflict"])))
)]
#[post("/billings/{id}/payments")]
pub async fn record_payment(
    desk: Desk,
    at: At<AtBilling>,
    form: Body<PaymentForm>,
) -> Result<Reply<BillingView>> {
    http::pay(&desk, at.0.id, form.0).await
}
