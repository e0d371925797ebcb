//! The audit trail of whistle-blowing: who did what, in one hash-chained, append-only table whose end is written down outside the database now and then.
//! It knows no case: what an event is about is an HMAC, and what a reporter did has a day and no time.

mod actor;
mod alarm_event;
mod anchor;
mod auditor;
mod breach;
mod chain;
mod event;
pub mod http;
mod key;
mod store;
mod verify;
mod views;

use sqlx::PgConnection;

pub use self::actor::Actor;
pub use self::alarm_event::{Sighting, Wanted};
pub use self::anchor::{Anchor, drop_anchor, read_anchors};
pub use self::breach::Breach;
pub use self::event::Event;
pub use self::key::AuditKey;
pub use self::verify::{Verdict, verify};
use crate::error::Result;
use crate::ids::OfficeId;

/// Appends `events` to the chain, in their order, within the caller's transaction. It takes the lock of the chain until the commit, so do it last.
///
/// # Errors
/// When the server refuses, or others held the lock for too long.
pub async fn append(
    connection: &mut PgConnection,
    key: &AuditKey,
    events: &[Event<'_>],
) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    // All that needs no lock is done before it is taken.
    let mut links: Vec<_> = events.iter().map(|event| event.unlinked(key)).collect();
    let (mut seq, mut hash) = store::tail(connection).await?.unwrap_or(chain::BEGINNING);
    for link in &mut links {
        link.join(key, seq, &hash);
        (seq, hash) = (link.seq, link.hash);
    }
    store::add(connection, &links).await
}

/// The end of the chain: its last number and hash; nothing while it is empty.
///
/// # Errors
/// When the server refuses.
pub async fn head(connection: &mut PgConnection) -> Result<Option<(i64, [u8; 32])>> {
    store::head(connection).await
}

/// At most `limit` events of an office that are `wanted`, the newest first.
///
/// # Errors
/// When the server refuses.
pub async fn sightings(
    connection: &mut PgConnection,
    office: OfficeId,
    wanted: Wanted<'_>,
    limit: i64,
) -> Result<Vec<Sighting>> {
    store::sightings(connection, office, wanted, limit).await
}
