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
    /// The code from the mail, valid once (kode).
    #[schema(
        example = "m3rJ0c9fYlQh2Tq7v1xS8dKzE5uWbN4aPgR6oXtCiLs",
        min_length = 1,
        max_length = 100
    )]
    pub token: String,
}

impl Validate for EmailProof {}

/// Send the verification mail again (kirim ulang surel verifikasi).
///
/// Sends it to the address of the signed-in account, at most three times an hour. The first one was
/// sent when the account was created. No mail is sent if the address is already verified.
#[utoipa::path(tag = "identity", responses((status = 202, description = "Accepted")))]
#[post("/auth/email-verification")]
pub async fn request_email_verification(
    caller: SignedIn,
    identity: Provided<Identity>,
    database: Provided<Database>,
) -> Result<Reply<()>> {
    let mut transaction = database.0.begin().await?;
    verification::resend(&mut transaction, &identity.0, &caller).await?;
    transaction.commit().await?;
    Ok(Reply::accepted())
}

/// Verify the e-mail address (verifikasi surel).
///
/// Needs the code from the mail, but no sign-in. From then on notifications are sent by mail too.
#[utoipa::path(tag = "identity", request_body = EmailProof, responses((status = 204, description = "The address is verified")), security(()))]
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
        .count_token_request(Address::from_request(&request, &identity.0.proxies))?;
    verification::confirm(&database.0, &form.0.token, clock.0.now()).await?;
    Ok(Reply::no_content())
}
