//! The SQL of billings and payments. Who may see the file may see its billing.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::{BillingForm, BillingView, PaymentForm, PaymentView, status};
use crate::certification::cost::CostLine;
use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::identity::SignedIn;
use crate::ids::{ApplicationId, AuditNoticeId, BillingId, OfficeId, PaymentId};

/// Where a new billing belongs.
#[derive(Debug, Clone, Copy)]
pub struct Belongs {
    /// The office.
    pub office: OfficeId,
    /// The application.
    pub application: ApplicationId,
    /// The notice it is sent with.
    pub notice: AuditNoticeId,
    /// Who typed it in.
    pub by: Uuid,
}

/// Adds a billing over `lines`.
///
/// # Errors
/// `conflict` when the code is known already.
pub async fn add(connection: &mut PgConnection, to: Belongs, form: &BillingForm, lines: &[CostLine], now: DateTime<Utc>) -> Result<()> {
    let amount: i64 = lines.iter().map(CostLine::amount).sum();
    sqlx::query!(
        r#"
        insert into billing (id, office_id, application_id, notice_id, code, amount, lines, issued_at, expires_at, created_by, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        "#,
        BillingId::at(now).0,
        to.office.0,
        to.application.0,
        to.notice.0,
        form.code,
        amount,
        Json(lines) as _,
        form.issued_at,
        form.expires_at(),
        to.by,
        now,
    )
    .execute(connection)
    .await
    .on_constraint("billing_code_is_unique", || {
        Error::new(Code::Conflict).detail("Kode billing ini sudah dipakai.", "This kode billing is already in use.")
    })?;
    Ok(())
}

/// What a list of billings can be narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Only this one.
    pub id: Option<BillingId>,
    /// Only of this application.
    pub application: Option<ApplicationId>,
    /// Only paid, or only unpaid ones.
    pub paid: Option<bool>,
    /// Only after this place.
    pub after: Option<(DateTime<Utc>, Uuid)>,
}

/// A billing and the place it has in the list.
pub type Placed = ((DateTime<Utc>, Uuid), BillingView);

/// At most `limit` billings that the caller may know of, newest first.
///
/// # Errors
/// When the server refuses.
pub async fn list(connection: &mut PgConnection, who: &SignedIn, wanted: Wanted, limit: i64, now: DateTime<Utc>) -> Result<Vec<Placed>> {
    let (at, after) = wanted.after.unzip();
    let rows = sqlx::query!(
        r#"
        select b.id, b.application_id, b.code, b.amount, b.lines as "lines: Json<Vec<CostLine>>", b.issued_at, b.expires_at, b.created_at,
               p.id as "payment_id?", p.ntpn as "ntpn?", p.ntb, p.amount as "paid_amount?", p.bank, p.paid_at as "paid_at?", p.recorded_at as "recorded_at?"
        from billing b
        join application a on a.id = b.application_id
        left join payment p on p.billing_id = b.id
        where b.office_id = $1
          and may_see(a, $1, $2, $3)
          and ($4::uuid is null or b.id = $4)
          and ($5::uuid is null or b.application_id = $5)
          and ($6::boolean is null or (p.id is not null) = $6)
          and ($7::timestamptz is null or (b.created_at, b.id) < ($7, $8))
        order by b.created_at desc, b.id desc
        limit $9
        "#,
        who.office.0,
        who.customer.map(|customer| customer.0),
        &who.roles.codes(),
        wanted.id.map(|id| id.0),
        wanted.application.map(|id| id.0),
        wanted.paid,
        at,
        after,
        limit,
    )
    .fetch_all(connection)
    .await?;
    let view = rows.into_iter().map(|row| {
        let payment = match (row.payment_id, row.ntpn, row.paid_amount, row.paid_at, row.recorded_at) {
            (Some(id), Some(ntpn), Some(amount), Some(paid_at), Some(recorded_at)) => {
                Some(PaymentView { id: PaymentId(id), ntpn, ntb: row.ntb, amount, bank: row.bank, paid_at, recorded_at })
            }
            (..) => None,
        };
        let view = BillingView {
            id: BillingId(row.id),
            application_id: ApplicationId(row.application_id),
            code: row.code,
            amount: row.amount,
            currency: "IDR",
            lines: row.lines.0,
            status: status(payment.is_some(), row.expires_at, now),
            issued_at: row.issued_at,
            expires_at: row.expires_at,
            payment,
        };
        ((row.created_at, row.id), view)
    });
    Ok(view.collect())
}

/// The billing that stands for the application: the one that was paid, else the newest.
///
/// # Errors
/// When the server refuses.
pub async fn standing(connection: &mut PgConnection, who: &SignedIn, of: ApplicationId, now: DateTime<Utc>) -> Result<Option<BillingView>> {
    for paid in [Some(true), None] {
        let found = list(connection, who, Wanted { application: Some(of), paid, ..Wanted::default() }, 1, now).await?;
        if let Some((_, billing)) = found.into_iter().next() {
            return Ok(Some(billing));
        }
    }
    Ok(None)
}

/// Adds a payment.
///
/// # Errors
/// `conflict` when the NTPN belongs to another billing, or the billing is paid already.
pub async fn pay(
    connection: &mut PgConnection,
    office: OfficeId,
    billing: BillingId,
    form: &PaymentForm,
    by: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        insert into payment (id, office_id, billing_id, ntpn, ntb, amount, bank, paid_at, recorded_by, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        "#,
        PaymentId::at(now).0,
        office.0,
        billing.0,
        form.ntpn(),
        form.ntb,
        form.amount,
        form.bank,
        form.paid_at,
        by,
        now,
    )
    .execute(connection)
    .await
    .on_constraint("payment_ntpn_is_unique", || {
        Error::new(Code::Conflict).detail("NTPN ini milik billing lain.", "This NTPN belongs to another billing.")
    })?;
    Ok(())
}
