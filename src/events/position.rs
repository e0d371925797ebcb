//! A place in the order of events, and how it is written as `Last-Event-ID`.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

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

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.xid, self.seq, self.at)
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('.');
        let (Some(xid), Some(seq), Some(at), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else { return Err(()) };
        let (xid, seq, at) = (xid.parse().map_err(drop)?, seq.parse().map_err(drop)?, at.parse().map_err(drop)?);
        Ok(Self { xid, seq, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_back_as_it_was_written() {
        let position = Position { xid: 4_294_967_299, seq: 12, at: 1_783_300_000 };
        assert_eq!(position.to_string().parse(), Ok(position));
        for wrong in ["", "1", "1.2", "1.2.3.4", "a.2.3", "1.-x.3", "-1.2.3", "99999999999999999999999.1.1"] {
            assert_eq!(wrong.parse::<Position>(), Err(()), "{wrong}");
        }
    }

    #[test]
    fn a_position_of_last_week_is_too_old() {
        let now: DateTime<Utc> = "2026-07-13T01:00:00Z".parse().unwrap();
        let at = |days| Position { xid: 1, seq: 1, at: (now - TimeDelta::days(days)).timestamp() };
        assert!(at(7).is_too_old(now) && !at(6).is_too_old(now));
    }
}
