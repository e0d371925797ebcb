//! Replacement and cancellation of a billing code, without touching the signed letter: the letter
//! names the code it was sent with, the list of billings names the one to pay.

use serde::Deserialize;

use super::store::{self, Ending, NewBilling};
use super::{BillingForm, BillingView, requests};
use crate::casework::desk::{Desk, OpenFile};
use crate::casework::journal::reason_error;
use crate::certification::sop::Task;
use crate::certification::tariffs::examples::ExampleTariffs;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::gateways::payment_office::PaymentOffice;
use crate::ids::BillingId;
use crate::sop::gate::Principal;
use crate::web::Reply;
use crate::web::body::Validate;

/// The form of a replacement.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplacementForm {
    /// The new code. Left out, it is requested from the payment office, if the service is connected
    /// to it, and replaces the old one when it comes.
    #[serde(default)]
    pub billing: Option<BillingForm>,
    /// Reason; the customer sees it.
    #[schema(
        example = "Kode sebelumnya kedaluwarsa.",
        min_length = 1,
        max_length = 500
    )]
    pub reason: String,
}

impl Validate for ReplacementForm {
    fn errors(&self) -> Vec<FieldError> {
        reason_error(&self.reason).into_iter().collect()
    }
}

/// Takes the file of billing `id` for `task` and reads the billing, which must be the last of its
/// application and not paid in full.
async fn take(desk: &Desk, id: BillingId, task: Task) -> Result<(OpenFile<Task>, BillingView)> {
    let application = super::http::find_billing(desk, id).await?.application_id;
    let mut file = desk.take(application, task).await?;
    let (caller, now) = (Principal::User(desk.signed_in()), file.now());
    let last = store::last(&mut file, caller, application, now).await?;
    let Some(billing) = last.filter(|last| last.id == id) else {
        return Err(Error::new(Code::Conflict).detail(
            "Sudah ada kode billing yang lebih baru untuk permohonan ini.",
            "The application has a newer billing code.",
        ));
    };
    if billing.is_settled() {
        return Err(
            Error::new(Code::Conflict).detail("Kode ini sudah dibayar.", "This code is paid.")
        );
    }
    Ok((file, billing))
}

/// Replaces billing `id` by the code of `form`, or requests one from the payment office.
///
/// # Errors
/// `conflict` if the billing is paid, is not the last one, its code is in use, or the notice in force
/// bills another amount; `example_tariff`;
/// `invalid_content` for a code that is invalid, or missing in manual mode.
pub async fn replace(
    desk: &Desk,
    id: BillingId,
    form: ReplacementForm,
    office: &PaymentOffice,
    examples: ExampleTariffs,
) -> Result<Reply<BillingView>> {
    let (mut file, old) = take(desk, id, Task::ReplaceBilling).await?;
    let (now, stage) = (file.now(), file.header().stage);
    if store::billed_by_notice(&mut file, old.application_id).await? != Some(old.amount) {
        return Err(Error::new(Code::Conflict).detail(
            "Surat yang berlaku tidak menagih jumlah ini.",
            "The notice in force does not bill this amount.",
        ));
    }
    file.note(form.reason.as_str());
    let owner = file.header().office;
    examples.check(&mut file, owner, now).await?;
    let Some(code) = form.billing else {
        if !office.is_connected() {
            return Err(Error::invalid(vec![fault(
                "/billing",
                "missing_field",
                "Kode billing wajib diisi.",
                "The billing code is required.",
            )]));
        }
        requests::request_replacement(&mut file, &old, &form.reason, desk.signed_in().user.0)
            .await?;
        return file.hand_over_with(stage, |_| Reply::ok(old)).await;
    };
    let faults = code.errors_at(now);
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let application = old.application_id;
    store::requests::drop_open(&mut file, application).await?;
    store::end_current(
        &mut file,
        application,
        Ending::Replaced,
        Some(&form.reason),
        now,
    )
    .await?;
    let notice = store::notice_of(&mut file, old.id).await?;
    let new = NewBilling {
        office: owner,
        application,
        notice,
        by: desk.signed_in().user.0,
        code: &code.code,
        valid: (code.issued_at, code.expires_at()),
        account_code: code.account_code.as_deref().or(old.account_code.as_deref()),
        lines: &old.lines,
        payer: &old.payer.text,
        note: &old.note.text,
        request: None,
        replaces: Some(old.id),
    };
    let new = store::add(&mut file, &new, now).await?;
    let caller = Principal::User(desk.signed_in());
    let view = store::find(&mut file, caller, new, now).await?;
    file.hand_over_with(stage, |_| Reply::ok(view)).await
}

/// Cancels billing `id` with a reason.
///
/// # Errors
/// `conflict` if the billing is paid, ended, or not the last one.
pub async fn cancel(desk: &Desk, id: BillingId, reason: &str) -> Result<Reply<BillingView>> {
    let (mut file, old) = take(desk, id, Task::CancelBilling).await?;
    let (now, stage) = (file.now(), file.header().stage);
    file.note(reason);
    store::requests::drop_open(&mut file, old.application_id).await?;
    let ended = store::end_current(
        &mut file,
        old.application_id,
        Ending::Cancelled,
        Some(reason),
        now,
    )
    .await?;
    if ended != Some(id) {
        return Err(Error::new(Code::Conflict).detail(
            "Kode ini sudah tidak berlaku.",
            "This code has ended already.",
        ));
    }
    let caller = Principal::User(desk.signed_in());
    let view = store::find(&mut file, caller, id, now).await?;
    file.hand_over_with(stage, |_| Reply::ok(view)).await
}
