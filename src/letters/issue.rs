//! A letter is issued: set in type with its number and QR code, signed, and written down with its digest. All of it in the transaction of the step: when
//! anything fails, no number was used and no letter exists.

use sqlx::PgConnection;

use super::new_letter::{Issued, NewLetter};
use super::signing_request::SigningRequest;
use super::store;
use super::token::Token;
use crate::error::Result;
use crate::gateways::signing::{Order, Outcome};
use crate::identity::signed_in::today;
use crate::secrecy::sha256;
use crate::typesetting::{Document, Final, LetterEnding, Signer, Verification, qr_svg};

/// Issues a letter that `paper` sets for its finish. The bytes of an application's letter are stored here; those of a complaint's are for its own step to seal.
///
/// # Errors
/// `signature_refused`, `signing_failed` or `signing_unavailable` as the provider says; `conflict` when the number was given before.
pub async fn issue(
    connection: &mut PgConnection,
    pen: &SigningRequest,
    new: NewLetter,
    paper: impl FnOnce(&LetterEnding) -> Result<Document>,
) -> Result<Issued> {
    let token = Token::random();
    let url = token.url(&pen.letters().public_url);
    let finish = finish(&new, &url)?;
    let pdf = pen.typesetter().set(paper(&finish)?).await?;
    let office = store::office(connection, pen.office()).await?;
    let order = Order {
        pdf,
        name: new.signer.clone(),
        capacity: new.capacity.clone(),
        office: office.name,
        place: office.city,
        reason: new.kind().reason().to_owned(),
        check_at: url,
        at: new.at,
    };
    let pdf = pen.sign(&order).await?;
    let issued = Issued {
        id: new.id(),
        sha256: sha256(&pdf),
        pdf,
    };
    store::add(
        connection,
        (pen.office(), pen.provider()),
        &new,
        &issued,
        &token.digest(),
    )
    .await?;
    store::attempts::add(connection, &pen.attempt(Outcome::Signed, None)).await?;
    Ok(issued)
}

fn finish(new: &NewLetter, url: &str) -> Result<LetterEnding> {
    Ok(LetterEnding::Final(Box::new(Final {
        number: new.number().to_owned(),
        date: today(new.at),
        signer: Signer::of(new.capacity.clone(), new.signer.clone()),
        verification: Some(Verification {
            url: url.to_owned(),
            qr: qr_svg(url)?,
        }),
    })))
}
