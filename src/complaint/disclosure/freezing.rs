//! Freezing of disclosures: while a breach that affects a complaint is open, no disclosure of the
//! complaint is requested, decided or opened, so that an attacker gets no further. The request
//! itself stores no frozen state; it follows from the open breach.

use crate::complaint::store::disclosures::DisclosureRow;
use crate::error::{Code, Error, Result};

/// Refuses a frozen request with `disclosures_frozen`.
pub(super) fn check_not_frozen(frozen: bool) -> Result<()> {
    if frozen {
        Err(Error::new(Code::DisclosuresFrozen))
    } else {
        Ok(())
    }
}

/// Whether a request is frozen; a settled request is not.
pub(super) fn is_frozen(stored: &DisclosureRow) -> bool {
    stored.frozen && stored.state.is_pending_or_granted()
}
