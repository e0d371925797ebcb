//! The SQL of events. Events are read in the order (xid, seq), up to the oldest open transaction,
//! so that an event committed later is never skipped.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::broadcaster::Audience;
use super::position::Position;
use crate::error::{Error, Result};
use crate::identity::SignedIn;
use crate::ids::{CustomerId, OfficeId, UserId};
use crate::sop::role::Roles;

/// An event visible to one reader.
#[derive(Debug)]
pub(super) struct VisibleEvent {
    /// The position.
    pub(super) position: Position,
    /// The kind.
    pub(super) kind: String,
    /// When it happened.
    pub(super) at: DateTime<Utc>,
    /// The data of the event.
    pub(super) data: serde_json::Value,
}

fn parse_xid(xid: &str) -> Result<u64> {
    xid.parse().map_err(Error::internal)
}

/// The oldest open transaction: all before it are committed or rolled back.
pub(super) async fn horizon(connection: &mut PgConnection) -> Result<u64> {
    let xid =
        sqlx::query_scalar!(r#"select pg_snapshot_xmin(pg_current_snapshot())::text as "xid!""#)
            .fetch_one(connection)
            .await?;
    parse_xid(&xid)
}

/// Lists at most `limit` events after `after` and before `horizon` that `reader` may see: events of
/// applications by the general visibility rule, and the reader's own notifications, which row-level
/// security hides where the reader may not know of a complaint. `tag` is the recipient tag in
/// notifications of complaints.
pub(super) async fn visible_events(
    connection: &mut PgConnection,
    reader: &SignedIn,
    tag: &[u8],
    after: Position,
    horizon: u64,
    limit: i64,
) -> Result<Vec<VisibleEvent>> {
    let rows = sqlx::query!(
        r#"
        select e.xid::text as "xid!", e.seq, e.kind, e.at,
               coalesce(e.data, jsonb_build_object('notification', n.id, 'kind', n.kind)) as "data!"
        from event e
        left join application a on a.id = e.application_id
        left join notification n on n.id = e.notification_id
        where (e.xid, e.seq) > ($1::text::xid8, $2)
          and e.xid < $3::text::xid8
          and e.office_id = $4
          and case
                when e.application_id is not null then may_see(a, $4, $5, $6)
                else n.user_id = $7 or n.person_tag = $8
              end
        order by e.xid, e.seq
        limit $9
        "#,
        after.xid.to_string(),
        after.seq,
        horizon.to_string(),
        reader.office.0,
        reader.customer.map(|customer| customer.0),
        &reader.roles.codes(),
        reader.user.0,
        tag,
        limit,
    );
    let seen = rows.fetch_all(connection).await?.into_iter().map(|row| {
        let position = Position {
            xid: parse_xid(&row.xid)?,
            seq: row.seq,
            at: row.at.timestamp(),
        };
        Ok(VisibleEvent {
            position,
            kind: row.kind,
            at: row.at,
            data: row.data,
        })
    });
    seen.collect()
}

/// The audiences of the events after `after` and before the oldest open transaction, each with its
/// position.
pub(super) async fn audiences(
    connection: &mut PgConnection,
    after: (u64, i64),
    limit: i64,
) -> Result<Vec<((u64, i64), Audience)>> {
    let rows = sqlx::query!(
        r#"
        select e.xid::text as "xid!", e.seq, e.office_id, e.notification_id is not null as "notifies!",
               a.customer_id as "customer_id?", a.visible_to as "visible_to?", n.user_id
        from event e
        left join application a on a.id = e.application_id
        left join notification n on n.id = e.notification_id
        where (e.xid, e.seq) > ($1::text::xid8, $2)
          and e.xid < pg_snapshot_xmin(pg_current_snapshot())
        order by e.xid, e.seq
        limit $3
        "#,
        after.0.to_string(),
        after.1,
        limit,
    );
    let found = rows.fetch_all(connection).await?.into_iter().map(|row| {
        let audience = Audience {
            office: OfficeId(row.office_id),
            customer: row.customer_id.map(CustomerId),
            roles: Roles::from_codes(row.visible_to.iter().flatten().map(String::as_str)),
            unnamed: row.notifies && row.user_id.is_none(),
            user: row.user_id.map(UserId),
        };
        Ok(((parse_xid(&row.xid)?, row.seq), audience))
    });
    found.collect()
}

/// Moves events from a restored dump before all others, because their transaction numbers are
/// another server's. Returns their number.
pub(super) async fn reset_foreign_xids(connection: &mut PgConnection) -> Result<u64> {
    // A visible row was committed before this snapshot, so a number at or beyond its end was not
    // assigned by this server.
    let healed = sqlx::query!(
        "update event set xid = '3' where xid >= pg_snapshot_xmax(pg_current_snapshot())"
    )
    .execute(connection)
    .await?;
    Ok(healed.rows_affected())
}

/// True if `xid` was assigned by this server.
pub(super) async fn is_local_xid(connection: &mut PgConnection, xid: u64) -> Result<bool> {
    let ours = sqlx::query_scalar!(
        r#"select $1::text::xid8 <= pg_snapshot_xmax(pg_current_snapshot()) as "ours!""#,
        xid.to_string()
    );
    Ok(ours.fetch_one(connection).await?)
}

/// Deletes events older than `events` and notifications older than `notifications`.
pub(super) async fn delete_expired(
    connection: &mut PgConnection,
    events: DateTime<Utc>,
    notifications: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!("delete from event where at < $1", events)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("delete from notification where at < $1", notifications)
        .execute(connection)
        .await?;
    Ok(())
}
