//! Sign-ins in memory, so that a read costs one statement. A revocation takes effect at once all the
//! same:
//!
//! - a change by this process is a transaction of this process: a sign-in that was loaded before any
//!   transaction of this process began is not used;
//! - a change by another process notifies `desk_sign_in`, and the listener of this process forgets
//!   all sign-ins. It pings the server on the listening connection, which delivers what was notified
//!   before. For `LEASE` after the start of a ping sign-ins may be used, so a change elsewhere takes
//!   effect after at most that time. Without the listener, or when the server is slow to answer it,
//!   the database is asked.
//!
//! Writes always ask the database.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use quick_cache::sync::Cache;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::store::sessions::{self, StoredSignIn};
use super::token::Claims;
use crate::database::begun_if_none_is_open;
use crate::ids::SessionId;
use crate::supervisor::{Failure, Heartbeat, Limits};

/// The channel that the triggers of sessions, accounts, roles, appointments and second factors
/// notify.
const CHANNEL: &str = "desk_sign_in";
/// How long after the start of a ping sign-ins may be used.
const LEASE: Duration = Duration::from_millis(100);
/// The interval of pings while requests ask for sign-ins.
const PING_INTERVAL: Duration = Duration::from_millis(25);
/// The interval of pings while no request does.
const IDLE_PING_INTERVAL: Duration = Duration::from_secs(20);
/// The time limit of a ping.
const PING_TIMEOUT: Duration = Duration::from_secs(5);
/// The most sign-ins in memory; beyond them, those that are used least make room.
const CAPACITY: usize = 8192;

/// The listener beats at least every 20 s.
pub const LIMITS: Limits = Limits {
    stale_after: Duration::from_mins(1),
    grace: Duration::ZERO,
};

/// The sign-ins in memory of a process. Cheap to clone; clones share their state.
#[derive(Debug, Clone)]
pub struct SignInCache(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sign_ins: Cache<SessionId, Entry>,
    /// Counts the notifications of changes.
    changes: AtomicU64,
    /// The end of the lease.
    until: RwLock<Option<Instant>>,
    /// True if a request has asked since the last ping.
    asked: AtomicBool,
    wake: Notify,
}

#[derive(Debug, Clone)]
struct Entry {
    stored: StoredSignIn,
    day: NaiveDate,
    state: State,
}

/// The state of the cache before a sign-in was loaded: the notifications received, and the
/// transactions begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    changes: u64,
    begun: u64,
}

impl Default for SignInCache {
    fn default() -> Self {
        Self(Arc::new(Inner {
            sign_ins: Cache::new(CAPACITY),
            changes: AtomicU64::new(0),
            until: RwLock::new(None),
            asked: AtomicBool::new(false),
            wake: Notify::new(),
        }))
    }
}

impl SignInCache {
    /// The present state, for `insert`; none while a transaction of this process is open. Called
    /// before the sign-in is loaded.
    pub(crate) fn state(&self) -> Option<State> {
        Some(State {
            changes: self.0.changes.load(Ordering::SeqCst),
            begun: begun_if_none_is_open()?,
        })
    }

    /// The sign-in of `claims` with the roles of `day`, if nothing may have changed since it was
    /// loaded.
    pub(crate) fn get(&self, claims: &Claims, day: NaiveDate) -> Option<StoredSignIn> {
        if !self.0.asked.swap(true, Ordering::Relaxed) {
            self.0.wake.notify_one();
        }
        // The lease first: a notification that ends it later does not matter to this request.
        let until = *self.0.until.read().unwrap_or_else(PoisonError::into_inner);
        until.filter(|until| Instant::now() < *until)?;
        let entry = self.0.sign_ins.get(&claims.sid)?;
        let is_current = Some(entry.state) == self.state()
            && entry.day == day
            && entry.stored.user() == claims.sub;
        is_current.then_some(entry.stored)
    }

    /// Keeps a sign-in that was loaded after `state` was taken.
    pub(crate) fn insert(
        &self,
        session: SessionId,
        stored: StoredSignIn,
        day: NaiveDate,
        state: State,
    ) {
        self.0
            .sign_ins
            .insert(session, Entry { stored, day, state });
    }

    /// Listens until the connection breaks. The supervisor restarts the listener.
    pub async fn listen(
        self,
        options: PgConnectOptions,
        heartbeat: Heartbeat,
    ) -> Result<(), Failure> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(PING_TIMEOUT)
            .connect_lazy_with(options);
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        // Changes before this moment were not heard.
        self.forget_all();
        loop {
            let start = Instant::now();
            timeout(PING_TIMEOUT, sessions::ping(&mut listener)).await??;
            while listener.next_buffered().is_some() {
                self.forget_all();
            }
            *self.0.until.write().unwrap_or_else(PoisonError::into_inner) = Some(start + LEASE);
            heartbeat.beat();
            let wait = if self.0.asked.swap(false, Ordering::Relaxed) {
                PING_INTERVAL
            } else {
                IDLE_PING_INTERVAL
            };
            let is_idle = wait == IDLE_PING_INTERVAL;
            tokio::select! {
                () = self.0.wake.notified(), if is_idle => {}
                heard = timeout(wait, listener.try_recv()) => match heard {
                    Ok(Ok(Some(_))) => self.forget_all(),
                    Ok(Ok(None)) => return Ok(()),
                    Ok(Err(error)) => return Err(error.into()),
                    Err(_) => {}
                },
            }
        }
    }

    fn forget_all(&self) {
        self.0.changes.fetch_add(1, Ordering::SeqCst);
    }
}
