//! `GET /billings`, and the recording of a payment.

use actix_web::get;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::payment::{PaymentFlag, PaymentForm, PaymentView, is_plausible};
use super::store::payments::NewPayment;
use super::store::{self, BillingQuery};
use super::{AccountCode, BillingStatus, BillingView};
use crate::casework::desk::Desk;
use crate::certification::schemes::SchemeCode;
use crate::certification::sop::Task;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::ids::{ApplicationId, BillingId};
use crate::sop::gate::Principal;
use crate::sop::working_time::midnights;
use crate::web::page::page_size;
use crate::web::{Cursor, Page, Provided, Query, Reply};

/// Filter of the list of billings.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BillingFilter {
    /// Only billings of this application.
    pub application: Option<ApplicationId>,
    /// Only billings with this status; `issued` is the code to pay.
    #[param(inline)]
    pub status: Option<BillingStatus>,
    /// Issued on this day (WIB) or later.
    #[param(example = "2026-07-01")]
    pub from: Option<NaiveDate>,
    /// Issued on this day (WIB) or earlier.
    #[param(example = "2026-07-31")]
    pub to: Option<NaiveDate>,
    /// Only billings of this scheme.
    #[param(inline)]
    pub scheme: Option<SchemeCode>,
    /// Only billings with this account code (kode akun).
    #[param(inline)]
    pub account_code: Option<AccountCode>,
    /// Number of items, 1 to 200; default 20.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// List the billings (daftar e-billing).
///
/// Billings of the applications you may see, newest first. The PNBP figures
/// (`GET /reports/pnbp`) are the sums of this list under the same filter.
#[utoipa::path(tag = "e-billing", params(BillingFilter), responses((status = 200, body = Page<BillingView>)))]
#[get("/billings")]
pub async fn list_billings(
    desk: Desk,
    query: Query<BillingFilter>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<BillingView>>> {
    let filter = query.0;
    let limit = page_size(filter.limit)?;
    // A cursor is bound to the filter, except for the members that may change between pages.
    let bound = BillingFilter {
        limit: None,
        cursor: None,
        ..filter.clone()
    };
    let after = cursor
        .0
        .read(filter.cursor.as_deref(), "billings", &bound)?;
    let query = BillingQuery {
        application: filter.application,
        status: filter.status,
        issued: midnights(filter.from, filter.to),
        scheme: filter.scheme.map(SchemeCode::as_str),
        account_code: filter.account_code.as_ref().map(|code| code.0.as_str()),
        after,
        ..BillingQuery::default()
    };
    let caller = Principal::User(desk.signed_in());
    let rows = desk
        .database()
        .read(async |c| store::list(c, caller, query, limit + 1, desk.request_time().now).await)
        .await?;
    let page = cursor
        .0
        .page(rows, limit, "billings", &bound, |(position, _)| *position)?;
    Ok(Reply::page(page.map(|(_, view)| view)))
}

/// The billing `id`, if the user may see it.
///
/// # Errors
/// `not_found`.
pub async fn find_billing(desk: &Desk, id: BillingId) -> Result<BillingView> {
    let caller = Principal::User(desk.signed_in());
    desk.database()
        .read(async |c| store::find(c, caller, id, desk.request_time().now).await)
        .await
}

/// Records `form` as a payment of billing `id`, at any stage of its application. Reporting the same
/// payment again returns the stored record.
///
/// # Errors
/// `conflict` if the billing is paid, if the NTPN belongs to another payment, or if a payment under
/// the same NTPN has different content; `invalid_content` for a deviation that the form does not
/// confirm, or a time in the future.
pub async fn pay(desk: &Desk, id: BillingId, form: PaymentForm) -> Result<Reply<BillingView>> {
    let billing = find_billing(desk, id).await?;
    let mut file = desk
        .take(billing.application_id, Task::RecordPayment)
        .await?;
    let (now, caller) = (file.now(), Principal::User(desk.signed_in()));
    let billing = store::find(&mut file, caller, id, now).await?;
    let ntpn = form.ntpn();
    let counted = || {
        billing
            .payments
            .iter()
            .filter(|payment| payment.annulled_at.is_none())
    };
    if let Some(payment) = counted().find(|payment| payment.ntpn == ntpn) {
        let differences = form.differences(payment);
        return if differences.is_empty() {
            Ok(Reply::ok(billing).read_only())
        } else {
            Err(recorded_otherwise(differences))
        };
    }
    if !form.despite_deviation && counted().next().is_some() {
        return Err(Error::new(Code::Conflict).detail(
            "Billing ini sudah dibayar. Bila memang dibayar lagi, catat dengan despite_deviation.",
            "This billing is already paid. If it was paid again, record it with despite_deviation.",
        ));
    }
    check_payment(&billing, &form, now)?;
    let (office, stage) = (file.header().office, file.header().stage);
    let new = NewPayment::by_hand(&form, &ntpn, (office, id, desk.signed_in().user.0));
    let payment = store::payments::add(&mut file, &new, now).await?;
    let payment = store::payments::find(&mut file, caller, payment).await?;
    if let Some(note) = deviation_note(&payment) {
        file.note(note);
    }
    let paid = store::find(&mut file, caller, id, now).await?;
    file.hand_over_with(stage, |_| Reply::ok(paid)).await
}

/// The timeline's note on a payment that is not as billed.
pub fn deviation_note(payment: &PaymentView) -> Option<String> {
    let words = payment.flags.iter().map(|flag| match flag {
        PaymentFlag::OnReplacedCode => "kode sudah digantikan",
        PaymentFlag::OnCancelledCode => "kode sudah dibatalkan",
        PaymentFlag::AfterExpiry => "setelah kode kedaluwarsa",
        PaymentFlag::BeforeIssue => "sebelum kode terbit",
        PaymentFlag::TooLittle => "kurang bayar",
        PaymentFlag::TooMuch => "lebih bayar",
        PaymentFlag::PaidTwice => "dibayar lebih dari sekali",
    });
    let words: Vec<_> = words.collect();
    (!words.is_empty()).then(|| {
        format!(
            "Pembayaran Rp{} perlu keputusan bendahara: {}.",
            payment.amount,
            words.join(", ")
        )
    })
}

fn recorded_otherwise(differences: Vec<FieldError>) -> Error {
    let fields = differences
        .iter()
        .map(|fault| fault.pointer.trim_start_matches('/'))
        .collect::<Vec<_>>()
        .join(", ");
    let (id, en) = (
        format!("NTPN ini sudah tercatat dengan isi lain: {fields}. Periksa bukti setor."),
        format!(
            "This NTPN is already recorded with different content: {fields}. Check the receipt."
        ),
    );
    Error::new(Code::Conflict)
        .detail(id, en)
        .faults(differences)
}

/// Validates the payment against the billing. The time of payment counts, not the time of
/// recording: a payment made in time may be reported late.
fn check_payment(billing: &BillingView, form: &PaymentForm, now: DateTime<Utc>) -> Result<()> {
    let mut faults = Vec::new();
    if !form.despite_deviation && form.amount != billing.amount {
        faults.push(fault(
            "/amount",
            "wrong_amount",
            "Jumlah tidak sama dengan billing.",
            "It is not the amount of the billing.",
        ));
    }
    let outside = form.paid_at < billing.issued_at || form.paid_at > billing.expires_at;
    if !form.despite_deviation && outside {
        faults.push(fault(
            "/paid_at",
            "outside_validity",
            "Dibayar di luar masa berlaku kode.",
            "Paid outside the validity of the code.",
        ));
    }
    if form.paid_at > now {
        faults.push(fault(
            "/paid_at",
            "in_the_future",
            "Waktu ini belum tiba.",
            "This time is in the future.",
        ));
    }
    let is_odd = |at: Option<DateTime<Utc>>| !at.is_some_and(|at| is_plausible(at, now));
    let book_date = form.book_date.map(|day| midnights(Some(day), None).0);
    for (pointer, is_odd) in [
        (
            "/paid_at",
            form.paid_at <= now && is_odd(Some(form.paid_at)),
        ),
        ("/book_date", book_date.is_some_and(is_odd)),
    ] {
        if is_odd {
            faults.push(fault(
                pointer,
                "wrong_value",
                "Dari tahun 2000 sampai hari ini.",
                "From the year 2000 to today.",
            ));
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(faults))
    }
}
