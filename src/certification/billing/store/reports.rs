//! SQL for reports of payments that wait for a person, and for statements of the treasury.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::certification::billing::payment::PaymentSource;
use crate::certification::billing::payment_report::{
    BillingCandidate, PaymentReportStatus, PaymentReportView, StatementView,
};
use crate::error::{Code, Error, OnConstraint as _, Result};
use crate::identity::SignedIn;
use crate::identity::signed_in::today;
use crate::ids::{OfficeId, PaymentId};
use crate::sop::working_time::midnights;

/// A payment as it was reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedPayment {
    /// The billing code as reported.
    pub code: String,
    /// NTPN in upper case.
    pub ntpn: String,
    /// Nomor Transaksi Bank.
    pub ntb: Option<String>,
    /// Rupiah; none in a report of the payment office.
    pub amount: Option<i64>,
    /// Bank.
    pub bank: Option<String>,
    /// Channel.
    pub channel: Option<String>,
    /// Tanggal buku.
    pub book_date: Option<NaiveDate>,
    /// Time of payment; the beginning of the day in a statement that names no time.
    pub paid_at: DateTime<Utc>,
}

impl ReportedPayment {
    /// True if the payment that is recorded under this NTPN, for `code` at `paid_at`, is this one.
    /// Times are compared by the day: a statement may name no more, and a person may have typed the
    /// minute.
    pub fn is_recorded_as(&self, code: &str, paid_at: DateTime<Utc>) -> bool {
        self.code == code && today(self.paid_at) == today(paid_at)
    }

    /// The time of payment under a code that was issued at `issued_at`. The beginning of the day of
    /// issue stands for that day: it would be before the issue.
    pub fn paid_at_under(&self, issued_at: DateTime<Utc>) -> DateTime<Utc> {
        let names_a_day = midnights(Some(today(self.paid_at)), None).0 == Some(self.paid_at);
        if names_a_day && today(self.paid_at) == today(issued_at) {
            issued_at
        } else {
            self.paid_at
        }
    }
}

/// Adds reports that wait for a person, each with its line in a statement, in one statement of SQL;
/// returns how many are new. The same report again changes nothing, decided or not.
pub async fn add(
    connection: &mut PgConnection,
    office: OfficeId,
    (source, statement): (PaymentSource, Option<Uuid>),
    reports: &[(Option<i32>, &ReportedPayment)],
    now: DateTime<Utc>,
) -> Result<u64> {
    fn column<T>(
        reports: &[(Option<i32>, &ReportedPayment)],
        of: impl Fn(&ReportedPayment) -> T,
    ) -> Vec<T> {
        reports.iter().map(|(_, report)| of(report)).collect()
    }
    let ids: Vec<Uuid> = reports.iter().map(|_| PaymentId::at(now).0).collect();
    let lines: Vec<Option<i32>> = reports.iter().map(|(line, _)| *line).collect();
    let added = sqlx::query!(
        r#"
        insert into payment_report (id, office_id, source, statement_id, line, code, ntpn, ntb, amount, bank, channel, book_date, paid_at, received_at)
        select r.id, $1, $2, $3, r.line, r.code, r.ntpn, r.ntb, r.amount, r.bank, r.channel, r.book_date, r.paid_at, $4
        from unnest($5::uuid[], $6::integer[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::text[], $12::text[], $13::date[], $14::timestamptz[])
            as r (id, line, code, ntpn, ntb, amount, bank, channel, book_date, paid_at)
        on conflict (office_id, ntpn, code, paid_at, amount) do nothing
        "#,
        office.0,
        source.code(),
        statement,
        now,
        &ids,
        &lines as _,
        &column(reports, |report| report.code.clone()),
        &column(reports, |report| report.ntpn.clone()),
        &column(reports, |report| report.ntb.clone()) as _,
        &column(reports, |report| report.amount) as _,
        &column(reports, |report| report.bank.clone()) as _,
        &column(reports, |report| report.channel.clone()) as _,
        &column(reports, |report| report.book_date) as _,
        &column(reports, |report| report.paid_at),
    )
    .execute(connection)
    .await?;
    Ok(added.rows_affected())
}

/// Adds a statement.
///
/// # Errors
/// `conflict` if the same file was uploaded before.
pub async fn add_statement(
    connection: &mut PgConnection,
    caller: &SignedIn,
    statement: &StatementView,
    sha256: &[u8],
) -> Result<()> {
    sqlx::query!(
        "insert into treasury_statement (id, office_id, sha256, row_count, known_count, uploaded_by, uploaded_at) values ($1, $2, $3, $4, $5, $6, $7)",
        statement.id,
        caller.office.0,
        sha256,
        statement.rows,
        statement.known,
        caller.user.0,
        statement.uploaded_at,
    )
    .execute(connection)
    .await
    .on_constraint("treasury_statement_once", || {
        Error::new(Code::Conflict).detail("Rekening koran ini sudah diunggah.", "This statement was uploaded before.")
    })?;
    Ok(())
}

/// Filter of [`list`].
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportQuery {
    /// Only this report.
    pub id: Option<Uuid>,
    /// Only reports with this status.
    pub status: Option<PaymentReportStatus>,
    /// Only reports of this statement.
    pub statement: Option<Uuid>,
    /// Only reports after this position.
    pub after: Option<(DateTime<Utc>, Uuid)>,
}

/// At most `limit` reports of the office, newest first, each with the billings it might be for: the
/// one with its code; else those with its amount that were issued before it, the nearest day first.
pub async fn list(
    connection: &mut PgConnection,
    office: OfficeId,
    query: ReportQuery,
    limit: i64,
) -> Result<Vec<PaymentReportView>> {
    let (at, after) = query.after.unzip();
    let rows = sqlx::query!(
        r#"
        select r.id, r.source, r.statement_id, r.line, r.code, r.ntpn, r.ntb, r.amount, r.bank, r.channel, r.book_date, r.paid_at, r.received_at,
               r.status, r.payment_id, r.decided_at, r.reason,
               (select p.id from payment p where p.ntpn = r.ntpn and p.annulled_at is null and p.id is distinct from r.payment_id) as "same_ntpn?",
               array(
                   select jsonb_build_object(
                       'billing_id', b.id, 'application_id', b.application_id, 'code', b.code, 'amount', b.amount, 'payer', b.payer,
                       'issued_at', b.issued_at, 'expires_at', b.expires_at,
                       'matches', array_remove(array[
                           case when b.code = r.code then 'code' end,
                           case when b.amount = r.amount then 'amount' end,
                           case when d.is_in_time then 'day' end
                       ], null)
                   )
                   from billing b
                   cross join lateral (
                       -- By the day: a statement may name no time.
                       select (r.paid_at at time zone 'Asia/Jakarta')::date >= (b.issued_at at time zone 'Asia/Jakarta')::date as is_issued,
                              (r.paid_at at time zone 'Asia/Jakarta')::date >= (b.issued_at at time zone 'Asia/Jakarta')::date
                                  and r.paid_at <= b.expires_at as is_in_time
                   ) d
                   where b.office_id = r.office_id
                     and (
                         b.code = r.code
                         or b.amount = r.amount
                            and d.is_issued
                            and not exists (select from billing c where c.code = r.code)
                     )
                   order by b.code = r.code desc,
                            exists (select from payment p where p.billing_id = b.id and p.annulled_at is null),
                            d.is_in_time desc,
                            b.issued_at desc
                   limit 5
               ) as "candidates!: Vec<Json<BillingCandidate>>"
        from payment_report r
        where r.office_id = $1
          and ($2::uuid is null or r.id = $2)
          and ($3::text is null or r.status = $3)
          and ($4::uuid is null or r.statement_id = $4)
          and ($5::timestamptz is null or (r.received_at, r.id) < ($5, $6))
        order by r.received_at desc, r.id desc
        limit $7
        "#,
        office.0,
        query.id,
        query.status.map(PaymentReportStatus::code),
        query.statement,
        at,
        after,
        limit,
    )
    .fetch_all(connection)
    .await?;
    let view = rows.into_iter().map(|row| {
        Ok(PaymentReportView {
            id: row.id,
            source: read_code(row.source)?,
            statement_id: row.statement_id,
            line: row.line,
            code: row.code,
            ntpn: row.ntpn,
            ntb: row.ntb,
            amount: row.amount,
            bank: row.bank,
            payment_channel: row.channel,
            book_date: row.book_date,
            paid_at: row.paid_at,
            received_at: row.received_at,
            status: read_code(row.status)?,
            payment_id: row.payment_id.map(PaymentId),
            same_ntpn: row.same_ntpn.map(PaymentId),
            decided_at: row.decided_at,
            reason: row.reason,
            candidates: row.candidates.into_iter().map(|one| one.0).collect(),
        })
    });
    view.collect()
}

/// Reads a code that a constraint admits.
fn read_code<T: serde::de::DeserializeOwned>(code: String) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(code)).map_err(Error::internal)
}

/// Locks the open report `id` and reads it with its source.
///
/// # Errors
/// `not_found`; `conflict` if it is decided.
pub async fn take(
    connection: &mut PgConnection,
    office: OfficeId,
    id: Uuid,
) -> Result<(PaymentSource, ReportedPayment)> {
    let row = sqlx::query!(
        r#"
        select source, code, ntpn, ntb, amount, bank, channel, book_date, paid_at, status
        from payment_report
        where id = $1
          and office_id = $2
        for update
        "#,
        id,
        office.0,
    )
    .fetch_optional(connection)
    .await?
    .ok_or_else(|| Error::new(Code::NotFound))?;
    if row.status != PaymentReportStatus::Open.code() {
        return Err(Error::new(Code::Conflict).detail(
            "Laporan pembayaran ini sudah diputuskan.",
            "This report of a payment is decided.",
        ));
    }
    let reported = ReportedPayment {
        code: row.code,
        ntpn: row.ntpn,
        ntb: row.ntb,
        amount: row.amount,
        bank: row.bank,
        channel: row.channel,
        book_date: row.book_date,
        paid_at: row.paid_at,
    };
    Ok((read_code(row.source)?, reported))
}

/// Decides a report: booked as a payment, or dismissed with a reason.
pub async fn decide(
    connection: &mut PgConnection,
    id: Uuid,
    (payment, reason): (Option<PaymentId>, Option<&str>),
    by: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    let status = if payment.is_some() {
        PaymentReportStatus::Booked
    } else {
        PaymentReportStatus::Dismissed
    };
    sqlx::query!(
        "update payment_report set status = $2, payment_id = $3, reason = $4, decided_by = $5, decided_at = $6 where id = $1",
        id,
        status.code(),
        payment.map(|payment| payment.0),
        reason,
        by,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// For each of `ntpns`, in the same order: code, amount and time of the payment recorded under it.
pub async fn known(
    connection: &mut PgConnection,
    ntpns: &[String],
) -> Result<Vec<Option<(String, i64, DateTime<Utc>)>>> {
    let rows = sqlx::query!(
        r#"
        select b.code as "code?", p.amount as "amount?", p.paid_at as "paid_at?"
        from unnest($1::text[]) with ordinality as asked (ntpn, place)
        left join payment p on p.ntpn = asked.ntpn and p.annulled_at is null
        left join billing b on b.id = p.billing_id
        order by asked.place
        "#,
        ntpns,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Some((row.code?, row.amount?, row.paid_at?)))
        .collect())
}
