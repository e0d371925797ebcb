//! One stream: what its reader may see, from where they left off, then as it comes, until their session or the service ends.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{Stream, unfold};
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep_until};

use super::broadcaster::{EventBroadcaster, Hint, Seat};
use super::frame::{self, Envelope};
use super::position::{EventCursorKey, Position};
use super::store;
use crate::casework::workflow::Asking;
use crate::clock::Clock;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::viewer::Viewer;
use crate::database::Database;
use crate::error::Result;
use crate::identity::{SignedIn, session};

/// How often a silent stream says that it is there, and asks whether its session still runs.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Events read in one go, and so kept in memory for one stream.
const BATCH: i64 = 100;

/// What a stream reads with.
pub(super) struct Source {
    pub(super) database: Database,
    pub(super) services: ComplaintServices,
    pub(super) clock: Clock,
    pub(super) bookmarks: EventCursorKey,
}

/// A stream under way.
struct Reader {
    source: Source,
    who: SignedIn,
    at: Position,
    frames: VecDeque<Bytes>,
    hints: broadcast::Receiver<Hint>,
    open: watch::Receiver<bool>,
    over: bool,
    due: Instant,
    _seat: Seat,
}

/// The stream of `who`, from `after` on, or from now.
///
/// # Errors
/// When the person has too many streams, or the server refuses.
pub(super) async fn open(
    source: Source,
    hub: &EventBroadcaster,
    who: SignedIn,
    after: Option<&str>,
) -> Result<impl Stream<Item = std::result::Result<Bytes, std::io::Error>> + use<>> {
    let (seat, hints, open) = (hub.seat(who.user).await?, hub.hints(), hub.watch());
    let now = source.clock.now();
    let given = after
        .and_then(|text| source.bookmarks.read(text))
        .filter(|position| !position.is_too_old(now));
    let (horizon, ours) = source
        .database
        .read(async |c| {
            let ours = match given {
                Some(position) => store::is_ours(c, position.xid).await?,
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
    let mut frames = VecDeque::from([frame::greeting(&source.bookmarks.write(at))]);
    if after.is_some() && !(given.is_some() && ours) {
        frames.push_back(frame::reset(&source.bookmarks.write(present)));
    }
    let mut reader = Reader {
        source,
        who,
        at,
        frames,
        hints,
        open,
        over: false,
        due: Instant::now(),
        _seat: seat,
    };
    reader.look().await?;
    reader.due = Instant::now() + KEEP_ALIVE;
    Ok(unfold(reader, |mut reader| async move {
        reader.next().await.map(|frame| (Ok(frame), reader))
    }))
}

impl Reader {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(frame) = self.frames.pop_front() {
                return Some(frame);
            }
            if self.over {
                return None;
            }
            if !*self.open.borrow_and_update() {
                // What was committed before the stop is still said; who comes back finds the rest.
                self.read(|_| ()).await;
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
                self.read(|reader| reader.frames.push_back(frame::keep_alive(&reader.source.bookmarks.write(reader.at)))).await;
            }
            hint = self.hints.recv() => match hint {
                Ok(Hint::SessionEnded(session)) if session == self.who.session => self.end("the session has ended"),
                Ok(Hint::Probe(user)) if user.is_none_or(|user| user == self.who.user) => self.frames.push_back(frame::probe()),
                Ok(Hint::SessionEnded(_) | Hint::Probe(_)) => {}
                Ok(Hint::Events(audiences)) if !audiences.iter().any(|one| one.may_be(&self.who)) => {}
                Ok(Hint::Events(_) | Hint::Anything) | Err(broadcast::error::RecvError::Lagged(_)) => self.read(|_| ()).await,
                Err(broadcast::error::RecvError::Closed) => self.end("the service has stopped"),
            },
        }
    }

    /// Looks, and says `idly` something when there was nothing. A database that is away for a moment ends nothing: the next look finds what was missed.
    async fn read(&mut self, idly: impl FnOnce(&mut Self)) {
        let before = self.frames.len();
        match self.look().await {
            Ok(()) if self.frames.len() == before && !self.over => idly(self),
            Ok(()) => {}
            Err(error) => tracing::debug!(%error, "a stream could not look"),
        }
    }

    /// Reads what is new for the reader as they are now.
    async fn look(&mut self) -> Result<()> {
        let now = self.source.clock.now();
        let (at, who, services) = (self.at, &self.who, &self.source.services);
        let mut transaction = self.source.database.begin().await?;
        let Some(who) = session::still(&mut transaction, who, now).await? else {
            transaction.commit().await?;
            self.end("the session has ended");
            return Ok(());
        };
        Viewer::enter(&mut transaction, Asking::Person(&who), None, &services.keys).await?;
        let tag = services.keys.person_tag(who.user);
        let horizon = store::horizon(&mut transaction).await?;
        let seen = store::seen_by(&mut transaction, &who, &tag, at, horizon, BATCH).await?;
        transaction.commit().await?;
        self.who = who;
        let more = i64::try_from(seen.len()).is_ok_and(|count| count == BATCH);
        for one in &seen {
            self.frames.push_back(frame::event(
                &self.source.bookmarks.write(one.position),
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
            // Everything before the horizon was looked at, whomever it concerned.
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
        self.frames.push_back(frame::farewell(why));
    }
}
