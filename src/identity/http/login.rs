//! `POST /auth/login`.

use actix_web::{HttpRequest, post};
use serde::Deserialize;

use super::tokens::{TokenPair, issue_tokens};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{FieldError, Result};
use crate::identity::address::Address;
use crate::identity::password_rules::{Password, too_long};
use crate::identity::{Identity, sign_in};
use crate::web::body::Validate;
use crate::web::{Body, Provided, Reply};

/// Credentials for signing in.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The e-mail of the account (surel).
    #[schema(example = "siti.rahayu@karetmusi.example")]
    pub email: String,
    /// The password (kata sandi).
    #[schema(value_type = String, format = "password", example = "kuda benar baterai", max_length = 200)]
    pub password: Password,
}

impl Validate for Login {
    fn errors(&self) -> Vec<FieldError> {
        self.password
            .is_too_long()
            .then(|| too_long("/password"))
            .into_iter()
            .collect()
    }
}

/// Sign in (masuk).
///
/// Returns a pair of tokens. An unknown e-mail and a wrong password get the same error. After ten
/// failures within 15 minutes an account accepts no further attempts from unknown addresses for a
/// while; addresses of recent sign-ins are counted separately.
#[utoipa::path(tag = "identity", request_body = Login, responses((status = 200, description = "The tokens", body = TokenPair)), security(()),
    extensions(("x-problem-codes" = json!(["bad_credentials"]))))]
#[post("/auth/login")]
pub async fn login(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<Login>,
) -> Result<Reply<TokenPair>> {
    let (Provided(identity), Provided(database), Body(form)) = (identity, database, form);
    let address = Address::from_request(&request, &identity.proxies);
    let opened =
        sign_in::sign_in(&identity, &database, &form.email, form.password, address).await?;
    Ok(Reply::ok(
        issue_tokens(&identity, &database, opened, clock.0.now()).await?,
    ))
}
