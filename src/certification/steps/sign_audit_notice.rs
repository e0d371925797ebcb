//! Step 7: the head or an acting head signs the audit notice. The number is taken in the same
//! transaction.

use actix_web::post;

use super::AtApplication;
use crate::certification::letter;
use crate::certification::notice::drafting;
use crate::certification::sop::Task;
use crate::certification::tariffs::examples::ExampleTariffs;
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::gateways::payment_office::PaymentOffice;
use crate::letters::SigningRequest;
use crate::letters::signing_request::SignatureForm;
use crate::web::{PathParam, Provided, Reply};

/// Sign the audit notice (menandatangani surat pemberitahuan audit).
///
/// Takes the next number of a register without gaps, typesets the letter, signs it electronically
/// and stores it, all in one transaction. If the national service signs, the body must contain the
/// signer's NIK and passphrase, which are never stored; otherwise the body may be left out. A user
/// that drafted or initialled the notice cannot sign it. An acting head signs as Plh. or Plt.,
/// within the days of the appointment. Refused with `conflict` if the notice no longer keeps to the
/// agreement with the customer, for example because its first day is not in the future; the draft
/// must then be returned. If the service is connected to the payment office, the billing code is
/// requested now, so that step 8 can send it.
#[utoipa::path(
    tag = "audit notice", params(AtApplication), request_body = Option<SignatureForm>, responses((status = 200, body = ApplicationView)),
    extensions(("x-problem-codes" = json!(["four_eyes", "conflict", "impartiality", "signature_refused", "signing_failed", "signing_unavailable"])))
)]
#[post("/applications/{id}/audit-notice/signature")]
pub async fn sign_audit_notice(
    at: PathParam<AtApplication>,
    mut signing: SigningRequest,
    office: Provided<PaymentOffice>,
    examples: Provided<ExampleTariffs>,
) -> Result<Reply<ApplicationView>> {
    let mut file = signing.take(at.0.id, Task::SignAuditNotice).await?;
    let mut signed = letter::sign(&mut file, &signing).await;
    if signed.is_ok() {
        let requested = drafting::request_billing_code(&mut file, &office.0, examples.0).await;
        signed = requested.and(signed);
    }
    signing.hand_over(file, signed).await
}
