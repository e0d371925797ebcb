//! SQL for payments and their corrections.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::certification::billing::payment::{
    CorrectionKind, PaymentForm, PaymentSource, PaymentView,
};
use crate::certification::viewer::Viewer;
use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::identity::SignedIn;
use crate::ids::{BillingId, OfficeId, PaymentId};
use crate::sop::gate::Principal;

/// A new payment.
#[derive(Debug, Clone)]
pub struct NewPayment<'a> {
    /// The office.
    pub office: OfficeId,
    /// The billing it is made under.
    pub billing: BillingId,
    /// Where the record comes from.
    pub source: PaymentSource,
    /// The user; none if the payment office reported it.
    pub by: Option<Uuid>,
    /// NTPN in upper case.
    pub ntpn: &'a str,
    /// Nomor Transaksi Bank.
    pub ntb: Option<&'a str>,
    /// Rupiah.
    pub amount: i64,
    /// Bank.
    pub bank: Option<&'a str>,
    /// Channel.
    pub channel: Option<&'a str>,
    /// Tanggal buku.
    pub book_date: Option<NaiveDate>,
    /// Time of payment.
    pub paid_at: DateTime<Utc>,
}

impl<'a> NewPayment<'a> {
    /// The payment of the treasurer's form.
    pub fn by_hand(
        form: &'a PaymentForm,
        ntpn: &'a str,
        (office, billing, by): (OfficeId, BillingId, Uuid),
    ) -> Self {
        Self {
            office,
            billing,
            source: PaymentSource::Hand,
            by: Some(by),
            ntpn,
            ntb: form.ntb.as_deref(),
            amount: form.amount,
            bank: form.bank.as_deref(),
            channel: form.payment_channel.as_deref(),
            book_date: form.book_date,
            paid_at: form.paid_at(),
        }
    }
}

/// Adds a payment.
///
/// # Errors
/// `conflict` if the NTPN belongs to another payment.
pub async fn add(
    connection: &mut PgConnection,
    new: &NewPayment<'_>,
    now: DateTime<Utc>,
) -> Result<PaymentId> {
    let id = PaymentId::at(now);
    sqlx::query!(
        r#"
        insert into payment (id, office_id, billing_id, ntpn, ntb, amount, bank, channel, book_date, paid_at, source, recorded_by, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        "#,
        id.0,
        new.office.0,
        new.billing.0,
        new.ntpn,
        new.ntb,
        new.amount,
        new.bank,
        new.channel,
        new.book_date,
        new.paid_at,
        new.source.code(),
        new.by,
        now,
    )
    .execute(connection)
    .await
    .on_constraint("payment_ntpn_is_unique", || {
        Error::new(Code::Conflict).detail("NTPN ini milik pembayaran lain.", "This NTPN belongs to another payment.")
    })?;
    Ok(id)
}

/// The payment with this NTPN, for the service itself.
pub async fn by_ntpn(connection: &mut PgConnection, ntpn: &str) -> Result<Option<PaymentView>> {
    let found = sqlx::query_scalar!(
        r#"
        select r.content as "content!: Json<PaymentView>"
        from payment p
        join payment_record r on r.id = p.id
        where p.ntpn = $1
          and p.annulled_at is null
        "#,
        ntpn,
    )
    .fetch_optional(connection)
    .await?;
    Ok(found.map(|content| content.0))
}

/// Filter of [`list`].
#[derive(Debug, Clone, Copy, Default)]
pub struct PaymentQuery {
    /// Only this payment.
    pub id: Option<PaymentId>,
    /// Only payments that need a decision, or only the others.
    pub needs_decision: Option<bool>,
    /// Only payments made at or after this moment, and before the second one.
    pub paid: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    /// Only payments after this position.
    pub after: Option<(DateTime<Utc>, Uuid)>,
}

/// At most `limit` payments that the caller may see, the newest payment first.
pub async fn list(
    connection: &mut PgConnection,
    caller: Principal<&SignedIn>,
    query: PaymentQuery,
    limit: i64,
) -> Result<Vec<PaymentView>> {
    let (viewer, (at, after)) = (Viewer::of(caller), query.after.unzip());
    let rows = sqlx::query_scalar!(
        r#"
        select r.content as "content!: Json<PaymentView>"
        from payment_record r
        join application a on a.id = r.application_id
        where ($1::uuid is null or (r.office_id = $1 and may_see(a, $1, $2, $3)))
          and ($4::uuid is null or r.id = $4)
          and ($5::boolean is null or r.needs_decision = $5)
          and ($6::timestamptz is null or r.paid_at >= $6)
          and ($7::timestamptz is null or r.paid_at < $7)
          and ($8::timestamptz is null or (r.paid_at, r.id) < ($8, $9))
        order by r.paid_at desc, r.id desc
        limit $10
        "#,
        viewer.office,
        viewer.customer,
        &viewer.roles,
        query.id.map(|id| id.0),
        query.needs_decision,
        query.paid.0,
        query.paid.1,
        at,
        after,
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|content| content.0.seen_by(caller))
        .collect())
}

/// The payment `id`, if the caller may see it.
///
/// # Errors
/// `not_found`.
pub async fn find(
    connection: &mut PgConnection,
    caller: Principal<&SignedIn>,
    id: PaymentId,
) -> Result<PaymentView> {
    let query = PaymentQuery {
        id: Some(id),
        ..PaymentQuery::default()
    };
    let found = list(connection, caller, query, 1).await?;
    found
        .into_iter()
        .next()
        .ok_or_else(|| Error::new(Code::NotFound))
}

/// Locks the application of a payment or a billing, as every other write of its money does.
pub async fn lock_application(
    connection: &mut PgConnection,
    application: crate::ids::ApplicationId,
) -> Result<()> {
    sqlx::query!(
        "select id from application where id = $1 for no key update",
        application.0
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// A proposed correction.
#[derive(Debug, Clone)]
pub struct NewCorrection<'a> {
    /// The payment.
    pub payment: PaymentId,
    /// Kind.
    pub kind: CorrectionKind,
    /// Rupiah.
    pub amount: i64,
    /// Source of a transfer or a refund.
    pub from_billing: Option<BillingId>,
    /// Target of a transfer.
    pub to_billing: Option<BillingId>,
    /// Reason.
    pub reason: &'a str,
    /// Rule.
    pub legal_basis: Option<&'a str>,
    /// Number of the letter or decision.
    pub document: Option<&'a str>,
}

/// Adds a proposed correction.
///
/// # Errors
/// `conflict` if one is open already.
pub async fn propose(
    connection: &mut PgConnection,
    caller: &SignedIn,
    new: &NewCorrection<'_>,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    let id = PaymentId::at(now).0;
    sqlx::query!(
        r#"
        insert into payment_correction (id, office_id, payment_id, kind, amount, to_billing, reason, legal_basis, document, proposed_by, proposed_at, from_billing)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        "#,
        id,
        caller.office.0,
        new.payment.0,
        new.kind.code(),
        new.amount,
        new.to_billing.map(|billing| billing.0),
        new.reason,
        new.legal_basis,
        new.document,
        caller.user.0,
        now,
        new.from_billing.map(|billing| billing.0),
    )
    .execute(connection)
    .await
    .on_constraint("payment_correction_one_open", || {
        Error::new(Code::Conflict).detail("Masih ada usul koreksi yang belum diputuskan.", "A proposed correction is still open.")
    })?;
    Ok(id)
}

/// The author of the open correction `id` of a payment; none if it is decided or unknown.
pub async fn open_correction_author(
    connection: &mut PgConnection,
    payment: PaymentId,
    id: Uuid,
) -> Result<Option<Uuid>> {
    let found = sqlx::query_scalar!(
        "select proposed_by from payment_correction where id = $1 and payment_id = $2 and decided_at is null for update",
        id,
        payment.0,
    )
    .fetch_optional(connection)
    .await?;
    Ok(found)
}

/// Decides a correction; a confirmed annulment ends the payment.
pub async fn decide(
    connection: &mut PgConnection,
    payment: PaymentId,
    (id, kind, confirmed): (Uuid, CorrectionKind, bool),
    by: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update payment_correction set decided_by = $2, decided_at = $3, confirmed = $4 where id = $1 and decided_at is null",
        id,
        by,
        now,
        confirmed,
    )
    .execute(&mut *connection)
    .await?;
    if confirmed && kind == CorrectionKind::Annulment {
        sqlx::query!(
            "update payment set annulled_at = $2 where id = $1",
            payment.0,
            now
        )
        .execute(connection)
        .await?;
    }
    Ok(())
}
