//! A position in the order of events, and its encoding as `Last-Event-ID`. The encoding is
//! encrypted, because transaction numbers would reveal to a listener that other data was written,
//! such as a complaint.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};

use crate::secrecy::SealingKey;

/// How long events are kept for clients that reconnect.
pub(super) const EVENT_RETENTION: TimeDelta = TimeDelta::days(7);

/// The position up to which all events were read: the transaction that wrote the last one, and its
/// number in that transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    /// The transaction.
    pub(super) xid: u64,
    /// The event number; 0 is before all events of the transaction.
    pub(super) seq: i64,
    /// The time of the position, in Unix seconds, which tells whether it has expired.
    pub(super) at: i64,
}

impl Position {
    /// True if events after this position may have been deleted by `now`.
    pub(super) fn is_too_old(&self, now: DateTime<Utc>) -> bool {
        self.at <= (now - EVENT_RETENTION).timestamp()
    }
}

/// The context that the ciphertext is bound to.
const SEAL_CONTEXT: &str = "event|position";

/// The key that encrypts positions in `Last-Event-ID`. Cheap to clone.
#[derive(Clone)]
pub struct EventCursorKey(SealingKey);

impl EventCursorKey {
    /// Uses the given key.
    pub fn new(key: SealingKey) -> Self {
        Self(key)
    }

    /// Encrypts `position` to a text of constant length, different each time.
    pub(super) fn encode(&self, position: Position) -> String {
        let Position { xid, seq, at } = position;
        let plain = [xid.to_be_bytes(), seq.to_be_bytes(), at.to_be_bytes()].concat();
        URL_SAFE_NO_PAD.encode(self.0.seal(SEAL_CONTEXT, &plain))
    }

    /// Decrypts a position; none when the text is not ours.
    pub(super) fn decode(&self, text: &str) -> Option<Position> {
        let plain = self
            .0
            .open(SEAL_CONTEXT, &URL_SAFE_NO_PAD.decode(text).ok()?)?;
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
        let cursor_key =
            EventCursorKey::new(SealingKey::from_bytes(zeroize::Zeroizing::new([7; 32])));
        let position = Position {
            xid: 4_294_967_299,
            seq: 12,
            at: 1_783_300_000,
        };
        let (once, again) = (cursor_key.encode(position), cursor_key.encode(position));
        assert_eq!(
            (cursor_key.decode(&once), cursor_key.decode(&again)),
            (Some(position), Some(position))
        );
        assert_ne!(
            once, again,
            "whether the reader was moved on must not be seen"
        );
        assert_eq!(
            once.len(),
            cursor_key
                .encode(Position {
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
            assert_eq!(cursor_key.decode(wrong), None, "{wrong}");
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
