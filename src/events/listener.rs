//! The one connection of a process that listens to the database, and turns notifications into
//! hints. When it breaks, the supervisor restarts the listener, and every stream reads the event
//! table, which has what was missed.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgNotification, PgPoolOptions};
use tokio::time::timeout;

use super::broadcaster::{EventBroadcaster, Hint};
use super::store;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::ids::SessionId;
use crate::supervisor::{Failure, Heartbeat, Limits};

/// The channels that the triggers on `event` and `session` notify.
const EVENT: &str = "desk_event";
const SESSION: &str = "desk_session";
/// The poll interval without notifications.
const POLL_INTERVAL: Duration = Duration::from_secs(20);
/// The poll interval while a transaction with events is still open.
const PENDING_POLL_INTERVAL: Duration = Duration::from_millis(50);
/// The timeout of database operations.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(5);
/// The number of events read at a time.
const BATCH: i64 = 500;

/// The listener beats at least every 20 s.
pub const LIMITS: Limits = Limits {
    stale_after: Duration::from_mins(1),
    grace: Duration::ZERO,
};

/// Listens until the connection breaks, then hints all streams to read. The supervisor restarts the
/// listener.
pub async fn listen(
    options: PgConnectOptions,
    hub: EventBroadcaster,
    heartbeat: Heartbeat,
) -> Result<(), Failure> {
    let outcome = listen_until_disconnect(options, &hub, &heartbeat).await;
    hub.hint(Hint::Anything);
    Ok(outcome?)
}

/// Listens until the connection breaks.
async fn listen_until_disconnect(
    options: PgConnectOptions,
    hub: &EventBroadcaster,
    heartbeat: &Heartbeat,
) -> Result<()> {
    let database = Database::new(options.clone(), 1);
    let connecting = PgPoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(DATABASE_TIMEOUT);
    let pool = connecting.connect_lazy_with(options);
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen_all([EVENT, SESSION]).await?;
    let (healed, horizon) = database
        .read(async |c| {
            Ok((
                store::reset_foreign_xids(c).await?,
                store::horizon(c).await?,
            ))
        })
        .await?;
    if healed > 0 {
        tracing::warn!(
            healed,
            "events of another server were put before all others: a dump was restored"
        );
    }
    // The position up to which hints were sent.
    let mut at = (horizon, 0);
    heartbeat.beat();
    hub.hint(Hint::Anything);
    let mut wait = POLL_INTERVAL;
    loop {
        match timeout(wait, listener.try_recv()).await {
            Ok(Ok(Some(heard))) => handle_notification(&heard, hub),
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(error)) => return Err(error.into()),
            Err(_) => {}
        }
        while let Some(heard) = listener.next_buffered() {
            handle_notification(&heard, hub);
        }
        // Without the timeout a lost network would block the listener for ever.
        let looked = timeout(
            DATABASE_TIMEOUT,
            publish_new_events(&database, hub, &mut at),
        )
        .await;
        wait = if looked.unwrap_or_else(|_| Err(Error::new(Code::Busy)))? {
            PENDING_POLL_INTERVAL
        } else {
            POLL_INTERVAL
        };
        heartbeat.beat();
    }
}

fn handle_notification(heard: &PgNotification, hub: &EventBroadcaster) {
    if heard.channel() == SESSION
        && let Ok(session) = heard.payload().parse()
    {
        hub.hint(Hint::SessionEnded(SessionId(session)));
    }
}

/// Sends hints for new events. Returns true if more are pending.
async fn publish_new_events(
    database: &Database,
    hub: &EventBroadcaster,
    at: &mut (u64, i64),
) -> Result<bool> {
    loop {
        let (found, pending) = database
            .read(async |c| store::audiences(c, *at, BATCH).await)
            .await?;
        let Some((last, _)) = found.last() else {
            return Ok(pending);
        };
        *at = *last;
        hub.hint(Hint::Events(Arc::new(
            found.into_iter().map(|(_, audience)| audience).collect(),
        )));
    }
}
