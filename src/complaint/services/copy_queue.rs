//! What the service remembers, while it runs, of the copying of attachments: which files need the
//! last effort, and whose files come first and last. The queue itself is in the database.

use crate::ids::{AttachmentId, ComplaintId};

/// Complaints that are remembered as quick, and as slow; the oldest are forgotten.
const MOST: usize = 1_000;

/// The memory of the copying.
#[derive(Debug, Default)]
pub struct CopyQueue {
    /// Attachments that need the last effort, in the order of their first.
    pub hard: Vec<(ComplaintId, AttachmentId)>,
    quick: Vec<ComplaintId>,
    slow: Vec<ComplaintId>,
}

impl CopyQueue {
    /// Complaints of which a copy was made at the first effort, and none needed more.
    pub fn quick(&self) -> &[ComplaintId] {
        &self.quick
    }

    /// Complaints with a file that needed more than the first effort.
    pub fn slow(&self) -> &[ComplaintId] {
        &self.slow
    }

    /// Notes that a copy for this complaint was made at the first effort.
    pub fn note_quick(&mut self, case: ComplaintId) {
        if !self.slow.contains(&case) {
            remember(&mut self.quick, case);
        }
    }

    /// Notes that a file of this complaint needed more than the first effort.
    pub fn note_slow(&mut self, case: ComplaintId) {
        self.quick.retain(|other| *other != case);
        remember(&mut self.slow, case);
    }
}

fn remember(cases: &mut Vec<ComplaintId>, case: ComplaintId) {
    if !cases.contains(&case) {
        if cases.len() == MOST {
            cases.remove(0);
        }
        cases.push(case);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_with_a_slow_file_is_slow_whatever_was_quick() {
        let (mut queue, case) = (CopyQueue::default(), ComplaintId::random());
        queue.note_quick(case);
        assert_eq!((queue.quick(), queue.slow()), (&[case][..], &[][..]));
        queue.note_slow(case);
        queue.note_quick(case);
        assert_eq!((queue.quick(), queue.slow()), (&[][..], &[case][..]));
    }

    #[test]
    fn a_flood_is_forgotten_from_its_beginning() {
        let mut queue = CopyQueue::default();
        for _ in 0..2 * MOST {
            queue.note_slow(ComplaintId::random());
        }
        assert_eq!(queue.slow().len(), MOST);
    }
}
