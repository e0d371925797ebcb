//! Walks the chain from its beginning and holds it against the anchors. It reads page by page, so a long chain costs time and no memory.

use sqlx::PgConnection;
use subtle::ConstantTimeEq as _;

use super::anchor::Anchor;
use super::breach::Breach;
use super::chain::{BEGINNING, Link};
use super::key::AuditKey;
use super::store;
use crate::error::Result;

/// How many events are looked at together.
const PAGE: i64 = 1000;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether all is as it was written.
    pub intact: bool,
    /// How many events are whole, from the first on.
    pub events: i64,
    /// The first event that is not there or not as it was written; none when only an anchor is at fault.
    pub first_broken_seq: Option<i64>,
    /// What is wrong with it.
    pub reason: Option<Breach>,
    /// Number and hash of the last whole event.
    pub head: Option<(i64, [u8; 32])>,
}

/// Checks every event and every anchor. Read the anchors first: what is appended meanwhile is then checked too and breaks nothing.
///
/// # Errors
/// When the server refuses; what is wrong with the chain is no error but a verdict.
pub async fn verify(
    connection: &mut PgConnection,
    key: &AuditKey,
    anchors: &[Anchor],
) -> Result<Verdict> {
    let mut ours: Vec<&Anchor> = anchors
        .iter()
        .filter(|anchor| anchor.is_ours(key))
        .collect();
    ours.sort_unstable_by_key(|anchor| anchor.seq);
    let mut walk = Walk {
        key,
        last: BEGINNING,
        anchors: ours.into_iter().peekable(),
    };
    // From the very bottom: a number below 1 is not ours either.
    let mut after = i64::MIN;
    loop {
        let links = store::page(connection, after, PAGE).await?;
        let more = i64::try_from(links.len()).unwrap_or(PAGE) == PAGE;
        for link in &links {
            if let Some(breach) = walk.step(link) {
                return Ok(walk.verdict(Some(breach)));
            }
        }
        if !more {
            break;
        }
        after = walk.last.0;
    }
    if walk.anchors.peek().is_some() {
        return Ok(walk.verdict(Some(Breach::Cut)));
    }
    let forged = anchors.iter().any(|anchor| !anchor.is_ours(key));
    Ok(walk.verdict(forged.then_some(Breach::AnchorForged)))
}

struct Walk<'a, I: Iterator<Item = &'a Anchor>> {
    key: &'a AuditKey,
    last: (i64, [u8; 32]),
    anchors: std::iter::Peekable<I>,
}

impl<'a, I: Iterator<Item = &'a Anchor>> Walk<'a, I> {
    fn step(&mut self, link: &Link) -> Option<Breach> {
        if let Some(breach) = link.breach(self.key, self.last.0, &self.last.1) {
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

    fn verdict(&self, reason: Option<Breach>) -> Verdict {
        let (events, hash) = self.last;
        let first_broken_seq = reason
            .filter(|reason| *reason != Breach::AnchorForged)
            .map(|_| events + 1);
        Verdict {
            intact: reason.is_none(),
            events,
            first_broken_seq,
            reason,
            head: (events > 0).then_some((events, hash)),
        }
    }
}
