//! After step 8: an unpaid billing code is cancelled; the letter stays.

use actix_web::post;

use super::Reason;
use crate::casework::desk::Desk;
use crate::certification::billing::{AtBilling, BillingView, replacement};
use crate::error::Result;
use crate::web::{Body, PathParam, Reply};

/// Cancel a billing code (membatalkan kode billing).
///
/// The code must not be paid any more. The signed letter stays; a new code can take the place of
/// this one (`POST /billings/{id}/replacement`).
#[utoipa::path(
    tag = "e-billing", params(AtBilling), request_body = Reason, responses((status = 200, body = BillingView)),
    extensions(("x-problem-codes" = json!(["conflict"])))
)]
#[post("/billings/{id}/cancellation")]
pub async fn cancel_billing(
    desk: Desk,
    at: PathParam<AtBilling>,
    form: Body<Reason>,
) -> Result<Reply<BillingView>> {
    replacement::cancel(&desk, at.0.id, &form.0.reason).await
}
