//! The SQL of the PNBP figures and of the deposit sheet. Readers see the whole office.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::deposits::{Deposit, DepositKind};
use super::{GroupedTallies, MoneyTally, StatusTallies};
use crate::certification::billing::BillingStatus;
use crate::certification::schemes::SchemeCode;
use crate::error::{Error, Result};
use crate::ids::OfficeId;

fn scheme(code: &str) -> Result<SchemeCode> {
    code.parse()
        .map_err(|_| Error::internal("application.scheme holds an unknown code"))
}

/// The codes issued in the range, added up by month, scheme, account and status, in this order.
pub async fn list_tallies(
    connection: &mut PgConnection,
    office: OfficeId,
    (from, to): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
    (of_scheme, account_code): (Option<SchemeCode>, Option<&str>),
    now: DateTime<Utc>,
) -> Result<Vec<GroupedTallies>> {
    let rows = sqlx::query!(
        r#"
        select to_char(b.issued_at at time zone 'Asia/Jakarta', 'YYYY-MM') as "month!", a.scheme, b.account,
               billing_status(b.ended_as, b.expires_at, t.due - t.net, $6) as "status!",
               count(*) as "issued!", sum(b.amount)::bigint as "issued_amount!",
               count(*) filter (where m.received > 0) as "paid!", sum(m.received)::bigint as "paid_amount!",
               count(*) filter (where b.amount > m.received) as "missing!",
               sum(greatest(b.amount - m.received, 0))::bigint as "missing_amount!",
               count(*) filter (where m.received > b.amount) as "excess!",
               sum(greatest(m.received - b.amount, 0))::bigint as "excess_amount!",
               count(*) filter (where m.refunded > 0) as "refunded!", sum(m.refunded)::bigint as "refunded_amount!"
        from billing b
        join application a on a.id = b.application_id
        join application_money t on t.application_id = b.application_id
        cross join lateral (
            select coalesce(sum(e.received), 0)::bigint as received, coalesce(sum(e.refunded), 0)::bigint as refunded
            from billing_money e
            where e.billing_id = b.id
        ) m
        where b.office_id = $1
          and ($2::timestamptz is null or b.issued_at >= $2)
          and ($3::timestamptz is null or b.issued_at < $3)
          and ($4::text is null or a.scheme = $4)
          and ($5::text is null or b.account = $5)
        group by 1, a.scheme, b.account, 4
        order by 1, a.scheme, b.account nulls last, 4
        "#,
        office.0,
        from,
        to,
        of_scheme.map(SchemeCode::as_str),
        account_code,
        now,
    )
    .fetch_all(connection)
    .await?;
    let tally = |count: i64, amount| MoneyTally {
        count: count.unsigned_abs(),
        amount,
    };
    let read = rows.into_iter().map(|row| {
        let tallies = StatusTallies {
            status: BillingStatus::read(&row.status)?,
            issued: tally(row.issued, row.issued_amount),
            paid: tally(row.paid, row.paid_amount),
            missing: tally(row.missing, row.missing_amount),
            excess: tally(row.excess, row.excess_amount),
            refunded: tally(row.refunded, row.refunded_amount),
        };
        Ok(((row.month, scheme(&row.scheme)?, row.account), tallies))
    });
    read.collect()
}

/// Every payment made in the range, and every refund confirmed in it, in the order of their days.
pub async fn list_deposits(
    connection: &mut PgConnection,
    office: OfficeId,
    (from, to): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
) -> Result<Vec<Deposit>> {
    let rows = sqlx::query!(
        r#"
        select d.at as "at!", d.is_refund as "is_refund!", d.amount as "amount!", d.document, d.ntpn as "ntpn!", d.ntb, d.bank, d.channel, d.book_date,
               b.code, b.account, b.payer, a.scheme, a.number
        from (
            select p.paid_at as at, false as is_refund, p.amount, null as document, p.ntpn, p.ntb, p.bank, p.channel, p.book_date, p.billing_id, p.id
            from payment p
            where p.office_id = $1
              and p.annulled_at is null
              and ($2::timestamptz is null or p.paid_at >= $2)
              and ($3::timestamptz is null or p.paid_at < $3)
            union all
            select c.decided_at, true, c.amount, c.document, p.ntpn, null, null, null, null, c.from_billing, c.id
            from payment_correction c
            join payment p on p.id = c.payment_id
            where p.office_id = $1
              and c.confirmed
              and c.kind = 'refund'
              and ($2::timestamptz is null or c.decided_at >= $2)
              and ($3::timestamptz is null or c.decided_at < $3)
        ) d
        join billing b on b.id = d.billing_id
        join application a on a.id = b.application_id
        order by d.at, d.id
        "#,
        office.0,
        from,
        to,
    )
    .fetch_all(connection)
    .await?;
    let read = rows.into_iter().map(|row| {
        Ok(Deposit {
            at: row.at,
            kind: if row.is_refund {
                DepositKind::Refund
            } else {
                DepositKind::Payment
            },
            amount: if row.is_refund {
                -row.amount
            } else {
                row.amount
            },
            code: row.code,
            ntpn: row.ntpn,
            ntb: row.ntb,
            bank: row.bank,
            payment_channel: row.channel,
            book_date: row.book_date,
            document: row.document,
            payer: row.payer,
            application: row.number,
            scheme: scheme(&row.scheme)?,
            account_code: row.account,
        })
    });
    read.collect()
}
