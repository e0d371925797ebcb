//! The one connection of a process that listens to the database, and turns what it hears into hints. When it breaks, the supervisor
//! has it listen again, and every stream looks: the table has what was missed.

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

/// Channels that the triggers on `event` and `session` notify.
const EVENT: &str = "desk_event";
const SESSION: &str = "desk_session";
/// How often one looks without having heard anything.
const PATIENCE: Duration = Duration::from_secs(20);
/// How soon one looks again while a transaction is still open.
const SOON: Duration = Duration::from_millis(50);
/// How long one waits for the database.
const GONE: Duration = Duration::from_secs(5);
/// Events looked at in one go.
const BATCH: i64 = 500;

/// It looks at least every 20 s.
pub const LIMITS: Limits = Limits {
    stale_after: Duration::from_mins(1),
    grace: Duration::ZERO,
};

/// Listens until the connection breaks; then every stream looks by itself. The supervisor has it listen again.
///
/// # Errors
/// When the connection breaks.
pub async fn listen(
    options: PgConnectOptions,
    hub: EventBroadcaster,
    heartbeat: Heartbeat,
) -> Result<(), Failure> {
    let outcome = stay(options, &hub, &heartbeat).await;
    hub.hint(Hint::Anything);
    Ok(outcome?)
}

/// Listens until the connection breaks.
async fn stay(
    options: PgConnectOptions,
    hub: &EventBroadcaster,
    heartbeat: &Heartbeat,
) -> Result<()> {
    let database = Database::new(options.clone(), 1);
    let connecting = PgPoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(GONE);
    let pool = connecting.connect_lazy_with(options);
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen_all([EVENT, SESSION]).await?;
    let (healed, horizon) = database
        .read(async |c| Ok((store::heal(c).await?, store::horizon(c).await?)))
        .await?;
    if healed > 0 {
        tracing::warn!(
            healed,
            "events of another server were put before all others: a dump was restored"
        );
    }
    // Up to where the events have been hinted at.
    let mut at = (horizon, 0);
    heartbeat.beat();
    hub.hint(Hint::Anything);
    let mut wait = PATIENCE;
    loop {
        match timeout(wait, listener.try_recv()).await {
            Ok(Ok(Some(heard))) => hear(&heard, hub),
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(error)) => return Err(error.into()),
            Err(_) => {}
        }
        while let Some(heard) = listener.next_buffered() {
            hear(&heard, hub);
        }
        // On a lost network it would wait for ever.
        let looked = timeout(GONE, look(&database, hub, &mut at)).await;
        wait = if looked.unwrap_or_else(|_| Err(Error::new(Code::Busy)))? {
            SOON
        } else {
            PATIENCE
        };
        heartbeat.beat();
    }
}

fn hear(heard: &PgNotification, hub: &EventBroadcaster) {
    if heard.channel() == SESSION
        && let Ok(session) = heard.payload().parse()
    {
        hub.hint(Hint::SessionEnded(SessionId(session)));
    }
}

/// Hints at what is new. Gives whether to look again soon.
async fn look(database: &Database, hub: &EventBroadcaster, at: &mut (u64, i64)) -> Result<bool> {
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
