//! SQL of the audit trail. It inserts and selects; no statement changes or deletes a row.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::chain::Link;
use crate::error::{Error, Result};
use crate::ids::OfficeId;

/// Builds a `Link` from a row.
macro_rules! link {
    ($row:ident) => {
        Link {
            seq: $row.seq,
            office_id: $row.office_id,
            at: $row.at,
            on_date: $row.on_date,
            actor_id: $row.actor_id,
            actor_kind: $row.actor_kind,
            actor_roles: $row.actor_roles,
            acting: $row.acting,
            action: $row.action,
            object_ref: $row.object_ref,
            step: $row.step,
            from_stage: $row.from_stage,
            to_stage: $row.to_stage,
            round: $row.round,
            draft: $row.draft,
            detail: $row.detail,
            prev_hash: digest(&$row.prev_hash),
            hash: digest(&$row.hash),
            mac: digest(&$row.mac),
        }
    };
}

/// Converts a stored digest. A wrong length means tampering and becomes all zeros, which no hash
/// equals.
fn digest(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().unwrap_or_default()
}

/// Locks the end of the chain until the transaction ends. Returns number and hash of the last
/// event.
pub(super) async fn lock_tail(connection: &mut PgConnection) -> Result<Option<(i64, [u8; 32])>> {
    let row = sqlx::query!(r#"select seq as "seq!", hash as "hash!" from audit.tail()"#)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| (row.seq, digest(&row.hash))))
}

/// Number and hash of the last event, without the lock.
pub async fn head(connection: &mut PgConnection) -> Result<Option<(i64, [u8; 32])>> {
    let row = sqlx::query!("select seq, hash from audit.event order by seq desc limit 1")
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| (row.seq, digest(&row.hash))))
}

/// Inserts the links in their order.
pub(super) async fn append(connection: &mut PgConnection, links: &[Link]) -> Result<()> {
    // Roles are passed as comma-separated text: `unnest` needs inner arrays of equal length. Role
    // codes contain no comma.
    if links
        .iter()
        .flat_map(|link| &link.actor_roles)
        .any(|role| role.is_empty() || role.contains(','))
    {
        return Err(Error::internal("an audit event has an invalid role code"));
    }
    sqlx::query!(
        r#"
        insert into audit.event (seq, office_id, at, on_date, actor_id, actor_kind, actor_roles, acting, action, object_ref, step, from_stage, to_stage,
            round, draft, detail, prev_hash, hash, mac)
        select seq, office_id, at, on_date, actor_id, actor_kind, string_to_array(roles, ','), acting, action, object_ref, step, from_stage, to_stage,
            round, draft, detail, prev_hash, hash, mac
        from unnest($1::bigint[], $2::uuid[], $3::timestamptz[], $4::date[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bytea[],
            $11::smallint[], $12::text[], $13::text[], $14::smallint[], $15::smallint[], $16::bytea[], $17::bytea[], $18::bytea[], $19::bytea[])
            as link (seq, office_id, at, on_date, actor_id, actor_kind, roles, acting, action, object_ref, step, from_stage, to_stage,
                round, draft, detail, prev_hash, hash, mac)
        order by seq
        "#,
        &column(links, |link| link.seq),
        &column(links, |link| link.office_id),
        &column(links, |link| link.at) as _,
        &column(links, |link| link.on_date),
        &column(links, |link| link.actor_id) as _,
        &column(links, |link| link.actor_kind.as_str()) as _,
        &column(links, |link| link.actor_roles.join(",")),
        &column(links, |link| link.acting.as_deref()) as _,
        &column(links, |link| link.action.as_str()) as _,
        &column(links, |link| link.object_ref.as_slice()) as _,
        &column(links, |link| link.step) as _,
        &column(links, |link| link.from_stage.as_deref()) as _,
        &column(links, |link| link.to_stage.as_deref()) as _,
        &column(links, |link| link.round),
        &column(links, |link| link.draft),
        &column(links, |link| link.detail.as_deref()) as _,
        &column(links, |link| link.prev_hash.as_slice()) as _,
        &column(links, |link| link.hash.as_slice()) as _,
        &column(links, |link| link.mac.as_slice()) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// One column of all links.
fn column<'a, T>(links: &'a [Link], of: impl Fn(&'a Link) -> T) -> Vec<T> {
    links.iter().map(of).collect()
}

/// Lists at most `limit` links after `seq`, oldest first.
pub(super) async fn list_after(
    connection: &mut PgConnection,
    seq: i64,
    limit: i64,
) -> Result<Vec<Link>> {
    let rows = sqlx::query!(
        r#"
        select seq, office_id, at, on_date, actor_id, actor_kind, actor_roles, acting, action, object_ref, step, from_stage, to_stage, round, draft,
            detail, prev_hash, hash, mac
        from audit.event
        where seq > $1
        order by seq
        limit $2
        "#,
        seq,
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| link!(row)).collect())
}

/// Filter of a list.
pub(super) struct EventFilter<'a> {
    pub(super) action: Option<&'a str>,
    pub(super) object: Option<&'a [u8]>,
    pub(super) from: Option<NaiveDate>,
    pub(super) to: Option<NaiveDate>,
}

/// Lists at most `limit` links of the office before `before`, newest first.
pub(super) async fn list(
    connection: &mut PgConnection,
    office: OfficeId,
    narrow: &EventFilter<'_>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Link>> {
    let rows = sqlx::query!(
        r#"
        select seq, office_id, at, on_date, actor_id, actor_kind, actor_roles, acting, action, object_ref, step, from_stage, to_stage, round, draft,
            detail, prev_hash, hash, mac
        from audit.event
        where office_id = $1
          and ($2::text is null or action = $2)
          and ($3::bytea is null or object_ref = $3)
          and ($4::date is null or on_date >= $4)
          and ($5::date is null or on_date <= $5)
          and seq < coalesce($6, 9223372036854775807)
        order by seq desc
        limit $7
        "#,
        office.0,
        narrow.action,
        narrow.object,
        narrow.from,
        narrow.to,
        before,
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| link!(row)).collect())
}

/// Lists at most `limit` events of the office that match `wanted`, newest first.
pub async fn list_alarm_events(
    connection: &mut PgConnection,
    office: OfficeId,
    wanted: AlarmFilter<'_>,
    limit: i64,
) -> Result<Vec<AlarmEvent>> {
    let rows = sqlx::query_as!(
        AlarmEvent,
        r#"
        select seq, action, on_date as "on", object_ref as object
        from audit.event
        where office_id = $1
          and action = any ($2)
          and object_ref <> all ($3)
          and seq < coalesce($4, 9223372036854775807)
        order by seq desc
        limit $5
        "#,
        office.0,
        wanted.actions,
        wanted.except,
        wanted.before,
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}

/// One event of the trail, reduced to number, action, day and object.
#[derive(Debug, Clone)]
pub struct AlarmEvent {
    /// Number in the trail.
    pub seq: i64,
    /// Code of the action.
    pub action: String,
    /// The day (WIB).
    pub on: NaiveDate,
    /// HMAC of the object.
    pub object: Vec<u8>,
}

/// Filter for alarm events.
#[derive(Debug, Clone, Copy)]
pub struct AlarmFilter<'a> {
    /// Codes of the actions to include.
    pub actions: &'a [String],
    /// HMACs of the objects to exclude.
    pub except: &'a [Vec<u8>],
    /// Only events with a lower number.
    pub before: Option<i64>,
}
