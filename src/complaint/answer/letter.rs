//! The signed letter of answer, decrypted with the key of its case. Answers signed before letters
//! were typeset have no letter.

use crate::casework::desk::Desk;
use crate::complaint::read_transaction;
use crate::complaint::store::{self, letters};
use crate::error::{Code, Error, Result};
use crate::ids::ComplaintId;
use crate::letters::pdf::file_name;
use crate::sop::gate::Principal;
use crate::web::Pdf;

/// Reads the letter made from `draft`, for a person that may read the answer.
pub async fn read_letter(
    desk: &Desk,
    case: ComplaintId,
    draft: i16,
    number: &str,
) -> Result<Option<Pdf>> {
    let letter = read_transaction::read(desk, async |c, viewer, services| {
        let found = store::find(c, case, viewer, Principal::User(desk.signed_in()), services)
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        let key = services.case_key(found.id, &found.wrapped).await?;
        letters::read(c, &key, case, draft).await
    });
    Ok(letter.await?.map(|letter| to_pdf(letter, number)))
}

/// Makes the response. It has no `ETag`: an `ETag` would be a digest of the letter that caches
/// store.
pub fn to_pdf(letter: letters::SignedLetter, number: &str) -> Pdf {
    Pdf::new(file_name(number), None, letter.pdf)
}
