//! The event broadcaster of a process: hints that there are new events, whether the process is
//! stopping, and the limit of streams. All queues are bounded: a slow stream may miss a hint and
//! then reads anyway.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, broadcast, watch};

use crate::error::{Code, Error, Result};
use crate::identity::SignedIn;
use crate::ids::{CustomerId, OfficeId, SessionId, UserId};
use crate::sop::role::Roles;

/// Hints buffered for a slow stream.
const HINT_BACKLOG: usize = 64;
/// The maximum number of streams of one process.
const MAX_STREAMS: usize = 1000;
/// The maximum number of streams of one user in one process.
const MAX_STREAMS_PER_USER: usize = 6;

/// The number of probes before a new stream is refused: together they take longer than a round trip
/// on a bad line.
const PROBES: usize = 10;
/// The wait after each probe.
const PROBE_INTERVAL: Duration = Duration::from_millis(150);

/// A hint to all streams.
#[derive(Debug, Clone)]
pub(super) enum Hint {
    /// There are new events for these audiences.
    Events(Arc<Vec<Audience>>),
    /// There may be new events for any stream.
    Anything,
    /// A session has ended.
    SessionEnded(SessionId),
    /// The streams of this user, or of all users, write a comment, which detects readers that have
    /// gone away.
    Probe(Option<UserId>),
}

/// The possible audience of an event. Wider than the users that may see it: the database decides
/// that.
#[derive(Debug, Clone)]
pub(super) struct Audience {
    /// The office.
    pub(super) office: OfficeId,
    /// The customer of the application.
    pub(super) customer: Option<CustomerId>,
    /// The roles that see the application.
    pub(super) roles: Roles,
    /// The recipient of a notification.
    pub(super) user: Option<UserId>,
    /// A notification to a member of staff that is stored under a tag, without a user id.
    pub(super) unnamed: bool,
}

impl Audience {
    /// True if `reader` may be in this audience.
    pub(super) fn may_include(&self, reader: &SignedIn) -> bool {
        let staff = reader.customer.is_none();
        self.office == reader.office
            && (self.user == Some(reader.user)
                || (reader.customer.is_some() && self.customer == reader.customer)
                || (staff
                    && (self.unnamed || reader.roles.iter().any(|role| self.roles.has(role)))))
    }
}

/// The event broadcaster of a process. Cheap to clone; clones share their state.
#[derive(Debug, Clone)]
pub struct EventBroadcaster {
    hints: broadcast::Sender<Hint>,
    subscribed: Arc<Notify>,
    open: watch::Sender<bool>,
    streams: Arc<Semaphore>,
    streams_per_user: Arc<Mutex<HashMap<UserId, usize>>>,
}

impl Default for EventBroadcaster {
    /// A broadcaster that is not open yet: streams replay past events and end.
    fn default() -> Self {
        Self {
            hints: broadcast::channel(HINT_BACKLOG).0,
            subscribed: Arc::default(),
            open: watch::channel(false).0,
            streams: Arc::new(Semaphore::new(MAX_STREAMS)),
            streams_per_user: Arc::default(),
        }
    }
}

impl EventBroadcaster {
    /// Opens the broadcaster: streams stay connected.
    pub fn open(&self) {
        self.open.send_replace(true);
    }

    /// Closes the broadcaster: every stream, also a new one, ends once it has sent the committed
    /// events.
    pub fn close(&self) {
        self.open.send_replace(false);
    }

    /// Watches whether the broadcaster is open.
    pub(super) fn watch(&self) -> watch::Receiver<bool> {
        self.open.subscribe()
    }

    /// Subscribes to hints.
    pub(super) fn hints(&self) -> broadcast::Receiver<Hint> {
        let hints = self.hints.subscribe();
        self.subscribed.notify_one();
        hints
    }

    /// True if a stream is subscribed.
    pub(super) fn has_streams(&self) -> bool {
        self.hints.receiver_count() > 0
    }

    /// Waits until a stream has subscribed.
    pub(super) async fn subscribed(&self) {
        self.subscribed.notified().await;
    }

    /// Sends a hint to all streams.
    pub(super) fn hint(&self, hint: Hint) {
        // An error only means that there is no stream.
        drop(self.hints.send(hint));
    }

    /// Acquires a permit for one stream of `user`. At the limit the existing streams are probed
    /// first: the server learns that a client has closed the connection only at its second write.
    ///
    /// # Errors
    /// `too_many_requests` over the limit of one user, `busy` over the limit of the process.
    pub(super) async fn acquire_stream(&self, user: UserId) -> Result<StreamPermit> {
        let mut refusal = match self.try_acquire_stream(user) {
            Ok(seat) => return Ok(seat),
            Err(refusal) => refusal,
        };
        for _ in 0..PROBES {
            self.hint(Hint::Probe(
                (refusal.code() == Some(Code::TooManyRequests)).then_some(user),
            ));
            tokio::time::sleep(PROBE_INTERVAL).await;
            match self.try_acquire_stream(user) {
                Ok(seat) => return Ok(seat),
                Err(again) => refusal = again,
            }
        }
        Err(refusal)
    }

    fn try_acquire_stream(&self, user: UserId) -> Result<StreamPermit> {
        let place = Arc::clone(&self.streams)
            .try_acquire_owned()
            .map_err(|_| Error::new(Code::Busy).header("retry-after", "10"))?;
        let mut people = self
            .streams_per_user
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let taken = people.entry(user).or_default();
        if *taken >= MAX_STREAMS_PER_USER {
            return Err(Error::new(Code::TooManyRequests).header("retry-after", "10"));
        }
        *taken += 1;
        Ok(StreamPermit {
            user,
            streams_per_user: Arc::clone(&self.streams_per_user),
            _place: place,
        })
    }
}

/// The permit of one stream; dropping it releases the permit.
#[derive(Debug)]
pub(super) struct StreamPermit {
    user: UserId,
    streams_per_user: Arc<Mutex<HashMap<UserId, usize>>>,
    _place: OwnedSemaphorePermit,
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let mut people = self
            .streams_per_user
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = people.get_mut(&self.user) {
            *taken -= 1;
            if *taken == 0 {
                people.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sop::role::Role;

    fn somebody(customer: Option<CustomerId>, role: Role) -> SignedIn {
        let id = |n| uuid::Uuid::from_u128(n);
        let (user, session, office) = (UserId(id(1)), SessionId(id(2)), OfficeId(id(3)));
        SignedIn {
            user,
            session,
            office,
            customer,
            roles: Roles::NONE.with(role),
            acting: None,
            name: String::new(),
            state: crate::identity::signed_in::SessionState::default(),
        }
    }

    #[actix_web::test]
    async fn one_person_has_few_streams_and_gives_them_back() {
        let (hub, user) = (EventBroadcaster::default(), UserId(uuid::Uuid::nil()));
        let streams: Vec<_> = (0..MAX_STREAMS_PER_USER)
            .map(|_| hub.try_acquire_stream(user).unwrap())
            .collect();
        assert_eq!(
            hub.acquire_stream(user).await.unwrap_err().code(),
            Some(Code::TooManyRequests)
        );
        hub.acquire_stream(UserId(uuid::Uuid::max())).await.unwrap();
        drop(streams);
        hub.acquire_stream(user).await.unwrap();
        assert!(hub.streams_per_user.lock().unwrap().is_empty());
    }

    /// A reader that has gone away is detected before the next one is refused.
    #[actix_web::test]
    async fn a_seat_whose_reader_has_gone_is_found_by_probing() {
        let (hub, user) = (EventBroadcaster::default(), UserId(uuid::Uuid::nil()));
        let mut streams: Vec<_> = (0..MAX_STREAMS_PER_USER)
            .map(|_| hub.try_acquire_stream(user).unwrap())
            .collect();
        let mut hints = hub.hints();
        let gone = async {
            for _ in 0..2 {
                assert!(
                    matches!(hints.recv().await, Ok(Hint::Probe(Some(probed))) if probed == user)
                );
            }
            streams.pop();
        };
        let (seat, ()) = futures_util::future::join(hub.acquire_stream(user), gone).await;
        seat.unwrap();
    }

    #[test]
    fn a_hint_wakes_whom_it_may_concern_and_nobody_else() {
        let office = OfficeId(uuid::Uuid::from_u128(3));
        let mine = CustomerId(uuid::Uuid::from_u128(9));
        let file = Audience {
            office,
            customer: Some(mine),
            roles: Roles::NONE.with(Role::PjiStaff),
            user: None,
            unnamed: false,
        };
        assert!(file.may_include(&somebody(Some(mine), Role::Customer)));
        assert!(!file.may_include(&somebody(
            Some(CustomerId(uuid::Uuid::nil())),
            Role::Customer
        )));
        assert!(
            file.may_include(&somebody(None, Role::PjiStaff))
                && !file.may_include(&somebody(None, Role::Head))
        );
        let unnamed = Audience {
            customer: None,
            roles: Roles::NONE,
            unnamed: true,
            ..file.clone()
        };
        assert!(
            unnamed.may_include(&somebody(None, Role::Head))
                && !unnamed.may_include(&somebody(Some(mine), Role::Customer))
        );
        let elsewhere = Audience {
            office: OfficeId(uuid::Uuid::nil()),
            ..unnamed
        };
        assert!(!elsewhere.may_include(&somebody(None, Role::Head)));
    }
}
