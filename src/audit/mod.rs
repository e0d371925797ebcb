//! The audit trail of whistle-blowing: the acts and their authors in one hash-chained, append-only
//! table whose end is written outside the database once a day. The trail contains no case: the
//! object of an event is an HMAC, and a reporter's act has a day and no time.

mod anchor;
mod auditor;
mod chain;
mod event;
pub(crate) mod http;
mod key;
mod store;
mod verify;
mod views;

use sqlx::PgConnection;

pub use self::anchor::{ANCHORS, Anchor, read_anchors, write_anchor};
pub use self::chain::Breach;
pub use self::event::{Event, StaffMember, UnchainedEvent};
pub use self::key::AuditKey;
pub use self::store::{AlarmEvent, AlarmFilter, head, list_alarm_events};
pub use self::verify::{Verification, verify};
pub(crate) use self::views::ActorKind;
use crate::error::Result;

/// Appends `events` to the chain in their order, within the caller's transaction. Locks the chain
/// until the commit, so call it last.
pub async fn append(
    connection: &mut PgConnection,
    key: &AuditKey,
    events: &[Event<'_>],
) -> Result<()> {
    let events = events.iter().map(|event| event.unchained(key));
    append_unchained(connection, key, events).await
}

/// The same, of events that were made before work that needs no lock on the chain.
pub(crate) async fn append_unchained(
    connection: &mut PgConnection,
    key: &AuditKey,
    events: impl IntoIterator<Item = UnchainedEvent>,
) -> Result<()> {
    let mut links: Vec<_> = events.into_iter().map(|event| event.0).collect();
    if links.is_empty() {
        return Ok(());
    }
    let (mut seq, mut hash) = store::lock_tail(connection)
        .await?
        .unwrap_or(chain::GENESIS);
    for link in &mut links {
        link.append_to(key, seq, &hash);
        (seq, hash) = (link.seq, link.hash);
    }
    store::append(connection, &links).await
}
