//! `POST /auth/password-reset`, `POST /auth/password-reset/confirm`.

use actix_web::{HttpRequest, post};
use serde::Deserialize;

use crate::database::Database;
use crate::error::{FieldError, Result};
use crate::identity::address::Address;
use crate::identity::password_rules::{Owner, Password};
use crate::identity::{Identity, email, password_reset as reset};
use crate::web::body::Validate;
use crate::web::{Body, Provided, Reply};

/// The account with the forgotten password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordResetRequest {
    /// The e-mail of the account (surel).
    #[schema(
        example = "siti.rahayu@karetmusi.example",
        format = "email",
        max_length = 254
    )]
    pub email: String,
}

impl Validate for PasswordResetRequest {
    fn errors(&self) -> Vec<FieldError> {
        email::field_error(&self.email, "/email")
            .into_iter()
            .collect()
    }
}

/// The code from the mail and the new password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The code from the mail, valid once (kode).
    #[schema(
        example = "m3rJ0c9fYlQh2Tq7v1xS8dKzE5uWbN4aPgR6oXtCiLs",
        min_length = 1,
        max_length = 100
    )]
    pub token: String,
    /// 12 to 200 characters, not breached, not easy to guess from your own data (kata sandi baru).
    #[schema(value_type = String, format = "password", example = "perahu hijau menuju hulu", min_length = 12, max_length = 200)]
    pub password: Password,
}

impl Validate for NewPassword {
    /// Rules about the owner's names are checked later, when the account is known.
    fn errors(&self) -> Vec<FieldError> {
        self.password
            .field_error(Owner::default(), "/password")
            .into_iter()
            .collect()
    }
}

/// Request a password reset (lupa kata sandi).
///
/// The reply is the same whether or not the account exists. If it does, a mail with a code is sent,
/// in the language of the account (`PATCH /me`). The code is valid once, for 30 minutes; earlier
/// codes become void.
#[utoipa::path(tag = "identity", request_body = PasswordResetRequest, responses((status = 202, description = "Accepted")), security(()))]
#[post("/auth/password-reset")]
pub async fn request_password_reset(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    form: Body<PasswordResetRequest>,
) -> Result<Reply<()>> {
    identity
        .0
        .throttle
        .count_token_request(Address::from_request(&request, &identity.0.proxies))?;
    reset::request(&identity.0, &database.0, &form.0.email).await?;
    Ok(Reply::accepted())
}

/// Choose a new password (kata sandi baru dengan kode surel).
///
/// Needs the code from the mail. All sessions of the account end, and a mail informs the owner.
/// Unknown, used, void and expired codes get the same error.
#[utoipa::path(tag = "identity", request_body = NewPassword, responses((status = 204, description = "The password is changed")), security(()))]
#[post("/auth/password-reset/confirm")]
pub async fn confirm_password_reset(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    form: Body<NewPassword>,
) -> Result<Reply<()>> {
    let (NewPassword { token, password }, from) =
        (form.0, Address::from_request(&request, &identity.0.proxies));
    identity.0.throttle.count_token_request(from)?;
    reset::confirm(&identity.0, &database.0, &token, password, from).await?;
    Ok(Reply::no_content())
}
