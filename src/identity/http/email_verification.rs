//! `POST /auth/email-verification`, `POST /auth/email-verification/confirm`.

use actix_web::{HttpRequest, post};
use serde::Deserialize;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::address::Address;
use crate::identity::signed_in::SignedIn;
use crate::identity::{Identity, email_verification as verification};
use crate::web::body::Validate;
use crate::web::{Body, Provided, Reply};

/// The token of the mail.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailProof {
    /// The code of the mail, good once (kode).
    #[schema(
        example = "m3rJ0c9fYlQh2Tq7v1xS8dKzE5uWbN4aPgR6oXtCiLs",
        min_length = 1,
        max_length = 100
    )]
    pub token: String,
}

impl Validate for EmailProof {}

/// Send the mail that proves the address again (kirim ulang surel verifikasi).
///
/// To the address of the account that asks, at most three times an hour; one went out when the account was made. When the address is proved already, no mail
/// is sent.
#[utoipa::path(tag = "identity", responses((status = 202, description = "Taken in")))]
#[post("/auth/email-verification")]
pub async fn request_email_verification(
    who: SignedIn,
    identity: Provided<Identity>,
    database: Provided<Database>,
) -> Result<Reply<()>> {
    let mut transaction = database.0.begin().await?;
    verification::ask(&mut transaction, &identity.0, &who).await?;
    transaction.commit().await?;
    Ok(Reply::accepted())
}

/// Prove the address (verifikasi surel).
///
/// With the code of the mail; nobody needs to be signed in. From then on notifications come by mail too.
#[utoipa::path(tag = "identity", request_body = EmailProof, responses((status = 204, description = "The address is proved")), security(()))]
#[post("/auth/email-verification/confirm")]
pub async fn confirm_email(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<EmailProof>,
) -> Result<Reply<()>> {
    identity
        .0
        .throttle
        .count_mailed(Address::of(&request, &identity.0.proxies))?;
    verification::confirm(&database.0, &form.0.token, clock.0.now()).await?;
    Ok(Reply::nothing())
}
