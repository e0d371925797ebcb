//! The register of breaches. Row-level security shows a breach to the watchers who may know of it, and to the reporters it affects; its words are opened
//! with a key of its own.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::viewer::Viewer;
use crate::complaint::papers::breach_file::Kind;
use crate::complaint::sealing::case_key::CaseKey;
use crate::error::{Error, Result};
use crate::ids::{BreachId, ComplaintId, OfficeId, UserId};

const HAPPENED: &str = "breach|happened";
const DONE: &str = "breach|done";

/// A breach as stored.
pub struct Stored {
    /// Its id.
    pub id: BreachId,
    /// What kind.
    pub kind: Kind,
    /// Whether it affects every complaint of the office.
    pub affects_all: bool,
    /// How often it was written on.
    pub version: i64,
    /// When the office came to know of it.
    pub discovered_at: DateTime<Utc>,
    /// Who declared it.
    pub declared_by: UserId,
    /// Their name.
    pub declarer: String,
    /// When.
    pub declared_at: DateTime<Utc>,
    /// When the reporters concerned were told.
    pub reporters_notified_at: Option<DateTime<Utc>>,
    /// When the authority was told.
    pub authority_notified_at: Option<DateTime<Utc>>,
    /// The name of who closed it.
    pub closer: Option<String>,
    /// When.
    pub closed_at: Option<DateTime<Utc>>,
    /// Whether the reader may read its words.
    pub reads: bool,
    /// Its key, wrapped; none when its words are kept no longer.
    pub wrapped: Option<Vec<u8>>,
    happened: Option<Vec<u8>>,
    done: Option<Vec<u8>>,
}

impl Stored {
    /// What happened, and what was done.
    ///
    /// # Errors
    /// Our own fault when it was moved or changed.
    pub fn words(&self, key: &CaseKey) -> Result<(Option<String>, Option<String>)> {
        let open = |place: &str, sealed: &[u8]| {
            let text = key.open(place, self.id.0, sealed).ok_or_else(|| {
                Error::internal("the words of a breach cannot be opened: moved or changed")
            })?;
            String::from_utf8(text.to_vec()).map_err(Error::internal)
        };
        let happened = self
            .happened
            .as_deref()
            .map(|sealed| open(HAPPENED, sealed))
            .transpose()?;
        Ok((
            happened,
            self.done
                .as_deref()
                .map(|sealed| open(DONE, sealed))
                .transpose()?,
        ))
    }
}

/// Where a breach stands in the register.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Place {
    at: DateTime<Utc>,
    id: Uuid,
}

impl Place {
    /// That of `stored`.
    #[must_use]
    pub fn of(stored: &Stored) -> Self {
        Self {
            at: stored.declared_at,
            id: stored.id.0,
        }
    }
}

/// For each of `names`, numbers or ids, the complaint, if the watcher who asks may name it. It is held: none is deleted before it is named.
///
/// # Errors
/// When the server refuses.
pub async fn named(
    connection: &mut PgConnection,
    names: &[String],
) -> Result<Vec<Option<ComplaintId>>> {
    let ids: Vec<_> = names
        .iter()
        .filter_map(|name| Uuid::try_parse(name).ok())
        .collect();
    // A number has letters, digits and hyphens; nothing else is worth asking for.
    let is_number = |name: &&String| {
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let numbers: Vec<_> = names
        .iter()
        .filter(is_number)
        .map(|name| name.to_ascii_uppercase())
        .collect();
    let held = sqlx::query!(
        r#"select id as "id!", public_number as "public_number!" from wbs.hold_named($1, $2)"#,
        &ids,
        &numbers
    );
    let held = held.fetch_all(connection).await?;
    let of = |name: &String| {
        let (id, number) = (Uuid::try_parse(name).ok(), name.to_ascii_uppercase());
        held.iter()
            .find(|row| Some(row.id) == id || row.public_number == number)
            .map(|row| ComplaintId(row.id))
    };
    Ok(names.iter().map(of).collect())
}

/// A breach to be written down.
pub struct NewBreach<'a> {
    /// Its id.
    pub id: BreachId,
    /// Of which office.
    pub office: OfficeId,
    /// What kind.
    pub kind: Kind,
    /// Whether it affects every complaint.
    pub all: bool,
    /// Those it names.
    pub named: &'a [ComplaintId],
    /// When the office came to know of it.
    pub discovered_at: DateTime<Utc>,
    /// Who declares it.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// Its key, wrapped.
    pub wrapped: Vec<u8>,
    /// What happened.
    pub happened: &'a str,
}

/// Adds a breach with the complaints it names.
///
/// # Errors
/// When the server refuses.
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
        key.seal(HAPPENED, new.id.0, new.happened.as_bytes()),
    )
    .execute(&mut *connection)
    .await?;
    let named: Vec<_> = new.named.iter().map(|case| case.0).collect();
    sqlx::query!("insert into wbs.breach_case (breach_id, case_id) select distinct $1::uuid, id from unnest($2::uuid[]) as id", new.id.0, &named)
        .execute(connection)
        .await?;
    Ok(())
}

/// Locks a breach that the caller may know of.
///
/// # Errors
/// When the server refuses.
pub async fn lock(connection: &mut PgConnection, id: BreachId) -> Result<()> {
    sqlx::query!("select id from wbs.breach where id = $1 for update", id.0)
        .fetch_optional(connection)
        .await?;
    Ok(())
}

/// A breach, if the viewer may know of it.
///
/// # Errors
/// When the server refuses.
pub async fn find(
    connection: &mut PgConnection,
    viewer: &Viewer,
    id: BreachId,
) -> Result<Option<Stored>> {
    Ok(those(connection, viewer, Some(id), None, 1).await?.pop())
}

/// The breaches the viewer may know of, newest first.
///
/// # Errors
/// When the server refuses.
pub async fn list(
    connection: &mut PgConnection,
    viewer: &Viewer,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Stored>> {
    those(connection, viewer, None, after, limit).await
}

/// One statement for one and for many, so that both show the same.
async fn those(
    connection: &mut PgConnection,
    viewer: &Viewer,
    id: Option<BreachId>,
    after: Option<Place>,
    limit: i64,
) -> Result<Vec<Stored>> {
    let rows = sqlx::query_as!(
        Stored,
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

/// The numbers of the complaints that breaches affect, of those the watcher who asks may know of, in their order.
///
/// # Errors
/// When the server refuses.
pub async fn affected(
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

/// Those of these people, by tag, who may know of a breach. Ask as the service.
///
/// # Errors
/// When the server refuses.
pub async fn knowing(
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

/// The breaches of an office that the person with this tag may not know of. Ask as the service.
///
/// # Errors
/// When the server refuses.
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

/// Writes down when those concerned, or the authority, were told; false when it was written down before, or the breach is closed.
///
/// # Errors
/// When the server refuses.
pub async fn note_notice(
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

/// How a breach was closed.
pub struct Closed<'a> {
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// When those concerned were told, if that is said now.
    pub reporters_notified_at: Option<DateTime<Utc>>,
    /// When the authority was, if that is said now.
    pub authority_notified_at: Option<DateTime<Utc>>,
    /// What was done.
    pub done: &'a str,
}

/// Closes a breach that is locked. Without its key, when its words are kept no longer, nothing is written of what was done.
///
/// # Errors
/// When the server refuses.
pub async fn close(
    connection: &mut PgConnection,
    key: Option<&CaseKey>,
    id: BreachId,
    closed: &Closed<'_>,
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
        key.map(|key| key.seal(DONE, id.0, closed.done.as_bytes())),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A breach of which a notice is missing while its hours run out.
pub struct Alarming {
    /// Which.
    pub id: BreachId,
    /// Of which office.
    pub office: OfficeId,
    /// Whether they have run out.
    pub over: bool,
}

/// Notes the alarms that are due, each once: of what was discovered until `nearly` and of what was until `over`. Ask as the service.
///
/// # Errors
/// When the server refuses.
pub async fn alarming(
    connection: &mut PgConnection,
    (nearly, over): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Alarming>> {
    let rows = sqlx::query_as!(
        Alarming,
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

/// What a reporter is told of a breach.
pub struct Told {
    /// What kind.
    pub kind: Kind,
    /// When the office came to know of it.
    pub discovered_at: DateTime<Utc>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
}

/// The breaches that affect a complaint, newest first. Ask as its reporter.
///
/// # Errors
/// When the server refuses.
pub async fn of_reporter(connection: &mut PgConnection, case: ComplaintId) -> Result<Vec<Told>> {
    let rows = sqlx::query_as!(
        Told,
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

/// The breaches with words that name a complaint, locked. Ask as the service.
///
/// # Errors
/// When the server refuses.
pub async fn naming(connection: &mut PgConnection, case: ComplaintId) -> Result<Vec<BreachId>> {
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

/// The breaches with words that were closed before `until`, locked. Ask as the service.
///
/// # Errors
/// When the server refuses.
pub async fn closed_before(
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

/// Deletes the words of breaches; the records stay.
///
/// # Errors
/// When the server refuses.
pub async fn forget_words(connection: &mut PgConnection, breaches: &[BreachId]) -> Result<()> {
    let ids: Vec<_> = breaches.iter().map(|breach| breach.0).collect();
    sqlx::query!("update wbs.breach set dek_wrapped = null, happened = null, done = null where id = any ($1)", &ids).execute(connection).await?;
    Ok(())
}
