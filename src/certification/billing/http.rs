//! `GET /billings`, `GET /billings/{id}`, and the recording of a payment.

use actix_web::get;
use serde::{Deserialize, Serialize};

use super::store::{self, BillingQuery};
use super::{AtBilling, BillingView, PaymentForm};
use crate::casework::desk::Desk;
use crate::certification::sop::Task;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::ids::{ApplicationId, BillingId};
use crate::web::page::page_size;
use crate::web::{Cursor, Page, PathParam, Provided, Query, Reply};

/// Filter of the list of billings.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BillingFilter {
    /// Only billings of this application.
    pub application: Option<ApplicationId>,
    /// `true` for paid billings only, `false` for unpaid billings only.
    pub paid: Option<bool>,
    /// Number of items, 1 to 200; default 20.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// List the billings (daftar e-billing).
///
/// Billings of the applications you may see, newest first.
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
        paid: filter.paid,
        after,
        ..BillingQuery::default()
    };
    let rows = desk
        .database()
        .read(async |c| {
            store::list(
                c,
                desk.signed_in(),
                query,
                limit + 1,
                desk.request_time().now,
            )
            .await
        })
        .await?;
    let page = cursor
        .0
        .page(rows, limit, "billings", &bound, |(position, _)| *position)?;
    Ok(Reply::page(page.map(|(_, view)| view)))
}

/// Read a billing (e-billing).
///
/// Includes the payment, if there is one.
#[utoipa::path(tag = "e-billing", params(AtBilling), responses((status = 200, body = BillingView)))]
#[get("/billings/{id}")]
pub async fn read_billing(desk: Desk, at: PathParam<AtBilling>) -> Result<Reply<BillingView>> {
    let view = find_billing(&desk, at.0.id).await?;
    Ok(Reply::ok(view).read_only())
}

async fn find_billing(desk: &Desk, id: BillingId) -> Result<BillingView> {
    let query = BillingQuery {
        id: Some(id),
        ..BillingQuery::default()
    };
    let found = desk
        .database()
        .read(async |c| store::list(c, desk.signed_in(), query, 1, desk.request_time().now).await)
        .await?;
    found
        .into_iter()
        .next()
        .map(|(_, view)| view)
        .ok_or_else(|| Error::new(Code::NotFound))
}

/// Records `form` as the payment of billing `id`, at any stage of its application. Reporting the
/// same payment again returns the stored record.
///
/// # Errors
/// `conflict` if the billing has another payment, if the NTPN belongs to another billing, or if a
/// payment under the same NTPN has different content; `invalid_content` for a wrong amount or time.
pub async fn pay(desk: &Desk, id: BillingId, form: PaymentForm) -> Result<Reply<BillingView>> {
    let billing = find_billing(desk, id).await?;
    let mut file = desk
        .take(billing.application_id, Task::RecordPayment)
        .await?;
    let query = BillingQuery {
        id: Some(id),
        ..BillingQuery::default()
    };
    let now = file.now();
    let reload = async |file: &mut crate::casework::desk::OpenFile<Task>| -> Result<BillingView> {
        let found = store::list(file, desk.signed_in(), query, 1, now).await?;
        found
            .into_iter()
            .next()
            .map(|(_, view)| view)
            .ok_or_else(|| Error::new(Code::NotFound))
    };
    let billing = reload(&mut file).await?;
    match &billing.payment {
        Some(payment) if payment.ntpn == form.ntpn() => {
            let differences = form.differences(payment);
            return if differences.is_empty() {
                Ok(Reply::ok(billing).read_only())
            } else {
                Err(recorded_otherwise(differences))
            };
        }
        Some(_) => {
            return Err(Error::new(Code::Conflict).detail(
                "Billing ini sudah dibayar.",
                "This billing is already paid.",
            ));
        }
        None => {}
    }
    check_payment(&billing, &form, now)?;
    let (office, stage) = (file.header().office, file.header().stage);
    store::pay(&mut file, office, id, &form, desk.signed_in().user.0, now).await?;
    let paid = reload(&mut file).await?;
    if let Some(note) = unexpected_payment_note(&paid) {
        file.note(note);
    }
    file.hand_over_with(stage, |_| Reply::ok(paid)).await
}

/// The timeline's note on an unexpected payment: its code was superseded, or it exceeds the amount
/// due.
fn unexpected_payment_note(paid: &BillingView) -> Option<String> {
    let superseded = paid
        .superseded_at
        .map(|_| format!("Dibayar dengan kode yang sudah digantikan ({}).", paid.code));
    let excess =
        (paid.account.excess > 0).then(|| format!("Kelebihan bayar Rp{}.", paid.account.excess));
    let flags: Vec<_> = [superseded, excess].into_iter().flatten().collect();
    (!flags.is_empty()).then(|| flags.join(" "))
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
fn check_payment(
    billing: &BillingView,
    form: &PaymentForm,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    let mut faults = Vec::new();
    if form.amount != billing.amount {
        faults.push(fault(
            "/amount",
            "wrong_amount",
            "Jumlah tidak sama dengan billing.",
            "It is not the amount of the billing.",
        ));
    }
    if form.paid_at < billing.issued_at || form.paid_at > billing.expires_at {
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
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(faults))
    }
}
