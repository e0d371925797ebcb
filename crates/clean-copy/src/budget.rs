//! The processor time that this program has used. A long file is cut at a page before the kernel
//! ends the program.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Processor time after which no further page is begun. The rest of the time is for that page and
/// for writing the copy.
const FOR_PAGES: Duration = Duration::from_millis(1400);

/// Whether a further page may be begun.
pub(crate) fn allows_a_page() -> bool {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(used).is_ok_and(|used| used < FOR_PAGES)
}
