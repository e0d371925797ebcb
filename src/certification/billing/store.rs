//! SQL for billings and payments. A user that may see an application may see its billings.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::account::PaymentAccount;
use super::{BillingFacts, BillingForm, BillingView, PaymentForm, PaymentView};
use crate::certification::cost::CostLine;
use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::identity::SignedIn;
use crate::ids::{ApplicationId, AuditNoticeId, BillingId, OfficeId, PaymentId};

/// The application and notice of a new billing.
#[derive(Debug, Clone, Copy)]
pub struct BillingOwner {
    /// The office.
    pub office: OfficeId,
    /// The application.
    pub application: ApplicationId,
    /// The notice that is sent with the billing.
    pub notice: AuditNoticeId,
    /// The user that entered the code.
    pub by: Uuid,
}

/// Adds a billing over `lines`. The previous code must have been superseded.
///
/// # Errors
/// `conflict` if the code is already in use; an internal error if the application still has a
/// payable code.
pub async fn add(
    connection: &mut PgConnection,
    to: BillingOwner,
    form: &BillingForm,
    lines: &[CostLine],
    now: DateTime<Utc>,
) -> Result<()> {
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

/// Supersedes the unpaid billing code of the application, if it has one.
pub async fn supersede(
    connection: &mut PgConnection,
    application: ApplicationId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        r#"
        update billing
        set superseded_at = $2
        where application_id = $1
          and superseded_at is null
          and not exists (select from payment p where p.billing_id = billing.id)
        "#,
        application.0,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Filter of [`list`].
#[derive(Debug, Clone, Copy, Default)]
pub struct BillingQuery {
    /// Only this billing.
    pub id: Option<BillingId>,
    /// Only billings of this application.
    pub application: Option<ApplicationId>,
    /// Only paid or only unpaid billings.
    pub paid: Option<bool>,
    /// Only billings that were not superseded: at most one for each application.
    pub current_only: bool,
    /// Only billings after this position.
    pub after: Option<(DateTime<Utc>, Uuid)>,
}

/// A billing and its position in the list.
pub type BillingWithCursor = ((DateTime<Utc>, Uuid), BillingView);

/// At most `limit` billings that the caller may see, newest first.
pub async fn list(
    connection: &mut PgConnection,
    viewer: &SignedIn,
    query: BillingQuery,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<BillingWithCursor>> {
    let (at, after) = query.after.unzip();
    let rows = sqlx::query!(
        r#"
        select b.id, b.application_id, b.code, b.amount, b.lines as "lines: Json<Vec<CostLine>>", b.issued_at, b.expires_at,
               b.superseded_at, b.created_at, t.due as "due!", t.received as "received!",
               p.id as "payment_id?", p.ntpn as "ntpn?", p.ntb, p.amount as "paid_amount?", p.bank, p.paid_at as "paid_at?", p.recorded_at as "recorded_at?"
        from billing b
        join application a on a.id = b.application_id
        left join payment p on p.billing_id = b.id
        cross join lateral (
            select coalesce(sum(o.amount) filter (where o.superseded_at is null), 0)::bigint as due, coalesce(sum(q.amount), 0)::bigint as received
            from billing o
            left join payment q on q.billing_id = o.id
            where o.application_id = b.application_id
        ) t
        where b.office_id = $1
          and may_see(a, $1, $2, $3)
          and ($4::uuid is null or b.id = $4)
          and ($5::uuid is null or b.application_id = $5)
          and ($6::boolean is null or (p.id is not null) = $6)
          and ($7::timestamptz is null or (b.created_at, b.id) < ($7, $8))
          and (not $10 or b.superseded_at is null)
        order by b.created_at desc, b.id desc
        limit $9
        "#,
        viewer.office.0,
        viewer.customer.map(|customer| customer.0),
        &viewer.roles.codes(),
        query.id.map(|id| id.0),
        query.application.map(|id| id.0),
        query.paid,
        at,
        after,
        limit,
        query.current_only,
    )
    .fetch_all(connection)
    .await?;
    let view = rows.into_iter().map(|row| {
        let (account, superseded) = (
            PaymentAccount::of(row.due, row.received),
            row.superseded_at.is_some(),
        );
        let payment = match (
            row.payment_id,
            row.ntpn,
            row.paid_amount,
            row.paid_at,
            row.recorded_at,
        ) {
            (Some(id), Some(ntpn), Some(amount), Some(paid_at), Some(recorded_at)) => {
                let (ntb, bank, on_superseded_code) = (row.ntb, row.bank, superseded);
                Some(PaymentView {
                    id: PaymentId(id),
                    ntpn,
                    ntb,
                    amount,
                    bank,
                    paid_at,
                    recorded_at,
                    on_superseded_code,
                })
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
            status: BillingFacts {
                paid: payment.is_some(),
                superseded,
                account,
                expires_at: row.expires_at,
            }
            .status(now),
            issued_at: row.issued_at,
            expires_at: row.expires_at,
            superseded_at: row.superseded_at,
            payment,
            account,
        };
        ((row.created_at, row.id), view)
    });
    Ok(view.collect())
}

/// The current billing of the application: the one that was not superseded.
pub async fn current(
    connection: &mut PgConnection,
    viewer: &SignedIn,
    application: ApplicationId,
    now: DateTime<Utc>,
) -> Result<Option<BillingView>> {
    let found = list(
        connection,
        viewer,
        BillingQuery {
            application: Some(application),
            current_only: true,
            ..BillingQuery::default()
        },
        1,
        now,
    )
    .await?;
    Ok(found.into_iter().next().map(|(_, billing)| billing))
}

/// Adds a payment.
///
/// # Errors
/// `conflict` if the NTPN belongs to another billing, or if the billing is already paid.
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
        form.paid_at(),
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
