//! `POST /auth/register`, `/auth/login`, `/auth/refresh` and `/auth/logout`.

use actix_web::{HttpRequest, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::own_account::{MeView, find_me};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{FieldError, Result};
use crate::identity::address::Address;
use crate::identity::password_rules::{Password, too_long};
use crate::identity::registration::{self, Registration};
use crate::identity::session::{self, IssuedSession};
use crate::identity::signed_in::SignedIn;
use crate::identity::store::sessions::{self, RevocationReason};
use crate::identity::token::LIFETIME;
use crate::identity::{Identity, sign_in};
use crate::sop::role::{Role, Roles};
use crate::web::body::Validate;
use crate::web::problem::Language;
use crate::web::{Body, Provided, Reply};

/// Register as a customer (daftar sebagai pelanggan).
///
/// Creates an account for a person and their organisation, and sends a mail for verifying the
/// address, in the language of `Accept-Language`. An e-mail that is in use gets `conflict`;
/// therefore the number of registrations per address is limited. Sign in afterwards; verification
/// is not required for that.
#[utoipa::path(tag = "sign in", request_body = Registration, responses((status = 201, description = "The new account", body = MeView)), security(()),
    extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/auth/register")]
pub async fn register(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<Registration>,
) -> Result<Reply<MeView>> {
    let (Provided(identity), Provided(database), Body(form)) = (identity, database, form);
    identity
        .throttle
        .count_registration(Address::from_request(&request, &identity.proxies))?;
    let (office, user) = registration::register(
        &identity,
        &database,
        form,
        Language::preferred(&request),
        clock.0.now(),
    )
    .await?;
    let (me, version) = database
        .read(async |connection| {
            find_me(
                connection,
                office,
                user,
                Roles::NONE.with(Role::Customer),
                None,
            )
            .await
        })
        .await?;
    Ok(Reply::created("/api/v1/me", me).version(version))
}

/// Credentials for signing in.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The e-mail of the account (surel).
    #[schema(example = "mutu@tirtamusi.example")]
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
#[utoipa::path(tag = "sign in", request_body = Login, responses((status = 200, description = "The tokens", body = TokenPair)), security(()),
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

/// The refresh token from the last reply.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token, valid once.
    #[schema(example = "3q2-796tvu_erb7v3q2-796tvu_erb7v3q2-796tvu8")]
    pub refresh_token: String,
}

impl Validate for Refresh {}

/// Refresh the tokens (perbarui token).
///
/// Returns the next pair of tokens of the session and consumes the sent refresh token. Sending a
/// refresh token twice ends the session immediately, because one of the two senders may have stolen
/// it (RFC 9700). After a lost reply, sign in again.
#[utoipa::path(tag = "sign in", request_body = Refresh, responses((status = 200, description = "The next tokens", body = TokenPair)), security(()),
    extensions(("x-problem-codes" = json!(["invalid_refresh_token"]))))]
#[post("/auth/refresh")]
pub async fn refresh_session(
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<Refresh>,
) -> Result<Reply<TokenPair>> {
    let (Provided(identity), Provided(database), Provided(clock)) = (identity, database, clock);
    let opened = session::refresh(&database, &form.0.refresh_token, clock.now()).await?;
    Ok(Reply::ok(
        issue_tokens(&identity, &database, opened, clock.now()).await?,
    ))
}

/// Sign out (keluar).
///
/// Ends the session: from the next request on its access tokens and refresh tokens are refused.
/// Other sessions of the user continue.
#[utoipa::path(tag = "sign in", responses((status = 204, description = "The session has ended")))]
#[post("/auth/logout")]
pub async fn logout(
    caller: SignedIn,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<()>> {
    let mut transaction = database.0.begin().await?;
    sessions::revoke(
        &mut transaction,
        caller.session,
        RevocationReason::Logout,
        clock.0.now(),
    )
    .await?;
    transaction.commit().await?;
    Ok(Reply::no_content())
}

/// A pair of tokens.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TokenPair {
    /// Send it as `Authorization: Bearer …`.
    #[schema(
        example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSIsImtpZCI6ImtQcksifQ.eyJzdWIiOiIwMTlhIn0.c2lnbmF0dXJl"
    )]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Lifetime of the access token in seconds.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Valid for one `POST /auth/refresh`. A second use ends the session.
    #[schema(example = "3q2-796tvu_erb7v3q2-796tvu_erb7v3q2-796tvu8")]
    pub refresh_token: String,
}

/// Issues the tokens of a session.
pub async fn issue_tokens(
    identity: &Identity,
    database: &Database,
    opened: IssuedSession,
    now: DateTime<Utc>,
) -> Result<TokenPair> {
    let key_set = identity.keys.current(database, now).await?;
    let access_token = identity
        .tokens
        .issue(&key_set, opened.user, opened.session, now)?;
    Ok(TokenPair {
        access_token,
        token_type: "Bearer",
        expires_in: LIFETIME.num_seconds(),
        refresh_token: opened.refresh_token,
    })
}
