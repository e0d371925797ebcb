//! The signed letter of answer, opened from under the key of its case. Answers that were signed before letters were set in type have none.

use crate::casework::desk::Desk;
use crate::casework::workflow::Asking;
use crate::complaint::read_transaction;
use crate::complaint::store::{self, letters};
use crate::error::{Code, Error, Result};
use crate::ids::ComplaintId;
use crate::letters::pdf::file_name;
use crate::web::Pdf;

/// The letter that `draft` became, for the person at `desk`, who was found to read the answer.
///
/// # Errors
/// `not_found` when they may not know of the complaint any more.
pub async fn of_draft(
    desk: &Desk,
    case: ComplaintId,
    draft: i16,
    number: &str,
) -> Result<Option<Pdf>> {
    let kept = read_transaction::read(desk, async |c, viewer, services| {
        let found = store::find(c, case, viewer, Asking::Person(desk.who()), services)
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        let key = services.open(found.id, &found.wrapped).await?;
        letters::read(c, &key, case, draft).await
    });
    Ok(kept.await?.map(|kept| sent(kept, number)))
}

/// A letter as it is sent: without a tag, which would be a digest of it for others to keep.
#[must_use]
pub fn sent(kept: letters::Kept, number: &str) -> Pdf {
    Pdf::new(file_name(number), None, kept.pdf)
}
