//! The one connection of a process that listens to the database, and turns new events and the end
//! of sessions into hints. When it breaks, the supervisor restarts the listener, and every stream
//! reads the event table, which has what was missed.
//!
//! Events are looked for while there are streams, and not notified: PostgreSQL commits transactions
//! that notify one after the other, each until it is on the disk.

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

/// The channel that the trigger on `session` notifies.
const SESSION: &str = "desk_session";
/// The poll interval while there are streams.
const POLL_INTERVAL: Duration = Duration::from_millis(50);
/// The poll interval without streams.
const IDLE_POLL_INTERVAL: Duration = Duration::from_secs(20);
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
    listener.listen(SESSION).await?;
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
    loop {
        let has_streams = hub.has_streams();
        let wait = if has_streams {
            POLL_INTERVAL
        } else {
            IDLE_POLL_INTERVAL
        };
        tokio::select! {
            // The stream that subscribed reads by itself; its subscription ends the long wait.
            () = hub.subscribed(), if !has_streams => {}
            heard = timeout(wait, listener.try_recv()) => match heard {
                Ok(Ok(Some(heard))) => handle_notification(&heard, hub),
                Ok(Ok(None)) => return Ok(()),
                Ok(Err(error)) => return Err(error.into()),
                Err(_) => {}
            },
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
        looked.unwrap_or_else(|_| Err(Error::new(Code::Busy)))?;
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

/// Sends hints for new events.
async fn publish_new_events(
    database: &Database,
    hub: &EventBroadcaster,
    at: &mut (u64, i64),
) -> Result<()> {
    loop {
        let found = database
            .read(async |c| store::audiences(c, *at, BATCH).await)
            .await?;
        let Some((last, _)) = found.last() else {
            return Ok(());
        };
        *at = *last;
        hub.hint(Hint::Events(Arc::new(
            found.into_iter().map(|(_, audience)| audience).collect(),
        )));
    }
}
