//! The SQL of escalation: candidate files, their ledgers, and the levels already sent.
//!
//! Working time is never more than elapsed time, so a file is a candidate only when that much time
//! has passed for its next level; the ledger decides.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::casework::ledger::{ClockEntry, entries_from_columns};
use crate::casework::workflow::Workflow;
use crate::error::Result;
use crate::ids::OfficeId;
use crate::sop::table::{Party, Sop, StandardTime, Task};

/// A file that may have become late.
pub(super) struct Candidate {
    pub(super) case: Uuid,
    pub(super) office: OfficeId,
    pub(super) turns: Vec<ClockEntry>,
}

/// The office's numbered steps of `sop` with their standard times.
fn measured<T: Task>(sop: &'static Sop<T>) -> (Vec<i16>, Vec<i32>) {
    let office = sop
        .rows
        .iter()
        .filter(|row| row.actor.party() == Party::Office);
    let measured = office.filter_map(|row| {
        row.no.zip(row.within).map(|(no, StandardTime(minutes))| {
            (i16::from(no), i32::try_from(minutes).unwrap_or(i32::MAX))
        })
    });
    measured.unzip()
}

/// Files of `W` that wait for the office and may have reached their next level by `now`. For
/// complaints the connection must act as the service.
pub(super) async fn candidates<W: Workflow>(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Vec<Candidate>> {
    let (steps, minutes) = measured(W::sop());
    let rows = sqlx::query!(
        r#"
        select a.id as "id!", a.office_id as "office_id!", t.since as "since!", t.steps as "steps!: Vec<Option<i16>>", t.rounds as "rounds!"
        from waiting_file a
        join lateral (select e.step, e.round from clock_entry e where e.case_id = a.id order by e.seq desc limit 1) l on true
        join unnest($1::smallint[], $2::integer[]) as s (step, minutes) on s.step = l.step
        cross join lateral (
            select coalesce(max(f.percent), 0) as fired
            from escalation f
            where f.case_id = a.id and f.step = l.step and f.round = l.round
        ) f
        cross join lateral (
            select array_agg(e.at) as since, array_agg(e.step) as steps, array_agg(e.round) as rounds,
                   min(e.at) filter (where e.step = l.step and e.round = l.round) as began
            from (select at, step, round from clock_entry where case_id = a.id order by seq) e
        ) t
        where a.subject = $4
          and a.waiting_for <> '{customer}'
          and f.fired < 150
          and t.began + make_interval(mins => s.minutes * case f.fired when 0 then 75 when 75 then 100 else 150 end / 100) <= $3
        "#,
        &steps,
        &minutes,
        now,
        W::SUBJECT,
    );
    let rows = rows.fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|row| Candidate {
            case: row.id,
            office: OfficeId(row.office_id),
            turns: entries_from_columns(row.since, row.steps, row.rounds),
        })
        .collect())
}

/// The ledger of a file that is locked.
pub(super) async fn ledger(connection: &mut PgConnection, case: Uuid) -> Result<Vec<ClockEntry>> {
    let row = sqlx::query!(
        r#"
        select coalesce(array_agg(e.at), '{}') as "since!", coalesce(array_agg(e.step), '{}') as "steps!: Vec<Option<i16>>",
               coalesce(array_agg(e.round), '{}') as "rounds!"
        from (select at, step, round from clock_entry where case_id = $1 order by seq) e
        "#,
        case,
    );
    let row = row.fetch_one(connection).await?;
    Ok(entries_from_columns(row.since, row.steps, row.rounds))
}

/// The version of the calendar in force.
pub(super) async fn calendar(connection: &mut PgConnection, office: OfficeId) -> Result<i32> {
    let version = sqlx::query_scalar!(
        r#"select max(version) as "version!" from calendar_version where office_id = $1"#,
        office.0
    );
    Ok(version.fetch_one(connection).await?)
}

/// Records that a level was sent; returns false when it was recorded before.
pub(super) async fn record_level(
    connection: &mut PgConnection,
    case: Uuid,
    (step, round): (u8, i16),
    percent: u8,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "
        insert into escalation (case_id, step, round, percent, at)
        values ($1, $2, $3, $4, $5)
        on conflict do nothing
        ",
        case,
        i16::from(step),
        round,
        i16::from(percent),
        now,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}
