//! While a breach of confidentiality that affects a complaint is open, nothing of it is asked for, decided or opened: who tried to find out gets no
//! further, and nobody is misled by what may be known already. Nothing is written on the request for it: it stands still because the breach is open.

use sqlx::PgConnection;

use crate::complaint::store::disclosures::Stored;
use crate::complaint::store::freezing;
use crate::error::{Code, Error, Result};
use crate::identity::SignedIn;

/// Keeps a breach from being declared or closed until this transaction ends, and waits for one that is. The first thing in it: what is read afterwards holds.
///
/// # Errors
/// When the server refuses.
pub(super) async fn hold(connection: &mut PgConnection, who: &SignedIn) -> Result<()> {
    freezing::keep_from_freezing(connection, who.office).await
}

/// Refuses what is frozen.
///
/// # Errors
/// `disclosures_frozen`.
pub(super) fn must_not_be(frozen: bool) -> Result<()> {
    if frozen {
        Err(Error::new(Code::DisclosuresFrozen))
    } else {
        Ok(())
    }
}

/// Whether a request stands still: one that is settled does not any more.
pub(super) fn stands_still(stored: &Stored) -> bool {
    stored.frozen && stored.state.is_live()
}
