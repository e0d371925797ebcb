//! The one connection of a process that listens to the database, and turns what it hears into hints. When it breaks it comes back, and everybody looks: the
//! table has what was missed.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgNotification, PgPoolOptions};
use tokio::time::{sleep, timeout};

use super::hub::{Hint, Hub};
use super::store;
use crate::database::Database;
use crate::error::Result;
use crate::ids::SessionId;

/// What the triggers call (migration 0010).
const EVENT: &str = "desk_event";
const SESSION: &str = "desk_session";
/// How often one looks without having heard anything.
const PATIENCE: Duration = Duration::from_secs(20);
/// How soon one looks again while a transaction is still open.
const SOON: Duration = Duration::from_millis(50);
/// How long one waits for a database that is gone.
const GONE: Duration = Duration::from_secs(1);
/// Events looked at in one go.
const BATCH: i64 = 500;

/// Listens until the task is dropped.
pub async fn listen(options: PgConnectOptions, hub: Hub) {
    let database = Database::new(options.clone(), 1);
    let pool = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None).connect_lazy_with(options);
    let mut at = None;
    loop {
        if let Err(error) = stay(&pool, &database, &hub, &mut at).await {
            tracing::warn!(%error, "the database does not call out; streams look by themselves until it does");
        }
        hub.hint(Hint::Anything);
        sleep(GONE).await;
    }
}

/// Listens until the connection breaks. `at` is up to where the events have been hinted at.
async fn stay(pool: &sqlx::PgPool, database: &Database, hub: &Hub, at: &mut Option<(u64, i64)>) -> Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen_all([EVENT, SESSION]).await?;
    if at.is_none() {
        let (healed, horizon) = database.read(async |c| Ok((store::heal(c).await?, store::horizon(c).await?))).await?;
        if healed > 0 {
            tracing::warn!(healed, "events of another server were put before all others: a dump was restored");
        }
        *at = Some((horizon, 0));
    }
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
        wait = if look(database, hub, at).await? { SOON } else { PATIENCE };
    }
}

fn hear(heard: &PgNotification, hub: &Hub) {
    if heard.channel() == SESSION
        && let Ok(session) = heard.payload().parse()
    {
        hub.hint(Hint::SessionEnded(SessionId(session)));
    }
}

/// Hints at what is new. Gives whether to look again soon.
async fn look(database: &Database, hub: &Hub, at: &mut Option<(u64, i64)>) -> Result<bool> {
    loop {
        let (found, pending) = database.read(async |c| store::audiences(c, at.unwrap_or_default(), BATCH).await).await?;
        let Some((last, _)) = found.last() else { return Ok(pending) };
        *at = Some(*last);
        hub.hint(Hint::Events(Arc::new(found.into_iter().map(|(_, audience)| audience).collect())));
    }
}
