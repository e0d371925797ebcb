//! Verifies the chain from its first event and compares it with the anchors. Reads page by page, so
//! that memory does not grow with the length of the chain.

use sqlx::PgConnection;
use subtle::ConstantTimeEq as _;

use super::anchor::Anchor;
use super::chain::{Breach, GENESIS, Link};
use super::key::AuditKey;
use super::store;
use crate::error::Result;

/// Events per page.
const PAGE_SIZE: i64 = 1000;

/// Result of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// True if the whole chain and all anchors are intact.
    pub intact: bool,
    /// Number of intact events, counted from the first.
    pub events: i64,
    /// Number of the first event that is missing or damaged; `None` when only an anchor is damaged.
    pub first_broken_seq: Option<i64>,
    /// The damage found.
    pub reason: Option<Breach>,
    /// Number and hash of the last intact event.
    pub head: Option<(i64, [u8; 32])>,
}

/// Checks every event and every anchor. Read the anchors first: events appended in the meantime are
/// then checked too and cause no false alarm.
///
/// # Errors
/// Only when the database fails. Damage to the chain is part of the result.
pub async fn verify(
    connection: &mut PgConnection,
    key: &AuditKey,
    anchors: &[Anchor],
) -> Result<Verification> {
    let mut ours: Vec<&Anchor> = anchors
        .iter()
        .filter(|anchor| anchor.has_valid_mac(key))
        .collect();
    ours.sort_unstable_by_key(|anchor| anchor.seq);
    let mut walk = ChainWalk {
        key,
        last: GENESIS,
        anchors: ours.into_iter().peekable(),
    };
    // Starts at the lowest possible number: a number below 1 is damage too.
    let mut after = i64::MIN;
    loop {
        let links = store::list_after(connection, after, PAGE_SIZE).await?;
        let more = i64::try_from(links.len()).unwrap_or(PAGE_SIZE) == PAGE_SIZE;
        for link in &links {
            if let Some(breach) = walk.step(link) {
                return Ok(walk.result(Some(breach)));
            }
        }
        if !more {
            break;
        }
        after = walk.last.0;
    }
    if walk.anchors.peek().is_some() {
        return Ok(walk.result(Some(Breach::Cut)));
    }
    let forged = anchors.iter().any(|anchor| !anchor.has_valid_mac(key));
    Ok(walk.result(forged.then_some(Breach::AnchorForged)))
}

struct ChainWalk<'a, I: Iterator<Item = &'a Anchor>> {
    key: &'a AuditKey,
    last: (i64, [u8; 32]),
    anchors: std::iter::Peekable<I>,
}

impl<'a, I: Iterator<Item = &'a Anchor>> ChainWalk<'a, I> {
    fn step(&mut self, link: &Link) -> Option<Breach> {
        if let Some(breach) = link.check(self.key, self.last.0, &self.last.1) {
            return Some(breach);
        }
        while let Some(anchor) = self.anchors.next_if(|anchor| anchor.seq <= link.seq) {
            if !bool::from(anchor.hash.ct_eq(&link.hash)) {
                return Some(Breach::Rewritten);
            }
        }
        self.last = (link.seq, link.hash);
        None
    }

    fn result(&self, reason: Option<Breach>) -> Verification {
        let (events, hash) = self.last;
        let first_broken_seq = reason
            .filter(|reason| *reason != Breach::AnchorForged)
            .map(|_| events + 1);
        Verification {
            intact: reason.is_none(),
            events,
            first_broken_seq,
            reason,
            head: (events > 0).then_some((events, hash)),
        }
    }
}
