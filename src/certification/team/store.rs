//! SQL for audit teams: the people of the office with the facts that matter to one audit.

use chrono::NaiveDate;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::Candidate;
use super::rules::ROTATION;
use crate::casework::desk::OpenFile;
use crate::certification::auditors::{Competence, Span, TeamMember};
use crate::certification::schemes::SchemeCode;
use crate::certification::sop::Task;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::ids::{ApplicationId, AuditorId, CustomerId, OfficeId};

/// The audit for which people are looked for.
#[derive(Debug, Clone, Copy)]
pub struct Audit<'a> {
    /// The office.
    pub office: OfficeId,
    /// The application.
    pub application: ApplicationId,
    /// Its customer.
    pub customer: CustomerId,
    /// Its scheme.
    pub scheme: SchemeCode,
    /// The days, of which one span will be used.
    pub spans: &'a [Span],
    /// Counts as the first day of an audit without days.
    pub today: NaiveDate,
}

/// The people of the office in the order of their ids, or those of `among`. The sums are
/// materialized: a plan for tables of an unknown size would compute them anew for each person.
pub async fn candidates(
    connection: &mut PgConnection,
    audit: Audit<'_>,
    among: Option<&[Uuid]>,
) -> Result<Vec<Candidate>> {
    let firsts: Vec<NaiveDate> = audit.spans.iter().map(|span| span.0).collect();
    let lasts: Vec<NaiveDate> = audit.spans.iter().map(|span| span.1).collect();
    let rows = sqlx::query!(
        r#"
        with audit as (
            select coalesce(min(days.first_day), $9) as first_day
            from unnest($6::date[]) as days (first_day)
        ),
        led as materialized (
            select earlier.auditor_id, count(*) as audits
            from (
                select b.auditor_id
                from auditor_booking b
                join application a on a.id = b.application_id
                cross join audit
                where a.customer_id = $3
                  and a.scheme = $4
                  and a.id <> $2
                  and b.kind = 'firm'
                  and b.role = 'lead'
                  and lower(b.days) < audit.first_day
                order by lower(b.days) desc
                limit $8
            ) earlier
            group by earlier.auditor_id
        ),
        load as materialized (
            select b.auditor_id, sum(upper(b.days * year.days) - lower(b.days * year.days)) as days
            from auditor_booking b
            cross join audit
            cross join lateral (select daterange((audit.first_day - interval '1 year')::date, audit.first_day) as days) year
            where b.office_id = $1
              and b.kind = 'firm'
              and b.application_id <> $2
              and b.days && year.days
            group by b.auditor_id
        )
        select p.id, p.name, p.competences as "competences: Json<Vec<Competence>>", p.retired_on,
               auditor_is_related(p.id, $3, audit.first_day) as "is_related!",
               exists (
                   select
                   from unnest($6::date[], $7::date[]) as days (first_day, last_day)
                   join auditor_booking b on b.days && daterange(days.first_day, days.last_day, '[]')
                   where b.auditor_id = p.id
                     and b.application_id is distinct from $2
               ) as "is_busy!",
               coalesce(load.days, 0) as "load_days!",
               coalesce(led.audits, 0) as "led!",
               exists (select from auditor_declaration d where d.auditor_id = p.id and d.customer_id = $3) as "has_declared!"
        from auditor p
        cross join audit
        left join led on led.auditor_id = p.id
        left join load on load.auditor_id = p.id
        where p.office_id = $1
          and ($5::uuid[] is null or p.id = any ($5))
        order by p.id
        "#,
        audit.office.0,
        audit.application.0,
        audit.customer.0,
        audit.scheme.as_str(),
        among,
        &firsts,
        &lasts,
        i64::try_from(ROTATION.limit).unwrap_or(i64::MAX),
        audit.today,
    )
    .fetch_all(connection)
    .await?;
    let people = rows.into_iter().map(|row| Candidate {
        id: AuditorId(row.id),
        name: row.name,
        competences: row.competences.0,
        retired_on: row.retired_on,
        is_related: row.is_related,
        is_busy: row.is_busy,
        load_days: row.load_days,
        led: row.led,
        has_declared: row.has_declared,
    });
    Ok(people.collect())
}

/// The members of `team` that are people of the office, for the audit of the taken file.
pub async fn of_team(
    file: &mut OpenFile<Task>,
    team: &[TeamMember],
    spans: &[Span],
) -> Result<Vec<Candidate>> {
    let today = today(file.now());
    let (header, connection) = file.parts();
    let audit = Audit {
        office: header.office,
        application: header.file.id,
        customer: header.file.customer,
        scheme: header.file.form.scheme,
        spans,
        today,
    };
    let ids: Vec<Uuid> = team.iter().map(|member| member.auditor_id.0).collect();
    candidates(connection, audit, Some(&ids)).await
}

/// True if one of `people` is related to `customer` for an audit that begins on `first_day`.
pub async fn any_is_related(
    connection: &mut PgConnection,
    people: &[Uuid],
    customer: CustomerId,
    first_day: NaiveDate,
) -> Result<bool> {
    let related = sqlx::query_scalar!(
        r#"
        select exists (
            select
            from unnest($1::uuid[]) as person (id)
            where auditor_is_related(person.id, $2, $3)
        ) as "related!"
        "#,
        people,
        customer.0,
        first_day,
    )
    .fetch_one(connection)
    .await?;
    Ok(related)
}
