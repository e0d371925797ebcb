//! SQL for billings. A user that may see an application may see its billings. Payments, reports of
//! payments, and requests of codes have files of their own.

pub(crate) mod payments;
pub(crate) mod reports;
pub(crate) mod requests;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::account::PaymentAccount;
use super::payment::PaymentView;
use super::{BillingRequestView, BillingStatus, BillingView, SentText};
use crate::certification::cost::CostLine;
use crate::certification::viewer::Viewer;
use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::gateways::payment_office::simponi_text::{NOTE, PAYER, simponi_text};
use crate::identity::SignedIn;
use crate::ids::{ApplicationId, AuditNoticeId, BillingId, OfficeId};
use crate::sop::gate::Principal;
use crate::typesetting::rupiah_in_words;

/// A new billing.
#[derive(Debug, Clone)]
pub struct NewBilling<'a> {
    /// The office.
    pub office: OfficeId,
    /// The application.
    pub application: ApplicationId,
    /// The notice that the amount comes from.
    pub notice: AuditNoticeId,
    /// The user that entered the code, or asked for it.
    pub by: Uuid,
    /// Fifteen digits.
    pub code: &'a str,
    /// Time of issue and last moment to pay.
    pub valid: (DateTime<Utc>, DateTime<Utc>),
    /// Kode akun PNBP.
    pub account_code: Option<&'a str>,
    /// The lines; their sum is the amount.
    pub lines: &'a [CostLine],
    /// Name of the payer.
    pub payer: &'a str,
    /// Note.
    pub note: &'a str,
    /// The request at the payment office.
    pub request: Option<Uuid>,
    /// The billing whose place it takes.
    pub replaces: Option<BillingId>,
}

/// Adds a billing. The previous code must have ended.
///
/// # Errors
/// `conflict` if the code is already in use, or if another request replaced the same billing.
pub async fn add(
    connection: &mut PgConnection,
    new: &NewBilling<'_>,
    now: DateTime<Utc>,
) -> Result<BillingId> {
    let amount: i64 = new.lines.iter().map(CostLine::amount).sum();
    let id = BillingId::at(now);
    sqlx::query!(
        r#"
        insert into billing (
            id, office_id, application_id, notice_id, code, amount, lines, account, payer, payer_sent, note, note_sent,
            issued_at, expires_at, request_id, replaces, created_by, created_at
        )
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        "#,
        id.0,
        new.office.0,
        new.application.0,
        new.notice.0,
        new.code,
        amount,
        Json(new.lines) as _,
        new.account_code,
        new.payer,
        simponi_text(new.payer, PAYER),
        new.note,
        simponi_text(new.note, NOTE),
        new.valid.0,
        new.valid.1,
        new.request,
        new.replaces.map(|billing| billing.0),
        new.by,
        now,
    )
    .execute(connection)
    .await
    .on_constraint("billing_code_is_unique", || {
        Error::new(Code::Conflict).detail("Kode billing ini sudah dipakai.", "This kode billing is already in use.")
    })?;
    Ok(id)
}

/// The end of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// A newer code takes its place.
    Replaced,
    /// Nothing is due under it, or it is wrong.
    Cancelled,
}

/// Ends the current unpaid billing code of the application, if it has one.
pub async fn end_current(
    connection: &mut PgConnection,
    application: ApplicationId,
    ending: Ending,
    because: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<BillingId>> {
    let ended = sqlx::query_scalar!(
        r#"
        update billing
        set ended_at = $2, ended_as = $3, ended_because = $4
        where application_id = $1
          and ended_at is null
          and (select coalesce(sum(m.received - m.refunded), 0) from billing_money m where m.billing_id = billing.id) < amount
        returning id
        "#,
        application.0,
        now,
        match ending {
            Ending::Replaced => BillingStatus::Replaced,
            Ending::Cancelled => BillingStatus::Cancelled,
        }
        .code(),
        because,
    )
    .fetch_optional(connection)
    .await?;
    Ok(ended.map(BillingId))
}

/// Filter of [`list`].
#[derive(Debug, Clone, Copy, Default)]
pub struct BillingQuery<'a> {
    /// Only this billing.
    pub id: Option<BillingId>,
    /// Only billings of this application.
    pub application: Option<ApplicationId>,
    /// Only billings with this status.
    pub status: Option<BillingStatus>,
    /// Only billings issued at or after this moment, and before the second one.
    pub issued: (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    /// Only billings of this scheme.
    pub scheme: Option<&'a str>,
    /// Only billings with this account code.
    pub account_code: Option<&'a str>,
    /// Only billings that have not ended: at most one for each application.
    pub current_only: bool,
    /// Only billings that no other has replaced: the last one of each application.
    pub last_only: bool,
    /// Only billings after this position.
    pub after: Option<(DateTime<Utc>, Uuid)>,
}

/// A billing and its position in the list.
pub type BillingWithCursor = ((DateTime<Utc>, Uuid), BillingView);

/// At most `limit` billings that the caller may see, newest first.
#[expect(clippy::too_many_lines, reason = "one statement and its view")]
pub async fn list(
    connection: &mut PgConnection,
    caller: Principal<&SignedIn>,
    query: BillingQuery<'_>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<BillingWithCursor>> {
    let (at, after) = query.after.unzip();
    let viewer = Viewer::of(caller);
    let rows = sqlx::query!(
        r#"
        select b.id, b.application_id, b.code, b.amount, b.lines as "lines: Json<Vec<CostLine>>", b.account, b.payer, b.payer_sent, b.note, b.note_sent,
               b.issued_at, b.expires_at, b.request_id, b.replaces, b.ended_at, b.ended_because, b.created_at,
               n.id as "replaced_by?", t.due as "due!", t.net as "net!", m.received as "received!", m.refunded as "refunded!",
               s.status as "status!", q.status as "request_status?", q.failure as "request_failure?", q.requested_at as "request_at?",
               array(
                   select r.content from payment_record r where r.billing_id = b.id order by r.paid_at, r.id
               ) as "payments!: Vec<Json<PaymentView>>"
        from billing b
        join application a on a.id = b.application_id
        left join billing n on n.replaces = b.id
        join application_money t on t.application_id = b.application_id
        cross join lateral (
            select coalesce(sum(e.received), 0)::bigint as received, coalesce(sum(e.refunded), 0)::bigint as refunded
            from billing_money e
            where e.billing_id = b.id
        ) m
        cross join lateral (select billing_status(b.ended_as, b.expires_at, t.due - t.net, $14) as status) s
        left join lateral (
            select r.status, r.failure, r.requested_at
            from billing_request r
            where r.application_id = b.application_id
              and r.requested_at >= b.created_at
              and r.replace_reason is not null
              and n.id is null
            order by r.requested_at desc, r.id desc
            limit 1
        ) q on true
        where ($1::uuid is null or (b.office_id = $1 and may_see(a, $1, $2, $3)))
          and ($4::uuid is null or b.id = $4)
          and ($5::uuid is null or b.application_id = $5)
          and ($6::text is null or s.status = $6)
          and ($7::timestamptz is null or (b.created_at, b.id) < ($7, $8))
          and (not $10 or b.ended_at is null)
          and ($11::timestamptz is null or b.issued_at >= $11)
          and ($12::timestamptz is null or b.issued_at < $12)
          and ($13::text is null or a.scheme = $13)
          and ($15::text is null or b.account = $15)
          and (not $16 or n.id is null)
        order by b.created_at desc, b.id desc
        limit $9
        "#,
        viewer.office,
        viewer.customer,
        &viewer.roles,
        query.id.map(|id| id.0),
        query.application.map(|id| id.0),
        query.status.map(BillingStatus::code),
        at,
        after,
        limit,
        query.current_only,
        query.issued.0,
        query.issued.1,
        query.scheme,
        now,
        query.account_code,
        query.last_only,
    )
    .fetch_all(connection)
    .await?;
    let view = rows.into_iter().map(|row| {
        let status = BillingStatus::read(&row.status)?;
        let view = BillingView {
            id: BillingId(row.id),
            application_id: ApplicationId(row.application_id),
            code: row.code,
            amount: row.amount,
            amount_in_words: rupiah_in_words(row.amount),
            currency: "IDR",
            lines: row.lines.0,
            account_code: row.account,
            payer: SentText {
                text: row.payer,
                sent: row.payer_sent,
            },
            note: SentText {
                text: row.note,
                sent: row.note_sent,
            },
            status,
            payable: status == BillingStatus::Issued,
            issued_at: row.issued_at,
            expires_at: row.expires_at,
            from_payment_office: row.request_id.is_some(),
            replaces: row.replaces.map(BillingId),
            replaced_by: row.replaced_by.map(BillingId),
            ended_at: row.ended_at,
            ended_because: row.ended_because,
            received: row.received,
            refunded: row.refunded,
            payments: row
                .payments
                .into_iter()
                .map(|payment| payment.0.seen_by(caller))
                .collect(),
            replacement_request: row
                .request_status
                .zip(row.request_at)
                .map(|(status, requested_at)| {
                    Ok::<_, Error>(BillingRequestView {
                        status: status.parse().map_err(Error::internal)?,
                        failure: row.request_failure,
                        requested_at,
                    })
                })
                .transpose()?,
            account: PaymentAccount::of(row.due, row.net),
        };
        Ok(((row.created_at, row.id), view))
    });
    view.collect()
}

/// The billing `id`, if the caller may see it.
///
/// # Errors
/// `not_found`.
pub async fn find(
    connection: &mut PgConnection,
    caller: Principal<&SignedIn>,
    id: BillingId,
    now: DateTime<Utc>,
) -> Result<BillingView> {
    let query = BillingQuery {
        id: Some(id),
        ..BillingQuery::default()
    };
    let found = list(connection, caller, query, 1, now).await?;
    found
        .into_iter()
        .next()
        .map(|(_, view)| view)
        .ok_or_else(|| Error::new(Code::NotFound))
}

/// The current billing of the application: the one that has not ended.
pub async fn current(
    connection: &mut PgConnection,
    caller: Principal<&SignedIn>,
    application: ApplicationId,
    now: DateTime<Utc>,
) -> Result<Option<BillingView>> {
    let query = BillingQuery {
        application: Some(application),
        current_only: true,
        ..BillingQuery::default()
    };
    let found = list(connection, caller, query, 1, now).await?;
    Ok(found.into_iter().next().map(|(_, billing)| billing))
}

/// The last billing of the application, ended or not: each later one replaces the one before.
pub async fn last(
    connection: &mut PgConnection,
    caller: Principal<&SignedIn>,
    application: ApplicationId,
    now: DateTime<Utc>,
) -> Result<Option<BillingView>> {
    let query = BillingQuery {
        application: Some(application),
        last_only: true,
        ..BillingQuery::default()
    };
    let found = list(connection, caller, query, 1, now).await?;
    Ok(found.into_iter().next().map(|(_, billing)| billing))
}

/// The notice that the amount of a billing comes from.
pub async fn notice_of(connection: &mut PgConnection, id: BillingId) -> Result<AuditNoticeId> {
    let notice = sqlx::query_scalar!("select notice_id from billing where id = $1", id.0)
        .fetch_one(connection)
        .await?;
    Ok(AuditNoticeId(notice))
}

/// The amount that the newest notice of an application bills; none without a notice.
pub async fn billed_by_notice(
    connection: &mut PgConnection,
    application: ApplicationId,
) -> Result<Option<i64>> {
    let billed = sqlx::query_scalar!(
        r#"
        select (content::jsonb ->> 'billing_total')::bigint as "billed!"
        from audit_notice
        where application_id = $1
        order by draft desc
        limit 1
        "#,
        application.0,
    )
    .fetch_optional(connection)
    .await?;
    Ok(billed)
}

/// The application of a billing code, for the service itself.
pub async fn by_code(
    connection: &mut PgConnection,
    code: &str,
) -> Result<Option<(BillingId, ApplicationId)>> {
    let row = sqlx::query!(
        "select id, application_id from billing where code = $1",
        code
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (BillingId(row.id), ApplicationId(row.application_id))))
}

/// Unpaid billings that the payment office issued since `since`, with its transaction numbers: the
/// next `limit` after `after`.
pub async fn unpaid_at_payment_office(
    connection: &mut PgConnection,
    since: DateTime<Utc>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(BillingId, String, String)>> {
    let rows = sqlx::query!(
        r#"
        select b.id, b.code, r.office_trx_id as "office_trx_id!"
        from billing b
        join billing_request r on r.id = b.request_id
        where r.office_trx_id is not null
          and b.issued_at >= $1
          and ($2::uuid is null or b.id > $2)
          and not exists (select from payment p where p.billing_id = b.id and p.annulled_at is null)
        order by b.id
        limit $3
        "#,
        since,
        after,
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (BillingId(row.id), row.code, row.office_trx_id))
        .collect())
}
