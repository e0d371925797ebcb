//! Issues a letter: typesets it with number and QR code, has it signed, and stores it with its
//! digest. All of this happens in the transaction of the step, so a failure uses up no number and
//! leaves no letter.

use sqlx::PgConnection;

use super::letter::{IssuedLetter, NewLetter};
use super::signing_request::SigningRequest;
use super::store;
use super::token::Token;
use crate::error::Result;
use crate::gateways::signing::{Outcome, SignatureRequest};
use crate::identity::signed_in::today;
use crate::secrecy::sha256;
use crate::typesetting::{
    Document, LetterEnding, SignatureBlock, Signer, VerificationLink, qr_svg,
};

/// Issues the letter that `document` builds for its ending. The PDF of an application's letter is
/// stored here; the step of a complaint seals and stores its own.
///
/// # Errors
/// `signature_refused`, `signing_failed` or `signing_unavailable` from the signing provider;
/// `conflict` if the number is already in use.
pub async fn issue(
    connection: &mut PgConnection,
    signing: &SigningRequest,
    new: NewLetter,
    document: impl FnOnce(&LetterEnding) -> Result<Document>,
) -> Result<IssuedLetter> {
    let token = Token::random();
    let url = token.url(&signing.letters().public_url);
    let ending = letter_ending(&new, &url)?;
    let pdf = signing.typesetter().typeset(document(&ending)?).await?;
    let office = store::load_office(connection, signing.office()).await?;
    let order = SignatureRequest {
        pdf,
        name: new.signer.clone(),
        capacity: new.capacity.clone(),
        office: office.name,
        place: office.city,
        reason: new.kind().reason().to_owned(),
        verify_url: url,
        at: new.at,
    };
    let pdf = signing.sign(&order).await?;
    let issued = IssuedLetter {
        id: new.id(),
        sha256: sha256(&pdf),
        pdf,
    };
    store::add(
        connection,
        (signing.office(), signing.provider()),
        &new,
        &issued,
        &token.digest(),
    )
    .await?;
    store::attempts::add(connection, &signing.new_attempt(Outcome::Signed, None)).await?;
    Ok(issued)
}

fn letter_ending(new: &NewLetter, url: &str) -> Result<LetterEnding> {
    Ok(LetterEnding::Signed(Box::new(SignatureBlock {
        number: new.number().to_owned(),
        date: today(new.at),
        signer: Signer::new(new.capacity.clone(), new.signer.clone()),
        verification: Some(VerificationLink {
            url: url.to_owned(),
            qr: qr_svg(url)?,
        }),
    })))
}
