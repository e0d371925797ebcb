//! What all streams of a process share: the news that there are events, whether it is stopping, and how many may listen. Bounded everywhere: whoever is too
//! slow misses a hint and looks anyway.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast, watch};

use crate::error::{Code, Error, Result};
use crate::identity::SignedIn;
use crate::ids::{CustomerId, OfficeId, SessionId, UserId};
use crate::sop::role::Roles;

/// Hints a slow stream may be behind.
const BEHIND: usize = 64;
/// Streams of one process.
const SEATS: usize = 1000;
/// Streams of one person in one process.
const OF_ONE: usize = 6;

/// How often the streams are probed before a reader is refused: together longer than a round trip to a reader on a bad line.
const PROBES: usize = 10;
/// How long each probe may take.
const BETWEEN_PROBES: Duration = Duration::from_millis(150);

/// A hint.
#[derive(Debug, Clone)]
pub(super) enum Hint {
    /// There are events for these.
    Events(Arc<Vec<Audience>>),
    /// There may be anything.
    Anything,
    /// A session has ended.
    SessionEnded(SessionId),
    /// The streams of this person, or all, say something, so that those whose reader has gone away are found out.
    Probe(Option<UserId>),
}

/// Whom an event may concern. Wider than who may see it: that is asked of the database.
#[derive(Debug, Clone)]
pub(super) struct Audience {
    /// The office.
    pub(super) office: OfficeId,
    /// The customer whose application it is of.
    pub(super) customer: Option<CustomerId>,
    /// The roles that see that application.
    pub(super) roles: Roles,
    /// The one it is to.
    pub(super) user: Option<UserId>,
    /// It is to one of the staff, and which is not said.
    pub(super) unnamed: bool,
}

impl Audience {
    /// Whether `who` may be meant.
    pub(super) fn may_be(&self, who: &SignedIn) -> bool {
        let staff = who.customer.is_none();
        self.office == who.office
            && (self.user == Some(who.user)
                || (who.customer.is_some() && self.customer == who.customer)
                || (staff && (self.unnamed || who.roles.iter().any(|role| self.roles.has(role)))))
    }
}

/// The hub of a process. Cheap to clone; clones share it.
#[derive(Debug, Clone)]
pub struct EventBroadcaster {
    hints: broadcast::Sender<Hint>,
    open: watch::Sender<bool>,
    seats: Arc<Semaphore>,
    people: Arc<Mutex<HashMap<UserId, usize>>>,
}

impl Default for EventBroadcaster {
    /// One that nobody has opened yet: streams replay what there is and end.
    fn default() -> Self {
        Self {
            hints: broadcast::channel(BEHIND).0,
            open: watch::channel(false).0,
            seats: Arc::new(Semaphore::new(SEATS)),
            people: Arc::default(),
        }
    }
}

impl EventBroadcaster {
    /// From now on streams stay.
    pub fn open(&self) {
        self.open.send_replace(true);
    }

    /// From now on every stream ends, those that come too, once they have said what there is.
    pub fn close(&self) {
        self.open.send_replace(false);
    }

    /// Whether streams stay, as it changes.
    pub(super) fn watch(&self) -> watch::Receiver<bool> {
        self.open.subscribe()
    }

    /// Hints from now on.
    pub(super) fn hints(&self) -> broadcast::Receiver<Hint> {
        self.hints.subscribe()
    }

    /// Gives a hint to whoever listens.
    pub(super) fn hint(&self, hint: Hint) {
        // Nobody may be listening.
        drop(self.hints.send(hint));
    }

    /// A seat for one stream of `user`. When there is none, the streams that hold the seats are probed: the server learns that a reader has closed the
    /// connection only when it writes to it, and for the second time.
    ///
    /// # Errors
    /// `too_many_requests` for the one too many of one person, `busy` when all are taken.
    pub(super) async fn seat(&self, user: UserId) -> Result<Seat> {
        let mut refusal = match self.free_seat(user) {
            Ok(seat) => return Ok(seat),
            Err(refusal) => refusal,
        };
        for _ in 0..PROBES {
            self.hint(Hint::Probe(
                (refusal.code() == Some(Code::TooManyRequests)).then_some(user),
            ));
            tokio::time::sleep(BETWEEN_PROBES).await;
            match self.free_seat(user) {
                Ok(seat) => return Ok(seat),
                Err(again) => refusal = again,
            }
        }
        Err(refusal)
    }

    fn free_seat(&self, user: UserId) -> Result<Seat> {
        let place = Arc::clone(&self.seats)
            .try_acquire_owned()
            .map_err(|_| Error::new(Code::Busy).header("retry-after", "10"))?;
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = people.entry(user).or_default();
        if *taken >= OF_ONE {
            return Err(Error::new(Code::TooManyRequests).header("retry-after", "10"));
        }
        *taken += 1;
        Ok(Seat {
            user,
            people: Arc::clone(&self.people),
            _place: place,
        })
    }
}

/// A place for one stream, free again when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    user: UserId,
    people: Arc<Mutex<HashMap<UserId, usize>>>,
    _place: OwnedSemaphorePermit,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
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
        }
    }

    #[actix_web::test]
    async fn one_person_has_few_streams_and_gives_them_back() {
        let (hub, user) = (EventBroadcaster::default(), UserId(uuid::Uuid::nil()));
        let seats: Vec<_> = (0..OF_ONE).map(|_| hub.free_seat(user).unwrap()).collect();
        assert_eq!(
            hub.seat(user).await.unwrap_err().code(),
            Some(Code::TooManyRequests)
        );
        hub.seat(UserId(uuid::Uuid::max())).await.unwrap();
        drop(seats);
        hub.seat(user).await.unwrap();
        assert!(hub.people.lock().unwrap().is_empty());
    }

    /// Row 31: whoever has gone away is found out before the next is refused.
    #[actix_web::test]
    async fn a_seat_whose_reader_has_gone_is_found_by_probing() {
        let (hub, user) = (EventBroadcaster::default(), UserId(uuid::Uuid::nil()));
        let mut seats: Vec<_> = (0..OF_ONE).map(|_| hub.free_seat(user).unwrap()).collect();
        let mut hints = hub.hints();
        let gone = async {
            for _ in 0..2 {
                assert!(
                    matches!(hints.recv().await, Ok(Hint::Probe(Some(probed))) if probed == user)
                );
            }
            seats.pop();
        };
        let (seat, ()) = futures_util::future::join(hub.seat(user), gone).await;
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
        assert!(file.may_be(&somebody(Some(mine), Role::Customer)));
        assert!(!file.may_be(&somebody(
            Some(CustomerId(uuid::Uuid::nil())),
            Role::Customer
        )));
        assert!(
            file.may_be(&somebody(None, Role::PjiStaff))
                && !file.may_be(&somebody(None, Role::Head))
        );
        let unnamed = Audience {
            customer: None,
            roles: Roles::NONE,
            unnamed: true,
            ..file.clone()
        };
        assert!(
            unnamed.may_be(&somebody(None, Role::Head))
                && !unnamed.may_be(&somebody(Some(mine), Role::Customer))
        );
        let elsewhere = Audience {
            office: OfficeId(uuid::Uuid::nil()),
            ..unnamed
        };
        assert!(!elsewhere.may_be(&somebody(None, Role::Head)));
    }
}
