//! Reports of retaliation. Row-level security shows them to their reporter and to who protects them; every statement for staff asks the same rule,
//! `wbs.protects`, by its arguments.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::viewer::Viewer;
use crate::complaint::file::Whereabouts;
use crate::complaint::papers::retaliation_file::{Assessed, State, Told};
use crate::complaint::sealing::case_key::CaseKey;
use crate::error::{Error, Result};
use crate::ids::{ComplaintId, OfficeId, RetaliationId};

/// Where what the reporter said is sealed for.
const TOLD: &str = "retaliation|sealed";
/// Where the assessments are.
const ASSESSED: &str = "retaliation|assessments";
/// How long a case is kept after an assessment, so that its reporter can read what was found.
pub const HEARD: TimeDelta = TimeDelta::days(30);

/// A report as stored.
pub struct Stored {
    /// Its id.
    pub id: RetaliationId,
    /// How far it is.
    pub state: State,
    /// How often it was assessed.
    pub version: i16,
    /// The day it was made on.
    pub reported_on: NaiveDate,
    sealed: Vec<u8>,
    assessments: Option<Vec<u8>>,
}

impl Stored {
    /// What the reporter said.
    ///
    /// # Errors
    /// Our own fault when it was moved or changed.
    pub fn told(&self, key: &CaseKey) -> Result<Told> {
        key.open_json(TOLD, self.id.0, &self.sealed)
    }

    /// Every assessment, oldest first.
    ///
    /// # Errors
    /// Our own fault when they were moved or changed, or how far the report is was.
    pub fn assessed(&self, key: &CaseKey) -> Result<Vec<Assessed>> {
        let assessed: Option<Vec<Assessed>> = self
            .assessments
            .as_deref()
            .map(|sealed| key.open_json(ASSESSED, self.id.0, sealed))
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

/// A report to be written down.
pub struct NewReport<'a> {
    /// Of which case.
    pub case: ComplaintId,
    /// On which day.
    pub on: NaiveDate,
    /// From when on the office sees it.
    pub surfaces_at: DateTime<Utc>,
    /// What the reporter says.
    pub told: &'a Told,
}

/// Adds a report and gives its id.
///
/// # Errors
/// When the server refuses.
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
        key.seal_json(TOLD, id.0, new.told)?,
    )
    .execute(connection)
    .await?;
    Ok(id)
}

/// Every report of a case, newest day first: all of them, or those that had surfaced by `until` and were screened.
///
/// # Errors
/// When the server refuses.
pub async fn of_case(
    connection: &mut PgConnection,
    case: ComplaintId,
    until: Option<DateTime<Utc>>,
) -> Result<Vec<Stored>> {
    let rows = sqlx::query_as!(
        Stored,
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

/// How many reports of a case are not settled.
///
/// # Errors
/// When the server refuses.
pub async fn unsettled(connection: &mut PgConnection, case: ComplaintId) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from wbs.retaliation where case_id = $1 and state <> 'settled'"#,
        case.0
    );
    Ok(count.fetch_one(connection).await?)
}

/// Whether `viewer` protects the reporter of a case.
///
/// # Errors
/// When the server refuses.
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

/// A report of a case whose reporter `viewer` protects, if it had surfaced by `now` and was screened.
///
/// # Errors
/// When the server refuses.
pub async fn find(
    connection: &mut PgConnection,
    (case, id): (ComplaintId, RetaliationId),
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Option<Stored>> {
    let row = sqlx::query_as!(
        Stored,
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

/// Writes an assessment down behind those before it; false when somebody else has written one meanwhile.
///
/// # Errors
/// When the server refuses.
pub async fn assess(
    connection: &mut PgConnection,
    key: &CaseKey,
    before: &Stored,
    assessments: &[Assessed],
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
        key.seal_json(ASSESSED, before.id.0, &assessments)?,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// A report in the list of who protects: nothing that anybody wrote.
pub struct Line {
    /// Its id.
    pub id: RetaliationId,
    /// Its complaint.
    pub case: ComplaintId,
    /// The number of that.
    pub public_number: String,
    /// How far it is.
    pub state: State,
    /// The day it was made on.
    pub reported_on: NaiveDate,
    /// The day of the newest assessment.
    pub assessed_on: Option<NaiveDate>,
    rank: i32,
}

/// Where a report stands in the list: what waits before what is settled, of the one the oldest day first, of the other the newest.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Place {
    settled: bool,
    rank: i32,
    id: Uuid,
}

impl Place {
    /// That of `line`.
    #[must_use]
    pub fn of(line: &Line) -> Self {
        Self {
            settled: line.state == State::Settled,
            rank: line.rank,
            id: line.id.0,
        }
    }
}

/// At most `limit` reports against those whom `viewer` protects, after `after`.
///
/// # Errors
/// When the server refuses.
pub async fn list(
    connection: &mut PgConnection,
    viewer: &Viewer,
    now: DateTime<Utc>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Line>> {
    let rows = sqlx::query_as!(
        Line,
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

/// The words of the reports of a case that had surfaced by `now`, each with whether it was screened. Ask as the service.
///
/// # Errors
/// When the server refuses, or a report was moved or changed.
pub async fn words(
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
        key.open_json::<Told>(TOLD, row.id, &row.sealed)
            .map(|told| (told.text, row.screened))
    })
    .collect()
}

/// Writes down that every report that had surfaced by `now` was screened: who protects may read them.
///
/// # Errors
/// When the server refuses.
pub async fn were_screened(
    connection: &mut PgConnection,
    case: ComplaintId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!("update wbs.retaliation set screened = true where case_id = $1 and surfaces_at <= $2 and not screened", case.0, now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes the complaints with reports that can be read by now and of which nobody was told yet, each once; of two who look at once one gets them.
///
/// # Errors
/// When the server refuses.
pub async fn take_untold(
    connection: &mut PgConnection,
    now: DateTime<Utc>,
) -> Result<Vec<Whereabouts>> {
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
        Ok(Whereabouts {
            case: ComplaintId(row.id),
            office: OfficeId(row.office_id),
            stage: super::stage(&row.stage)?,
        })
    })
    .collect()
}
