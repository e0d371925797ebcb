//! A place in the order of events, and how it is written as `Last-Event-ID`: sealed, because the number of a transaction tells whoever listens that somebody
//! wrote something, be it a complaint.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};

use crate::secrecy::SealingKey;

/// How long events are kept for whoever comes back.
pub(super) const KEPT: TimeDelta = TimeDelta::days(7);

/// Everything up to here was seen: the transaction that wrote it, and its number in that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    /// The transaction.
    pub(super) xid: u64,
    /// The number; 0 before all of the transaction.
    pub(super) seq: i64,
    /// When that was, in Unix seconds: what is too old is known by it.
    pub(super) at: i64,
}

impl Position {
    /// Whether events after it may have been swept by `now`.
    pub(super) fn is_too_old(&self, now: DateTime<Utc>) -> bool {
        self.at <= (now - KEPT).timestamp()
    }
}

/// What the sealed text is bound to.
const PLACE: &str = "event|position";

/// The key to what stands in `Last-Event-ID`. Cheap to clone.
#[derive(Clone)]
pub struct EventCursorKey(SealingKey);

impl EventCursorKey {
    /// Under this key.
    #[must_use]
    pub fn new(key: SealingKey) -> Self {
        Self(key)
    }

    /// `position` as a text of one length, another one each time.
    pub(super) fn write(&self, position: Position) -> String {
        let Position { xid, seq, at } = position;
        let plain = [xid.to_be_bytes(), seq.to_be_bytes(), at.to_be_bytes()].concat();
        URL_SAFE_NO_PAD.encode(self.0.seal(PLACE, &plain))
    }

    /// The position that was written as `text`; nothing when it was not ours.
    pub(super) fn read(&self, text: &str) -> Option<Position> {
        let plain = self.0.open(PLACE, &URL_SAFE_NO_PAD.decode(text).ok()?)?;
        let (numbers, []) = plain.as_chunks::<8>() else {
            return None;
        };
        let [xid, seq, at] = numbers else { return None };
        Some(Position {
            xid: u64::from_be_bytes(*xid),
            seq: i64::from_be_bytes(*seq),
            at: i64::from_be_bytes(*at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_back_as_it_was_written_and_tells_nothing_else() {
        let bookmarks =
            EventCursorKey::new(SealingKey::from_bytes(zeroize::Zeroizing::new([7; 32])));
        let position = Position {
            xid: 4_294_967_299,
            seq: 12,
            at: 1_783_300_000,
        };
        let (once, again) = (bookmarks.write(position), bookmarks.write(position));
        assert_eq!(
            (bookmarks.read(&once), bookmarks.read(&again)),
            (Some(position), Some(position))
        );
        assert_ne!(
            once, again,
            "whether the reader was moved on must not be seen"
        );
        assert_eq!(
            once.len(),
            bookmarks
                .write(Position {
                    xid: 0,
                    seq: 0,
                    at: 0
                })
                .len()
        );
        for wrong in [
            "",
            "1",
            "4294967299.12.1783300000",
            &once[1..],
            &again.replace(&again[40..42], "__"),
        ] {
            assert_eq!(bookmarks.read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_position_of_last_week_is_too_old() {
        let now: DateTime<Utc> = "2026-07-13T01:00:00Z".parse().unwrap();
        let at = |days| Position {
            xid: 1,
            seq: 1,
            at: (now - TimeDelta::days(days)).timestamp(),
        };
        assert!(at(7).is_too_old(now) && !at(6).is_too_old(now));
    }
}
