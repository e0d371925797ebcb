//! One event stream: sends the events that the reader may see, from the last position on, until the
//! session or the service ends.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{Stream, unfold};
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep_until};

use super::broadcaster::{EventBroadcaster, Hint, StreamPermit};
use super::frame::{self, Envelope};
use super::position::{EventCursorKey, Position};
use super::store;
use crate::clock::Clock;
use crate::complaint::read_transaction::set_context;
use crate::complaint::services::ComplaintServices;
use crate::database::{Database, Planning};
use crate::error::Result;
use crate::identity::{SignedIn, session};
use crate::sop::gate::Principal;

/// The interval at which an idle stream sends a comment and checks its session.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// The number of events read at a time, and so held in memory per stream.
const BATCH: i64 = 100;

/// The services of a stream.
pub(super) struct StreamSource {
    pub(super) database: Database,
    pub(super) services: ComplaintServices,
    pub(super) clock: Clock,
    pub(super) cursor_key: EventCursorKey,
}

/// The state of a running stream.
struct StreamState {
    source: StreamSource,
    user: SignedIn,
    at: Position,
    frames: VecDeque<Bytes>,
    hints: broadcast::Receiver<Hint>,
    open: watch::Receiver<bool>,
    over: bool,
    due: Instant,
    _seat: StreamPermit,
}

/// Opens the stream of `user`, from `after` on, or from now.
///
/// # Errors
/// `too_many_requests` or `busy` over the limit of streams.
pub(super) async fn open_stream(
    source: StreamSource,
    hub: &EventBroadcaster,
    user: SignedIn,
    after: Option<&str>,
) -> Result<impl Stream<Item = std::result::Result<Bytes, std::io::Error>> + use<>> {
    let (seat, hints, open) = (
        hub.acquire_stream(user.user).await?,
        hub.hints(),
        hub.watch(),
    );
    let now = source.clock.now();
    let given = after
        .and_then(|text| source.cursor_key.decode(text))
        .filter(|position| !position.is_too_old(now));
    let (horizon, ours) = source
        .database
        .read(async |c| {
            let ours = match given {
                Some(position) => store::is_local_xid(c, position.xid).await?,
                None => false,
            };
            Ok((store::horizon(c).await?, ours))
        })
        .await?;
    let present = Position {
        xid: horizon,
        seq: 0,
        at: now.timestamp(),
    };
    let at = given.filter(|_| ours).unwrap_or(present);
    let mut frames = VecDeque::from([frame::opening_frame(&source.cursor_key.encode(at))]);
    if after.is_some() && !(given.is_some() && ours) {
        frames.push_back(frame::reset(&source.cursor_key.encode(present)));
    }
    let mut reader = StreamState {
        source,
        user,
        at,
        frames,
        hints,
        open,
        over: false,
        due: Instant::now(),
        _seat: seat,
    };
    reader.read_new_events().await?;
    reader.due = Instant::now() + KEEP_ALIVE;
    Ok(unfold(reader, |mut reader| async move {
        reader.next().await.map(|frame| (Ok(frame), reader))
    }))
}

impl StreamState {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(frame) = self.frames.pop_front() {
                return Some(frame);
            }
            if self.over {
                return None;
            }
            if !*self.open.borrow_and_update() {
                // Events committed before the stop are still sent; a reconnecting client finds the
                // rest.
                self.poll(|_| ()).await;
                self.end("the service is stopping; come back");
                continue;
            }
            self.wait().await;
        }
    }

    async fn wait(&mut self) {
        tokio::select! {
            changed = self.open.changed() => if changed.is_err() { self.end("the service has stopped") },
            () = sleep_until(self.due) => {
                self.due = Instant::now() + KEEP_ALIVE;
                self.poll(|reader| reader.frames.push_back(frame::keep_alive(&reader.source.cursor_key.encode(reader.at)))).await;
            }
            hint = self.hints.recv() => match hint {
                Ok(Hint::SessionEnded(session)) if session == self.user.session => self.end("the session has ended"),
                Ok(Hint::Probe(user)) if user.is_none_or(|user| user == self.user.user) => self.frames.push_back(frame::probe()),
                Ok(Hint::SessionEnded(_) | Hint::Probe(_)) => {}
                Ok(Hint::Events(audiences)) if !audiences.iter().any(|one| one.may_include(&self.user)) => {}
                Ok(Hint::Events(_) | Hint::Anything) | Err(broadcast::error::RecvError::Lagged(_)) => self.poll(|_| ()).await,
                Err(broadcast::error::RecvError::Closed) => self.end("the service has stopped"),
            },
        }
    }

    /// Reads new events, and calls `idly` when there are none. A database error does not end the
    /// stream: the next read finds what was missed.
    async fn poll(&mut self, idly: impl FnOnce(&mut Self)) {
        let before = self.frames.len();
        match self.read_new_events().await {
            Ok(()) if self.frames.len() == before && !self.over => idly(self),
            Ok(()) => {}
            Err(error) => tracing::debug!(%error, "a stream could not look"),
        }
    }

    /// Reads the new events, with the reader's current session and roles.
    async fn read_new_events(&mut self) -> Result<()> {
        let now = self.source.clock.now();
        let (at, user, services) = (self.at, &self.user, &self.source.services);
        let mut transaction = self.source.database.begin_read(Planning::Usual).await?;
        let Some(user) = session::reload(&mut transaction, user, now).await? else {
            transaction.commit().await?;
            self.end("the session has ended");
            return Ok(());
        };
        set_context(&mut transaction, Principal::User(&user), services).await?;
        let tag = services.keys.person_tag(user.user);
        let horizon = store::horizon(&mut transaction).await?;
        let seen = store::visible_events(&mut transaction, &user, &tag, at, horizon, BATCH).await?;
        transaction.commit().await?;
        self.user = user;
        let more = i64::try_from(seen.len()).is_ok_and(|count| count == BATCH);
        for one in &seen {
            self.frames.push_back(frame::event(
                &self.source.cursor_key.encode(one.position),
                &Envelope {
                    r#type: &one.kind,
                    timestamp: one.at,
                    data: &one.data,
                },
            ));
        }
        match seen.last() {
            Some(last) if more => {
                self.at = last.position;
                self.due = Instant::now();
            }
            // All events before the horizon were checked, visible to this reader or not.
            Some(_) | None if horizon > at.xid => {
                self.at = Position {
                    xid: horizon,
                    seq: 0,
                    at: now.timestamp(),
                }
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    fn end(&mut self, why: &str) {
        self.over = true;
        self.frames.push_back(frame::closing_comment(why));
    }
}
