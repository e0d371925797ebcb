//! The register of breaches. Row-level security shows a breach to the watchers that may know of the
//! breach and to the reporters it affects. The texts of a breach are sealed with a key of the
//! breach.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::viewer::Viewer;
use crate::complaint::papers::breach_file::Kind;
use crate::complaint::sealing::case_key::CaseKey;
use crate::error::{Error, Result};
use crate::ids::{BreachId, ComplaintId, OfficeId, UserId};

const HAPPENED_COLUMN: &str = "breach|happened";
const DONE_COLUMN: &str = "breach|done";

/// Row of `wbs.breach` with the names of its declarer and closer.
pub struct BreachRow {
    /// Id of the breach.
    pub id: BreachId,
    /// Kind of breach.
    pub kind: Kind,
    /// Whether the breach affects every complaint of the office.
    pub affects_all: bool,
    /// Number of updates, for the `ETag`.
    pub version: i64,
    /// When the office discovered the breach.
    pub discovered_at: DateTime<Utc>,
    /// The staff member that declared the breach.
    pub declared_by: UserId,
    /// Name of the declarer.
    pub declarer: String,
    /// When the breach was declared.
    pub declared_at: DateTime<Utc>,
    /// When the affected reporters were notified.
    pub reporters_notified_at: Option<DateTime<Utc>>,
    /// When the authority was notified.
    pub authority_notified_at: Option<DateTime<Utc>>,
    /// Name of the staff member that closed the breach.
    pub closer: Option<String>,
    /// When the breach was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Whether the viewer may read the texts of the breach.
    pub reads: bool,
    /// Wrapped key of the breach; none once its texts were deleted.
    pub wrapped: Option<Vec<u8>>,
    happened: Option<Vec<u8>>,
    done: Option<Vec<u8>>,
}

impl BreachRow {
    /// Opens the texts: the account of the breach and the measures taken.
    ///
    /// # Errors
    /// Internal error when a text was moved or changed.
    pub fn open_texts(&self, key: &CaseKey) -> Result<(Option<String>, Option<String>)> {
        let open = |place: &str, sealed: &[u8]| {
            let text = key.open(place, self.id.0, sealed).ok_or_else(|| {
                Error::internal("the words of a breach cannot be opened: moved or changed")
            })?;
            String::from_utf8(text.to_vec()).map_err(Error::internal)
        };
        let happened = self
            .happened
            .as_deref()
            .map(|sealed| open(HAPPENED_COLUMN, sealed))
            .transpose()?;
        Ok((
            happened,
            self.done
                .as_deref()
                .map(|sealed| open(DONE_COLUMN, sealed))
                .transpose()?,
        ))
    }
}

/// Keyset cursor of the register.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct BreachCursor {
    at: DateTime<Utc>,
    id: Uuid,
}

impl BreachCursor {
    /// Cursor of this row.
    pub fn of(stored: &BreachRow) -> Self {
        Self {
            at: stored.declared_at,
            id: stored.id.0,
        }
    }
}

/// Finds the complaint for each of `names` (numbers or ids), if the watcher may name it. The
/// complaints found are locked, so that none is deleted before the breach refers to it.
pub async fn lock_named(
    connection: &mut PgConnection,
    names: &[String],
) -> Result<Vec<Option<ComplaintId>>> {
    let ids: Vec<_> = names
        .iter()
        .filter_map(|name| Uuid::try_parse(name).ok())
        .collect();
    // Only letters, digits and hyphens can form a number; skip all other names.
    let is_number = |name: &&String| {
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let numbers: Vec<_> = names
        .iter()
        .filter(is_number)
        .map(|name| name.to_ascii_uppercase())
        .collect();
    let locked = sqlx::query!(
        r#"select id as "id!", public_number as "public_number!" from wbs.hold_named($1, $2)"#,
        &ids,
        &numbers
    );
    let locked = locked.fetch_all(connection).await?;
    let of = |name: &String| {
        let (id, number) = (Uuid::try_parse(name).ok(), name.to_ascii_uppercase());
        locked
            .iter()
            .find(|row| Some(row.id) == id || row.public_number == number)
            .map(|row| ComplaintId(row.id))
    };
    Ok(names.iter().map(of).collect())
}

/// A breach to insert.
pub struct NewBreach<'a> {
    /// Id of the breach.
    pub id: BreachId,
    /// Office of the breach.
    pub office: OfficeId,
    /// Kind of breach.
    pub kind: Kind,
    /// Whether the breach affects every complaint of the office.
    pub all: bool,
    /// The complaints that the breach names.
    pub named: &'a [ComplaintId],
    /// When the office discovered the breach.
    pub discovered_at: DateTime<Utc>,
    /// The staff member that declares the breach.
    pub by: UserId,
    /// When the breach is declared.
    pub at: DateTime<Utc>,
    /// Wrapped key of the breach.
    pub wrapped: Vec<u8>,
    /// Account of the breach.
    pub happened: &'a str,
}

/// Inserts a breach with the complaints it names.
pub async fn add(connection: &mut PgConnection, key: &CaseKey, new: &NewBreach<'_>) -> Result<()> {
    sqlx::query!(
        r#"
        insert into wbs.breach (id, office_id, kind, affects_all, discovered_at, declared_by, declared_at, dek_wrapped, happened)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        "#,
        new.id.0,
        new.office.0,
        new.kind.code(),
        new.all,
        new.discovered_at,
        new.by.0,
        new.at,
        new.wrapped,
        key.seal(HAPPENED_COLUMN, new.id.0, new.happened.as_bytes()),
    )
    .execute(&mut *connection)
    .await?;
    let named: Vec<_> = new.named.iter().map(|case| case.0).collect();
    sqlx::query!("insert into wbs.breach_case (breach_id, case_id) select distinct $1::uuid, id from unnest($2::uuid[]) as id", new.id.0, &named)
        .execute(connection)
        .await?;
    Ok(())
}

/// Locks a breach if row-level security shows the breach to the caller.
pub async fn lock(connection: &mut PgConnection, id: BreachId) -> Result<()> {
    sqlx::query!("select id from wbs.breach where id = $1 for update", id.0)
        .fetch_optional(connection)
        .await?;
    Ok(())
}

/// Finds a breach that the viewer may know of.
pub async fn find(
    connection: &mut PgConnection,
    viewer: &Viewer,
    id: BreachId,
) -> Result<Option<BreachRow>> {
    Ok(query(connection, viewer, Some(id), None, 1).await?.pop())
}

/// Lists the breaches that the viewer may know of, newest first.
pub async fn list(
    connection: &mut PgConnection,
    viewer: &Viewer,
    after: Option<BreachCursor>,
    limit: i64,
) -> Result<Vec<BreachRow>> {
    query(connection, viewer, None, after, limit).await
}

/// Shared by `find` and `list`, so that both apply the same visibility rule.
async fn query(
    connection: &mut PgConnection,
    viewer: &Viewer,
    id: Option<BreachId>,
    after: Option<BreachCursor>,
    limit: i64,
) -> Result<Vec<BreachRow>> {
    let rows = sqlx::query_as!(
        BreachRow,
        r#"
        select b.id as "id: BreachId", b.kind as "kind: Kind", b.affects_all, b.version, b.discovered_at, b.declared_by as "declared_by: UserId",
               d.display_name as declarer, b.declared_at, b.reporters_notified_at, b.authority_notified_at, c.display_name as "closer?", b.closed_at,
               wbs.reads_breach(b.id, $2) as "reads!", b.dek_wrapped as wrapped, b.happened, b.done
        from wbs.breach b
        join app_user d on d.id = b.declared_by
        left join app_user c on c.id = b.closed_by
        where b.office_id = $1
          and wbs.knows_of_breach(b.id, b.affects_all, $2)
          and ($3::uuid is null or b.id = $3)
          and ($4::timestamptz is null or (b.declared_at, b.id) < ($4, $5))
        order by b.declared_at desc, b.id desc
        limit $6
        "#,
        viewer.office.map(|office| office.0),
        viewer.person,
        id.map(|id| id.0),
        after.map(|place| place.at),
        after.map(|place| place.id),
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Returns the numbers of the affected complaints that the watcher may know of, ordered by number.
pub async fn affected_numbers(
    connection: &mut PgConnection,
    breaches: &[BreachId],
) -> Result<Vec<(BreachId, String)>> {
    let ids: Vec<_> = breaches.iter().map(|breach| breach.0).collect();
    let rows = sqlx::query!(
        r#"
        select breach_id as "breach_id!", public_number as "public_number!"
        from wbs.affected_numbers($1)
        order by public_number
        "#,
        &ids,
    );
    Ok(rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(|row| (BreachId(row.breach_id), row.public_number))
        .collect())
}

/// Returns those `tags` whose staff members may know of a breach. Requires the service's context.
pub async fn allowed_to_know(
    connection: &mut PgConnection,
    id: BreachId,
    tags: &[Vec<u8>],
) -> Result<Vec<Vec<u8>>> {
    let knowing = sqlx::query_scalar!(
        r#"
        select tag as "tag!"
        from wbs.breach b
        cross join unnest($2::bytea[]) as tag
        where b.id = $1
          and wbs.knows_of_breach(b.id, b.affects_all, tag)
        order by tag
        "#,
        id.0,
        tags,
    );
    Ok(knowing.fetch_all(connection).await?)
}

/// Lists the breaches of an office that the person with this tag may not know of. Requires the
/// service's context.
pub async fn hidden_from(
    connection: &mut PgConnection,
    office: OfficeId,
    person: &[u8],
) -> Result<Vec<BreachId>> {
    let hidden = sqlx::query_scalar!(
        "select id from wbs.breach where office_id = $1 and not wbs.knows_of_breach(id, affects_all, $2)",
        office.0,
        person
    );
    Ok(hidden
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(BreachId)
        .collect())
}

/// Records when the affected reporters or the authority were notified. Returns false when that
/// notice is already recorded or the breach is closed.
pub async fn record_notice(
    connection: &mut PgConnection,
    id: BreachId,
    reporters: Option<DateTime<Utc>>,
    authority: Option<DateTime<Utc>>,
) -> Result<bool> {
    let done = sqlx::query!(
        r#"
        update wbs.breach
        set version = version + 1,
            reporters_notified_at = coalesce(reporters_notified_at, $2),
            authority_notified_at = coalesce(authority_notified_at, $3)
        where id = $1
          and closed_at is null
          and ($2::timestamptz is null or reporters_notified_at is null)
          and ($3::timestamptz is null or authority_notified_at is null)
        "#,
        id.0,
        reporters,
        authority,
    );
    Ok(done.execute(connection).await?.rows_affected() == 1)
}

/// Values of a closing.
pub struct NewClosing<'a> {
    /// The staff member that closes the breach.
    pub by: UserId,
    /// When the breach is closed.
    pub at: DateTime<Utc>,
    /// When the affected reporters were notified, if stated at the closing.
    pub reporters_notified_at: Option<DateTime<Utc>>,
    /// When the authority was notified, if stated at the closing.
    pub authority_notified_at: Option<DateTime<Utc>>,
    /// Measures taken.
    pub done: &'a str,
}

/// Closes a locked breach. Without its key (the texts were deleted) the measures taken are not
/// stored.
pub async fn close(
    connection: &mut PgConnection,
    key: Option<&CaseKey>,
    id: BreachId,
    closed: &NewClosing<'_>,
) -> Result<()> {
    sqlx::query!(
        r#"
        update wbs.breach
        set version = version + 1,
            closed_by = $2,
            closed_at = $3,
            reporters_notified_at = coalesce($4, reporters_notified_at),
            authority_notified_at = coalesce($5, authority_notified_at),
            done = $6
        where id = $1
          and closed_at is null
        "#,
        id.0,
        closed.by.0,
        closed.at,
        closed.reporters_notified_at,
        closed.authority_notified_at,
        key.map(|key| key.seal(DONE_COLUMN, id.0, closed.done.as_bytes())),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A breach with a missing notice whose deadline is near or has passed.
pub struct DueAlarm {
    /// Id of the breach.
    pub id: BreachId,
    /// Office of the breach.
    pub office: OfficeId,
    /// Whether the deadline has passed.
    pub over: bool,
}

/// Marks and returns the alarms that are due, each once: for breaches discovered until `nearly`
/// (deadline near) and until `over` (deadline passed). Requires the service's context.
pub async fn take_due_alarms(
    connection: &mut PgConnection,
    (nearly, over): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<DueAlarm>> {
    let rows = sqlx::query_as!(
        DueAlarm,
        r#"
        update wbs.breach
        set alarmed = case when discovered_at <= $2 then 2 else 1 end
        where id in (
            select b.id
            from wbs.breach b
            where b.closed_at is null
              and (b.reporters_notified_at is null or b.authority_notified_at is null)
              and b.discovered_at <= $1
              and b.alarmed < case when b.discovered_at <= $2 then 2 else 1 end
            order by b.id
            for update skip locked
        )
        returning id as "id: BreachId", office_id as "office: OfficeId", alarmed = 2 as "over!"
        "#,
        nearly,
        over,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// The part of a breach that its affected reporters may read.
pub struct ReporterBreachRow {
    /// Kind of breach.
    pub kind: Kind,
    /// When the office discovered the breach.
    pub discovered_at: DateTime<Utc>,
    /// When the breach was closed.
    pub closed_at: Option<DateTime<Utc>>,
}

/// Lists the breaches that affect a complaint, newest first. Requires the context of the
/// complaint's reporter.
pub async fn list_for_reporter(
    connection: &mut PgConnection,
    case: ComplaintId,
) -> Result<Vec<ReporterBreachRow>> {
    let rows = sqlx::query_as!(
        ReporterBreachRow,
        r#"
        select b.kind as "kind: Kind", b.discovered_at, b.closed_at
        from wbs.breach b
        where wbs.affects(b, $1)
        order by b.discovered_at desc, b.id
        "#,
        case.0,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// Locks and returns the breaches that name a complaint and still have texts. Requires the
/// service's context.
pub async fn lock_naming(
    connection: &mut PgConnection,
    case: ComplaintId,
) -> Result<Vec<BreachId>> {
    let rows = sqlx::query_scalar!(
        r#"
        select id
        from wbs.breach
        where dek_wrapped is not null
          and id in (select x.breach_id from wbs.breach_case x where x.case_id = $1)
        order by id
        for update
        "#,
        case.0,
    );
    Ok(rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(BreachId)
        .collect())
}

/// Locks and returns the breaches closed before `until` that still have texts. Requires the
/// service's context.
pub async fn lock_closed_before(
    connection: &mut PgConnection,
    until: DateTime<Utc>,
) -> Result<Vec<BreachId>> {
    let rows = sqlx::query_scalar!(
        "select id from wbs.breach where dek_wrapped is not null and closed_at < $1 order by id for update",
        until
    );
    Ok(rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(BreachId)
        .collect())
}

/// Deletes the texts and wrapped keys of breaches; the records stay.
pub async fn delete_texts(connection: &mut PgConnection, breaches: &[BreachId]) -> Result<()> {
    let ids: Vec<_> = breaches.iter().map(|breach| breach.0).collect();
    sqlx::query!("update wbs.breach set dek_wrapped = null, happened = null, done = null where id = any ($1)", &ids).execute(connection).await?;
    Ok(())
}

/// Takes the exclusive lock of an office, to declare or close a breach: waits for the disclosures
/// in progress and blocks new ones until the transaction ends. Must be the first lock of the
/// transaction.
pub async fn lock_exclusive(connection: &mut PgConnection, office: OfficeId) -> Result<()> {
    // The first key ('BRCH') is the namespace of this lock.
    sqlx::query!(
        r#"select pg_advisory_xact_lock(1112687432, hashtext($1)) as "locked: ()""#,
        office.to_string()
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Takes the shared lock of an office, to request, decide or open a disclosure. Holders do not
/// block one another. Must be the first lock of the transaction; read the frozen state after the
/// lock.
pub async fn lock_shared(connection: &mut PgConnection, office: OfficeId) -> Result<()> {
    sqlx::query!(
        r#"select pg_advisory_xact_lock_shared(1112687432, hashtext($1)) as "locked: ()""#,
        office.to_string()
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Lists the complaints that a breach affects and that have a live disclosure: with `frozen`, those
/// that are frozen; without, those that no longer are. Requires the service's context.
pub async fn live_disclosures(
    connection: &mut PgConnection,
    id: BreachId,
    frozen: bool,
) -> Result<Vec<ComplaintId>> {
    let rows = sqlx::query_scalar!(
        r#"
        select distinct d.case_id
        from wbs.breach b
        join wbs.disclosure d on d.office_id = b.office_id and d.state in ('pending', 'seconded', 'granted')
        where b.id = $1
          and wbs.affects(b, d.case_id)
          and wbs.is_frozen(d.case_id) = $2
        "#,
        id.0,
        frozen,
    );
    Ok(rows
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(ComplaintId)
        .collect())
}
