//! `GET /billings`, `GET /billings/{id}`, and what recording a payment does.

use actix_web::get;
use serde::{Deserialize, Serialize};

use super::store::{self, Wanted};
use super::{AtBilling, BillingView, PaymentForm};
use crate::casework::desk::Desk;
use crate::certification::sop::Task;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::ids::{ApplicationId, BillingId};
use crate::web::page::size;
use crate::web::{At, Cursor, Page, Provided, Query, Reply};

/// What a list of billings can be narrowed to.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BillingFilter {
    /// Only of this application.
    pub application: Option<ApplicationId>,
    /// Only paid ones, or only unpaid ones.
    pub paid: Option<bool>,
    /// How many items, 1 to 200; 20 when not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// List the billings (daftar e-billing).
///
/// Of the files you may see, newest first.
#[utoipa::path(tag = "e-billing", params(BillingFilter), responses((status = 200, body = Page<BillingView>)))]
#[get("/billings")]
pub async fn list_billings(
    desk: Desk,
    query: Query<BillingFilter>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<BillingView>>> {
    let filter = query.0;
    let limit = size(filter.limit)?;
    // A cursor is bound to the filter without what may differ from page to page.
    let bound = BillingFilter {
        limit: None,
        cursor: None,
        ..filter.clone()
    };
    let after = cursor
        .0
        .read(filter.cursor.as_deref(), "billings", &bound)?;
    let wanted = Wanted {
        application: filter.application,
        paid: filter.paid,
        after,
        ..Wanted::default()
    };
    let rows = desk
        .database()
        .read(async |c| {
            store::list(c, desk.who(), wanted, limit + 1, desk.request_time().now).await
        })
        .await?;
    let page = cursor
        .0
        .page(rows, limit, "billings", &bound, |(place, _)| *place)?;
    Ok(Reply::page(page.map(|(_, view)| view)))
}

/// Read a billing (e-billing).
///
/// With its payment, once there is one.
#[utoipa::path(tag = "e-billing", params(AtBilling), responses((status = 200, body = BillingView)))]
#[get("/billings/{id}")]
pub async fn read_billing(desk: Desk, at: At<AtBilling>) -> Result<Reply<BillingView>> {
    let view = one(&desk, at.0.id).await?;
    let version = 1 + i64::from(view.payment.is_some()) + i64::from(view.superseded_at.is_some());
    Ok(Reply::ok(view).version(version))
}

async fn one(desk: &Desk, id: BillingId) -> Result<BillingView> {
    let wanted = Wanted {
        id: Some(id),
        ..Wanted::default()
    };
    let found = desk
        .database()
        .read(async |c| store::list(c, desk.who(), wanted, 1, desk.request_time().now).await)
        .await?;
    found
        .into_iter()
        .next()
        .map(|(_, view)| view)
        .ok_or_else(|| Error::new(Code::NotFound))
}

/// Records `form` as the payment of billing `id`, wherever its application is by now. The same payment again is answered with the stored record.
///
/// # Errors
/// `conflict` when it is paid otherwise, when the NTPN is another billing's, or when a payment under the same NTPN says something else;
/// `invalid_content` for a wrong amount or moment.
pub async fn pay(desk: &Desk, id: BillingId, form: PaymentForm) -> Result<Reply<BillingView>> {
    let billing = one(desk, id).await?;
    let mut file = desk
        .take(billing.application_id, Task::RecordPayment)
        .await?;
    let wanted = Wanted {
        id: Some(id),
        ..Wanted::default()
    };
    let now = file.now();
    let stored = async |file: &mut crate::casework::desk::OpenFile<Task>| -> Result<BillingView> {
        let found = store::list(file, desk.who(), wanted, 1, now).await?;
        found
            .into_iter()
            .next()
            .map(|(_, view)| view)
            .ok_or_else(|| Error::new(Code::NotFound))
    };
    let billing = stored(&mut file).await?;
    match &billing.payment {
        Some(payment) if payment.ntpn == form.ntpn() => {
            let differences = form.differences(payment);
            return if differences.is_empty() {
                Ok(Reply::ok(billing).version(2))
            } else {
                Err(recorded_otherwise(differences))
            };
        }
        Some(_) => {
            return Err(Error::new(Code::Conflict).detail(
                "Billing ini sudah dibayar.",
                "This billing is paid already.",
            ));
        }
        None => {}
    }
    must_fit(&billing, &form, now)?;
    let (office, stage) = (file.header().office, file.header().stage);
    store::pay(&mut file, office, id, &form, desk.who().user.0, now).await?;
    let paid = stored(&mut file).await?;
    if let Some(note) = flag(&paid) {
        file.note(note);
    }
    file.hand_over_with(stage, |_| Reply::ok(paid))
        .await
        .map(|reply| reply.version(2))
}

/// What the timeline says of a payment that was not expected: that its code was superseded, and how much has come in beyond what is owed.
fn flag(paid: &BillingView) -> Option<String> {
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
        format!("This NTPN is recorded with another content: {fields}. Check the receipt."),
    );
    Error::new(Code::Conflict)
        .detail(id, en)
        .faults(differences)
}

/// The moment of payment counts, not that of recording: a payment made in time may be reported late.
fn must_fit(
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
            "Belum terjadi.",
            "It has not happened yet.",
        ));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(faults))
    }
}
