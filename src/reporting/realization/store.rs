//! The SQL of the record: the files in the order of receipt, and their facts. Every reader sees
//! every received file of the office (`reader.rs` defines the readers), so the only visibility rule
//! here is the office.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::application_row::ApplicationRow;
use super::filter::Filter;
use super::measure::ApplicationFacts;
use super::row::PaymentRealization;
use crate::certification::deficiency::DeficiencyItem;
use crate::certification::facts::BusinessScale;
use crate::certification::form::Product;
use crate::error::Result;
use crate::ids::OfficeId;
use crate::sop::table::Stage as _;

/// The position of a file in the record, oldest receipt first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RealizationCursor {
    /// The time of receipt.
    pub at: DateTime<Utc>,
    /// The file.
    pub id: Uuid,
    /// The number of the row in this report, from 1.
    pub no: i64,
}

/// Lists the cursors of at most `limit` files after `after`.
pub async fn list_cursors(
    connection: &mut PgConnection,
    office: OfficeId,
    filter: &Filter,
    after: Option<RealizationCursor>,
    limit: i64,
) -> Result<Vec<RealizationCursor>> {
    let mut query = QueryBuilder::new("select a.submitted_at, a.id from application a where ");
    push_filter(&mut query, office, filter);
    if let Some(place) = after {
        query
            .push(" and (a.submitted_at, a.id) > (")
            .push_bind(place.at)
            .push(", ")
            .push_bind(place.id)
            .push(")");
    }
    // A literal, not a parameter: the planner must know that the result is one page.
    query
        .push(" order by a.submitted_at, a.id limit ")
        .push(limit);
    let rows: Vec<(DateTime<Utc>, Uuid)> = query.build_query_as().fetch_all(connection).await?;
    let before = after.map_or(0, |place| place.no);
    Ok(rows
        .into_iter()
        .zip(before + 1..)
        .map(|((at, id), no)| RealizationCursor { at, id, no })
        .collect())
}

fn push_filter(query: &mut QueryBuilder<Postgres>, office: OfficeId, filter: &Filter) {
    query
        .push("a.office_id = ")
        .push_bind(office.0)
        .push(" and a.submitted_at is not null");
    let (from, to) = filter.time_range();
    if let Some(from) = from {
        query.push(" and a.submitted_at >= ").push_bind(from);
    }
    if let Some(to) = to {
        query.push(" and a.submitted_at < ").push_bind(to);
    }
    if let Some(scheme) = filter.scheme {
        query.push(" and a.scheme = ").push_bind(scheme.as_str());
    }
    if let Some(kind) = filter.kind {
        query.push(" and a.kind = ").push_bind(kind.as_str());
    }
    if let Some(stage) = filter.stage {
        query.push(" and a.stage = ").push_bind(stage.code());
    }
    if let Some(officer) = filter.officer {
        query
            .push(" and exists (select from journal j where j.subject_id = a.id and j.actor_id = ")
            .push_bind(officer.0)
            .push(")");
    }
}

/// Loads the facts of the files `ids`, in the given order.
#[expect(clippy::too_many_lines, reason = "one statement")]
pub async fn load_facts(
    connection: &mut PgConnection,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<ApplicationFacts>> {
    let rows = sqlx::query_as!(
        ApplicationRow,
        r#"
        select a.id,
               a.number,
               a.submitted_at as "received_at!",
               c.name as customer,
               a.company,
               a.form #>> '{site,regency}' as regency,
               a.form #>> '{site,province}' as province,
               a.scheme,
               a.kind,
               coalesce(a.form -> 'products', '[]') as "products!: Json<Vec<Product>>",
               a.form ->> 'scope' as scope,
               nullif(a.form #> '{facts,business_scale}', 'null') as "scale: Json<BusinessScale>",
               a.stage,
               coalesce(a.calendar_version, (select max(v.version) from calendar_version v where v.office_id = a.office_id)) as "calendar_version!",
               t.since as "since!",
               t.steps as "steps!: Vec<Option<i16>>",
               t.rounds as "rounds!",
               array(
                   select u.display_name
                   from journal j
                   join app_user u on u.id = j.actor_id
                   where j.subject_id = a.id
                     and j.step is not null
                     and u.customer_id is null
                   group by u.id, u.display_name
                   order by min(j.seq)
               ) as "officers!",
               array(select s.items from deficiency_sheet s where s.application_id = a.id order by s.round) as "sheets!: Vec<Json<Vec<DeficiencyItem>>>",
               n.number as "notice_number?",
               n.signed_at as "signed_at?",
               n.sent_at as "sent_at?",
               n.content as "content?",
               b.code as "billing_code?",
               b.amount as "billing_amount?",
               b.expires_at as "expires_at?",
               b.due as "billing_due?",
               m.net as "net!",
               billing_status(b.ended_as, b.expires_at, b.due - m.net, $2) as billing_status,
               p.ntpn as "ntpn?",
               p.paid_at as "paid_at?",
               array(
                   select jsonb_build_object('code', o.code, 'ntpn', q.ntpn, 'amount', q.amount, 'paid_at', q.paid_at,
                       'on_ended_code', o.ended_at is not null)
                   from billing o
                   join payment q on q.billing_id = o.id
                   where o.application_id = a.id
                     and q.annulled_at is null
                   order by q.paid_at, q.id
               ) as "payments!: Vec<Json<PaymentRealization>>",
               (
                   select j.note
                   from journal j
                   where j.subject_id = a.id
                     and j.to_stage = a.stage
                     and a.stage in ('rejected', 'withdrawn', 'expired')
                   order by j.seq desc
                   limit 1
               ) as remark
        from unnest($1::uuid[]) with ordinality as asked (id, place)
        join application a on a.id = asked.id
        join customer c on c.id = a.customer_id
        cross join lateral (
            select coalesce(array_agg(e.at), '{}') as since, coalesce(array_agg(e.step), '{}') as steps, coalesce(array_agg(e.round), '{}') as rounds
            from (select at, step, round from clock_entry where case_id = a.id order by seq) e
        ) t
        left join lateral (
            select number, signed_at, sent_at, content
            from audit_notice
            where application_id = a.id
              and signature is not null
            order by draft desc
            limit 1
        ) n on true
        left join lateral (
            select id, code, amount, expires_at, ended_as, case when ended_at is null then amount else 0 end as due
            from billing
            where application_id = a.id
            order by ended_at is null desc, created_at desc, id desc
            limit 1
        ) b on true
        left join lateral (
            select ntpn, paid_at
            from payment
            where billing_id = b.id
              and annulled_at is null
            order by paid_at, id
            limit 1
        ) p on true
        join application_money m on m.application_id = a.id
        order by asked.place
        "#,
        ids,
        now,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(ApplicationRow::read).collect()
}
