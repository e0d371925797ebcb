//! `POST /auth/register`, `/auth/login`, `/auth/login/second-factor`, `/auth/refresh` and
//! `/auth/logout`.

use actix_web::http::header;
use actix_web::{Either, HttpRequest, post};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::database::Database;
use crate::error::{FieldError, Result};
use crate::identity::address::Address;
use crate::identity::passkey_factor::PasskeyRequest;
use crate::identity::password_rules::{Password, too_long};
use crate::identity::registration::{self, Registration};
use crate::identity::second_factor::{self, FactorProof};
use crate::identity::session::{self, IssuedSession};
use crate::identity::sign_in::FirstStep;
use crate::identity::signed_in::SignedIn;
use crate::identity::store::second_factors::FactorKind;
use crate::identity::store::sessions::{self, RevocationReason};
use crate::identity::token::LIFETIME;
use crate::identity::{Identity, mfa_token, sign_in};
use crate::web::body::Validate;
use crate::web::problem::Language;
use crate::web::{Body, Provided, Reply};

/// Register as a customer (daftar sebagai pelanggan).
///
/// Creates an account for a person and their organisation, and sends a mail for verifying the
/// address, in the language of `Accept-Language`. For an address that has an account the reply is
/// the same, nothing changes, and a mail tells its owner. Sign in afterwards; verification is not
/// required for that.
#[utoipa::path(tag = "sign in", request_body = Registration, responses((status = 202, description = "The registration is accepted; a mail follows")), security(()))]
#[post("/auth/register")]
pub async fn register(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<Registration>,
) -> Result<Reply<()>> {
    let (Provided(identity), Provided(database), Body(form)) = (identity, database, form);
    identity
        .throttle
        .count_registration(Address::from_request(&request, &identity.proxies))?;
    let language = Language::preferred(&request);
    registration::register(&identity, &database, form, language, clock.0.now()).await?;
    Ok(Reply::accepted())
}

/// Credentials for signing in.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The e-mail of the account (surel).
    #[schema(example = "mutu@tirtamusi.example", max_length = 254)]
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
/// Returns a pair of tokens. For an account with a second factor it returns 202 with
/// `mfa_required` and a token for the second step (`POST /auth/login/second-factor`) instead. An
/// unknown e-mail and a wrong password get the same error. After ten failures within 15 minutes an
/// account accepts no further attempts from unknown addresses for a while; addresses of recent
/// sign-ins are counted separately. Where the office requires a second factor, the tokens of staff
/// without one only serve to enrol it (`enrolment_required`).
#[utoipa::path(tag = "sign in", request_body = Login,
    responses(
        (status = 200, description = "The tokens", body = TokenPair),
        (status = 202, description = "The password is right; the second factor is missing", body = MfaChallenge)
    ), security(()),
    extensions(("x-problem-codes" = json!(["bad_credentials"]))))]
#[post("/auth/login")]
pub async fn login(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    form: Body<Login>,
) -> Result<Either<Reply<TokenPair>, Reply<MfaChallenge>>> {
    let (Provided(identity), Provided(database), Body(form)) = (identity, database, form);
    let address = Address::from_request(&request, &identity.proxies);
    let first = sign_in::sign_in(&identity, &database, &form.email, form.password, address).await?;
    Ok(match first {
        FirstStep::Session(opened) => {
            Either::Left(Reply::ok(issue_tokens(&identity, &database, opened).await?))
        }
        FirstStep::SecondFactor(mfa_token, methods, passkey) => {
            Either::Right(Reply::pending(MfaChallenge {
                mfa_required: true,
                mfa_token,
                methods,
                passkey,
                expires_in: mfa_token::VALIDITY.num_seconds(),
            }))
        }
    })
}

/// The second step of a sign-in is needed.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MfaChallenge {
    /// Always true.
    pub mfa_required: bool,
    /// Send it with the proof of the second factor.
    #[schema(example = "Qm9hdCB1cHN0cmVhbS4gQm9hdCB1cHN0cmVhbS4gQm9hdA")]
    pub mfa_token: String,
    /// The kinds of second factors of the account. A recovery code serves in place of each.
    pub methods: Vec<FactorKind>,
    /// The request for the browser, if the account has a passkey.
    pub passkey: Option<PasskeyRequest>,
    /// Seconds until `mfa_token` expires.
    #[schema(example = 300)]
    pub expires_in: i64,
}

/// The second step of a sign-in: the token of the first, and one proof.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondStep {
    /// `mfa_token` of the first step.
    #[schema(
        example = "Qm9hdCB1cHN0cmVhbS4gQm9hdCB1cHN0cmVhbS4gQm9hdA",
        max_length = 1000
    )]
    pub mfa_token: String,
    /// The proof.
    pub proof: FactorProof,
}

impl Validate for SecondStep {
    fn errors(&self) -> Vec<FieldError> {
        self.proof.field_error("/proof").into_iter().collect()
    }
}

/// Complete a sign-in (masuk dengan faktor kedua).
///
/// The second step of `POST /auth/login`: needs its `mfa_token` and a code of the authenticator
/// app, a passkey's answer, or a recovery code. A code is valid once. Wrong codes count as failures
/// of the account, together with wrong passwords; the owner is told by mail when they reach the
/// limit.
#[utoipa::path(tag = "sign in", request_body = SecondStep, responses((status = 200, description = "The tokens", body = TokenPair)), security(()),
    extensions(("x-problem-codes" = json!(["bad_second_factor"]))))]
#[post("/auth/login/second-factor")]
pub async fn complete_login(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    form: Body<SecondStep>,
) -> Result<Reply<TokenPair>> {
    let (Provided(identity), Provided(database), Body(form)) = (identity, database, form);
    let from = Address::from_request(&request, &identity.proxies);
    let (token, proof) = (&form.mfa_token, &form.proof);
    let opened = second_factor::complete_sign_in(&identity, &database, token, proof, from).await?;
    Ok(Reply::ok(issue_tokens(&identity, &database, opened).await?))
}

/// The refresh token from the last reply.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token, valid once.
    #[schema(
        example = "3q2-796tvu_erb7v3q2-796tvu_erb7v3q2-796tvu8",
        max_length = 200
    )]
    pub refresh_token: String,
}

impl Validate for Refresh {}

/// Refresh the tokens (perbarui token).
///
/// Returns the next pair of tokens of the session and consumes the sent refresh token. After a lost
/// reply the same client may repeat the request for ten seconds and gets the same tokens. Any other
/// second use ends the session immediately, because one of the two senders may have stolen the token
/// (RFC 9700).
#[utoipa::path(tag = "sign in", request_body = Refresh, responses((status = 200, description = "The next tokens", body = TokenPair)), security(()),
    extensions(("x-problem-codes" = json!(["invalid_refresh_token"]))))]
#[post("/auth/refresh")]
pub async fn refresh_session(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    form: Body<Refresh>,
) -> Result<Reply<TokenPair>> {
    let (Provided(identity), Provided(database)) = (identity, database);
    let from = Address::from_request(&request, &identity.proxies);
    let program = request.headers().get(header::USER_AGENT);
    let program = program.and_then(|name| name.to_str().ok()).unwrap_or("");
    let client = identity.refresh_key.client(from, program);
    let opened = session::refresh(&identity, &database, &form.0.refresh_token, &client).await?;
    Ok(Reply::ok(issue_tokens(&identity, &database, opened).await?))
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
    /// True if the office requires a second factor and the account has none: until one is enrolled
    /// (`POST /me/mfa/totp`), the tokens serve for nothing else.
    #[schema(example = false)]
    pub enrolment_required: bool,
}

/// Issues the tokens of a session.
async fn issue_tokens(
    identity: &Identity,
    database: &Database,
    opened: IssuedSession,
) -> Result<TokenPair> {
    Ok(TokenPair {
        access_token: identity.access_token(database, &opened).await?,
        token_type: "Bearer",
        expires_in: LIFETIME.num_seconds(),
        refresh_token: opened.refresh_token,
        enrolment_required: opened.must_enrol,
    })
}
