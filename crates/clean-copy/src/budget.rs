//! The processor time that this program has used. A long file is cut at a page before the kernel
//! ends the program.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::{Effort, Failure};

/// The processor time for one file.
#[derive(Clone, Copy)]
pub(crate) struct Budget {
    effort: Effort,
    time: Duration,
}

impl Budget {
    /// The time for a file of `size` bytes.
    pub(crate) fn new(effort: Effort, size: usize) -> Self {
        Self {
            effort,
            time: effort.time(size),
        }
    }

    /// Whether a further page or picture may be begun. The last three tenths of the time are for
    /// that page and for writing the copy.
    ///
    /// # Errors
    /// When the time of the first effort is used up: the last effort will copy more.
    pub(crate) fn allows_a_page(self) -> Result<bool, Failure> {
        let used = Duration::try_from(clock_gettime(ClockId::ProcessCPUTime));
        let enough = self.time * 7 / 10;
        match (used.is_ok_and(|used| used < enough), self.effort) {
            (true, _) => Ok(true),
            (false, Effort::First) => Err(Failure::TooComplex),
            (false, Effort::Last) => Ok(false),
        }
    }
}
