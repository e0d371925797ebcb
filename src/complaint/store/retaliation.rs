//! Reports of retaliation. Row-level security shows them to their reporter and to the protectors
//! (conflict officers without a part in the complaint). Every statement for staff also applies that
//! rule explicitly, with `wbs.protects`.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::viewer::Viewer;
use crate::complaint::file::ComplaintStatus;
use crate::complaint::papers::retaliation_file::{
    RetaliationAccount, RetaliationAssessment, State,
};
use crate::complaint::sealing::case_key::CaseKey;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, OfficeId, RetaliationId};

/// Sealed column (`table|column`) of a report.
const REPORT_COLUMN: &str = "retaliation|sealed";
/// Sealed column (`table|column`) of the assessments.
const ASSESSMENTS_COLUMN: &str = "retaliation|assessments";
/// Time a case is retained after an assessment, so that its reporter can read the finding.
pub const READABLE_PERIOD: TimeDelta = TimeDelta::days(30);

/// Row of `wbs.retaliation`.
pub struct RetaliationRow {
    /// Id of the report.
    pub id: RetaliationId,
    /// State of the report.
    pub state: State,
    /// Number of assessments.
    pub version: i16,
    /// Day of the report.
    pub reported_on: NaiveDate,
    sealed: Vec<u8>,
    assessments: Option<Vec<u8>>,
}

impl RetaliationRow {
    /// Opens the report.
    ///
    /// # Errors
    /// Internal error when the report was moved or changed.
    pub fn open_report(&self, key: &CaseKey) -> Result<RetaliationAccount> {
        key.open_json(REPORT_COLUMN, self.id.0, &self.sealed)
    }

    /// Opens the assessments, oldest first.
    ///
    /// # Errors
    /// Internal error when they were moved or changed, or do not match the columns `state` and
    /// `version`.
    pub fn open_assessments(&self, key: &CaseKey) -> Result<Vec<RetaliationAssessment>> {
        let assessed: Option<Vec<RetaliationAssessment>> = self
            .assessments
            .as_deref()
            .map(|sealed| key.open_json(ASSESSMENTS_COLUMN, self.id.0, sealed))
            .transpose()?;
        let assessed = assessed.unwrap_or_default();
        let is_whole = State::after(&assessed) == self.state
            && usize::try_from(self.version).ok() == Some(assessed.len());
        if is_whole {
            Ok(assessed)
        } else {
            Err(Error::internal(
                "the state of a report of retaliation was changed",
            ))
        }
    }
}

/// A report to insert.
pub struct NewReport<'a> {
    /// The complaint.
    pub case: ComplaintId,
    /// Day of the report.
    pub on: NaiveDate,
    /// Protectors see the report from this time on.
    pub surfaces_at: DateTime<Utc>,
    /// Content of the report, to be sealed.
    pub account: &'a RetaliationAccount,
}

/// Inserts a report and returns its id.
pub async fn add(
    connection: &mut PgConnection,
    key: &CaseKey,
    new: &NewReport<'_>,
) -> Result<RetaliationId> {
    let id = RetaliationId::random();
    sqlx::query!(
        "insert into wbs.retaliation (id, case_id, state, reported_on, surfaces_at, sealed) values ($1, $2, $3, $4, $5, $6)",
        id.0,
        new.case.0,
        State::Open.code(),
        new.on,
        new.surfaces_at,
        key.seal_json(REPORT_COLUMN, id.0, new.account)?,
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// Lists the reports of a case, newest day first: all of them, or those released by `until` and
/// screened.
pub async fn list_of_case(
    connection: &mut PgConnection,
    case: ComplaintId,
    until: Option<DateTime<Utc>>,
) -> Result<Vec<RetaliationRow>> {
    let rows = sqlx::query_as!(
        RetaliationRow,
        r#"
        select id as "id: RetaliationId", state as "state: State", version, reported_on, sealed, assessments
        from wbs.retaliation
        where case_id = $1
          and ($2::timestamptz is null or (surfaces_at <= $2 and screened))
        order by reported_on desc, id
        "#,
        case.0,
        until,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Counts the reports of a case that are not settled.
pub async fn count_unsettled(connection: &mut PgConnection, case: ComplaintId) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from wbs.retaliation where case_id = $1 and state <> 'settled'"#,
        case.0
    );
    Ok(count.fetch_one(connection).await?)
}

/// Whether `viewer` may protect the reporter of a case.
pub async fn is_protected_by(
    connection: &mut PgConnection,
    case: ComplaintId,
    viewer: &Viewer,
) -> Result<bool> {
    let protects = sqlx::query_scalar!(
        r#"
        select wbs.protects(c, $2, $3, $4, $5, $6, $7) as "protects!"
        from wbs.complaint c
        where c.id = $1
        "#,
        case.0,
        viewer.office.map(|office| office.0),
        viewer.person,
        viewer.user.map(|user| user.0),
        &viewer.roles,
        &viewer.team_roles,
        &viewer.teams,
    );
    Ok(protects
        .fetch_optional(connection)
        .await?
        .unwrap_or_default())
}

/// Finds a report, if `viewer` may protect its reporter and the report was released by `now` and
/// screened.
pub async fn find(
    connection: &mut PgConnection,
    (case, id): (ComplaintId, RetaliationId),
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Option<RetaliationRow>> {
    let row = sqlx::query_as!(
        RetaliationRow,
        r#"
        select r.id as "id: RetaliationId", r.state as "state: State", r.version, r.reported_on, r.sealed, r.assessments
        from wbs.retaliation r
        join wbs.complaint c on c.id = r.case_id
        where r.id = $1
          and r.case_id = $2
          and r.surfaces_at <= $3
          and r.screened
          and wbs.protects(c, $4, $5, $6, $7, $8, $9)
        "#,
        id.0,
        case.0,
        now,
        viewer.office.map(|office| office.0),
        viewer.person,
        viewer.user.map(|user| user.0),
        &viewer.roles,
        &viewer.team_roles,
        &viewer.teams,
    );
    Ok(row.fetch_optional(connection).await?)
}

/// Stores the assessments. Returns false when another assessment was stored since `before` was
/// read.
pub async fn assess(
    connection: &mut PgConnection,
    key: &CaseKey,
    before: &RetaliationRow,
    assessments: &[RetaliationAssessment],
) -> Result<bool> {
    let on = assessments.last().map(|last| last.on);
    let done = sqlx::query!(
        r#"
        update wbs.retaliation
        set state = $3,
            version = version + 1,
            assessed_on = $4,
            assessments = $5
        where id = $1
          and version = $2
        "#,
        before.id.0,
        before.version,
        State::after(assessments).code(),
        on,
        key.seal_json(ASSESSMENTS_COLUMN, before.id.0, &assessments)?,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// List row of a report. Holds no text.
pub struct RetaliationListRow {
    /// Id of the report.
    pub id: RetaliationId,
    /// The complaint.
    pub case: ComplaintId,
    /// Public number of the complaint.
    pub public_number: String,
    /// State of the report.
    pub state: State,
    /// Day of the report.
    pub reported_on: NaiveDate,
    /// Day of the newest assessment.
    pub assessed_on: Option<NaiveDate>,
    rank: i32,
}

/// Keyset cursor of the list: open reports first, oldest day first, then settled reports, newest
/// assessment first.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct RetaliationCursor {
    settled: bool,
    rank: i32,
    id: Uuid,
}

impl RetaliationCursor {
    /// Cursor of this row.
    pub fn of(line: &RetaliationListRow) -> Self {
        Self {
            settled: line.state == State::Settled,
            rank: line.rank,
            id: line.id.0,
        }
    }
}

/// Lists at most `limit` reports after `after` by reporters that `viewer` may protect.
pub async fn list(
    connection: &mut PgConnection,
    viewer: &Viewer,
    now: DateTime<Utc>,
    after: Option<RetaliationCursor>,
    limit: i64,
) -> Result<Vec<RetaliationListRow>> {
    let rows = sqlx::query_as!(
        RetaliationListRow,
        r#"
        select r.id as "id: RetaliationId", r.case_id as "case: ComplaintId", c.public_number, r.state as "state: State", r.reported_on, r.assessed_on,
               p.rank as "rank!"
        from wbs.retaliation r
        join wbs.complaint c on c.id = r.case_id
        cross join lateral (
            select r.state = 'settled' as settled,
                   case when r.state = 'settled' then date '2000-01-01' - r.assessed_on else r.reported_on - date '2000-01-01' end as rank
        ) p
        where c.office_id = $1
          and wbs.protects(c, $1, $2, $3, $4, $5, $6)
          and r.surfaces_at <= $7
          and r.screened
          and ($8::boolean is null or (p.settled, p.rank, r.id) > ($8, $9, $10))
        order by p.settled, p.rank, r.id
        limit $11
        "#,
        viewer.office.map(|office| office.0),
        viewer.person,
        viewer.user.map(|user| user.0),
        &viewer.roles,
        &viewer.team_roles,
        &viewer.teams,
        now,
        after.map(|place| place.settled),
        after.map(|place| place.rank),
        after.map(|place| place.id),
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Lists the texts of the reports of a case released by `now`, each with whether it was screened.
/// Requires the service's context.
pub async fn texts(
    connection: &mut PgConnection,
    key: &CaseKey,
    case: ComplaintId,
    now: DateTime<Utc>,
) -> Result<Vec<(String, bool)>> {
    let rows = sqlx::query!(
        "select id, sealed, screened from wbs.retaliation where case_id = $1 and surfaces_at <= $2 order by id",
        case.0,
        now
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    rows.map(|row| {
        key.open_json::<RetaliationAccount>(REPORT_COLUMN, row.id, &row.sealed)
            .map(|account| (account.text, row.screened))
    })
    .collect()
}

/// Marks every report released by `now` as screened: protectors may read them.
pub async fn mark_screened(
    connection: &mut PgConnection,
    case: ComplaintId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!("update wbs.retaliation set screened = true where case_id = $1 and surfaces_at <= $2 and not screened", case.0, now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Marks the readable reports that were not announced yet, and returns the status of their
/// complaints. `skip locked` gives each report to one caller.
pub async fn take_unannounced(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Vec<ComplaintStatus>> {
    let rows = sqlx::query!(
        r#"
        with told as (
            update wbs.retaliation
            set announced = true
            where id in (
                select r.id
                from wbs.retaliation r
                join wbs.complaint c on c.id = r.case_id and c.stage <> 'received'
                where not r.announced
                  and r.screened
                  and r.surfaces_at <= $1
                order by r.id
                for update of r skip locked
            )
            returning case_id
        )
        select distinct c.id, c.office_id, c.stage
        from told t
        join wbs.complaint c on c.id = t.case_id
        order by c.id
        "#,
        now,
    );
    let rows = rows.fetch_all(connection).await?.into_iter();
    rows.map(|row| {
        Ok(ComplaintStatus {
            case: ComplaintId(row.id),
            office: OfficeId(row.office_id),
            stage: super::stage(&row.stage)?,
        })
    })
    .collect()
}
