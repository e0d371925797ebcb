//! The SQL of the audit trail: it adds and reads, and has no statement that changes.

use chrono::NaiveDate;
use sqlx::PgConnection;

use super::alarm_event::{Sighting, Wanted};
use super::chain::Link;
use crate::error::{Error, Result};
use crate::ids::OfficeId;

/// A row as the table gives it.
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

/// What has another length was not written by us; all zeros then, which is no hash of anything.
fn digest(bytes: &[u8]) -> [u8; 32] {
    bytes.try_into().unwrap_or_default()
}

/// Takes the place at the end of the chain until the transaction ends. Gives number and hash of the last event.
pub(super) async fn tail(connection: &mut PgConnection) -> Result<Option<(i64, [u8; 32])>> {
    let row = sqlx::query!(r#"select seq as "seq!", hash as "hash!" from audit.tail()"#)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| (row.seq, digest(&row.hash))))
}

/// Number and hash of the last event, without the lock.
pub(super) async fn head(connection: &mut PgConnection) -> Result<Option<(i64, [u8; 32])>> {
    let row = sqlx::query!("select seq, hash from audit.event order by seq desc limit 1")
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| (row.seq, digest(&row.hash))))
}

/// Adds the links, in their order.
pub(super) async fn add(connection: &mut PgConnection, links: &[Link]) -> Result<()> {
    // Rows of arrays cannot be handed over as one array of arrays of different lengths; role codes are words.
    if links
        .iter()
        .flat_map(|link| &link.actor_roles)
        .any(|role| role.is_empty() || role.contains(','))
    {
        return Err(Error::internal("a role of an audit event is no code"));
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
        &each(links, |link| link.seq),
        &each(links, |link| link.office_id),
        &each(links, |link| link.at) as _,
        &each(links, |link| link.on_date),
        &each(links, |link| link.actor_id) as _,
        &each(links, |link| link.actor_kind.as_str()) as _,
        &each(links, |link| link.actor_roles.join(",")),
        &each(links, |link| link.acting.as_deref()) as _,
        &each(links, |link| link.action.as_str()) as _,
        &each(links, |link| link.object_ref.as_slice()) as _,
        &each(links, |link| link.step) as _,
        &each(links, |link| link.from_stage.as_deref()) as _,
        &each(links, |link| link.to_stage.as_deref()) as _,
        &each(links, |link| link.round),
        &each(links, |link| link.draft),
        &each(links, |link| link.detail.as_deref()) as _,
        &each(links, |link| link.prev_hash.as_slice()) as _,
        &each(links, |link| link.hash.as_slice()) as _,
        &each(links, |link| link.mac.as_slice()) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// One field of all.
fn each<'a, T>(links: &'a [Link], of: impl Fn(&'a Link) -> T) -> Vec<T> {
    links.iter().map(of).collect()
}

/// At most `limit` links after `seq`, the oldest first.
pub(super) async fn page(connection: &mut PgConnection, seq: i64, limit: i64) -> Result<Vec<Link>> {
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

/// What a list is narrowed to.
pub(super) struct Narrow<'a> {
    pub(super) action: Option<&'a str>,
    pub(super) object: Option<&'a [u8]>,
    pub(super) from: Option<NaiveDate>,
    pub(super) to: Option<NaiveDate>,
}

/// At most `limit` links of the office before `before`, the newest first.
pub(super) async fn list(
    connection: &mut PgConnection,
    office: OfficeId,
    narrow: &Narrow<'_>,
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

/// At most `limit` events of an office of some kinds and not about some objects, the newest first.
pub(super) async fn sightings(
    connection: &mut PgConnection,
    office: OfficeId,
    wanted: Wanted<'_>,
    limit: i64,
) -> Result<Vec<Sighting>> {
    let rows = sqlx::query_as!(
        Sighting,
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
        wanted.but,
        wanted.before,
        limit,
    );
    Ok(rows.fetch_all(connection).await?)
}
