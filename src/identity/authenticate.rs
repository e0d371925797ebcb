//! The layer that finds out who is asking, before a body is read: a bearer token is checked, then the person is loaded in one statement. A bad token
//! is refused here; no token passes only to what is open to all. A key of an integrator is looked at in `integrations`. Reporters are not ours to ask:
//! their routes look at the token themselves.

use actix_web::HttpMessage as _;
use actix_web::HttpRequest;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use chrono::{DateTime, Utc};

use super::open_operations::OpenOperations;
use super::signed_in::{SignedIn, today};
use super::token::{Claims, TokenError};
use super::{Identity, integrations, store};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::web::confidential::is_confidential;
use crate::web::params::decoded_path;
use crate::web::provided;

/// Puts a `SignedIn` into the extensions of a request that proves who sends it. Needs `Identity`, `Database`, `Clock` and `OpenOperations` provided.
///
/// # Errors
/// What comes after says; its own refusal (`unauthenticated`) is a response already.
pub async fn authenticate<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    match who_asks(request.request()).await {
        Ok(Some(who)) => drop(request.extensions_mut().insert(who)),
        Ok(None) => {}
        Err(refusal) => return Ok(request.error_response(refusal).map_into_right_body()),
    }
    next.call(request)
        .await
        .map(ServiceResponse::map_into_left_body)
}

/// The person behind the token; nobody where no token is needed.
async fn who_asks(request: &HttpRequest) -> Result<Option<SignedIn>> {
    if !is_ours(request) || is_a_reporters(request)? {
        return Ok(None);
    }
    match bearer_token(request)? {
        Some(key) if integrations::is_key(&key) => integrations::admit(request, &key).await,
        Some(token) => sign_in(request, &token).await.map(Some),
        None => must_be_open(request).map(|()| None),
    }
}

/// Health, numbers and documentation ask for no person: an `Authorization` header there is theirs, not ours.
fn is_ours(request: &HttpRequest) -> bool {
    decoded_path(request).starts_with("/api/")
}

/// What a reporter may ask is not asked as a person: a staff member's token sent there by mistake is not even read.
fn is_a_reporters(request: &HttpRequest) -> Result<bool> {
    let open: OpenOperations = provided(request)?;
    Ok(is_confidential(request)
        && request
            .match_pattern()
            .is_some_and(|pattern| open.admit(request.method(), &pattern)))
}

/// The token of the `Authorization` header; nothing when there is no such header.
fn bearer_token(request: &HttpRequest) -> Result<Option<String>> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .ok_or_else(refusal)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(Some(token.trim().to_owned()))
    } else {
        Err(refusal())
    }
}

/// A path that leads nowhere is not ours to refuse: it gets its 404. One that hides what it is (`/%61pi/…`) is closed: the router reads through it.
fn must_be_open(request: &HttpRequest) -> Result<()> {
    let open: OpenOperations = provided(request)?;
    match request.match_pattern() {
        Some(pattern) if !open.admit(request.method(), &pattern) => {
            Err(Error::new(Code::Unauthenticated))
        }
        None if decoded_path(request) != request.path() => Err(Error::new(Code::Unauthenticated)),
        Some(_) | None => Ok(()),
    }
}

async fn sign_in(request: &HttpRequest, token: &str) -> Result<SignedIn> {
    let (identity, database, clock): (Identity, Database, Clock) =
        (provided(request)?, provided(request)?, provided(request)?);
    let now = clock.now();
    let claims = claims(&identity, &database, token, now).await?;
    let who = database
        .read(async |connection| {
            store::sessions::find_signed_in(connection, claims.sid, claims.sub, today(now), now)
                .await
        })
        .await?;
    who.ok_or_else(refusal)
}

/// What the token says, once it is known to be genuine: from memory when its signature was checked before.
async fn claims(
    identity: &Identity,
    database: &Database,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Claims> {
    let ring = identity.keys.ring(database, now).await?;
    if let Some(claims) = identity.verified.claims(token) {
        if !claims.have_expired(now) && ring.key(&claims.kid, now).is_some() {
            return Ok(claims);
        }
        identity.verified.forget(token);
        return Err(refusal());
    }
    let outcome = match identity.tokens.verify(&ring, token, now) {
        Err(TokenError::UnknownKey) => identity.tokens.verify(
            &*identity.keys.ring_for_unknown(database, now).await?,
            token,
            now,
        ),
        known => known,
    };
    let claims = outcome.map_err(|_: TokenError| refusal())?;
    identity.verified.remember(token, claims.clone());
    Ok(claims)
}

fn refusal() -> Error {
    Error::new(Code::Unauthenticated).detail(
        "Token akses tidak berlaku atau sudah kedaluwarsa; kirim Authorization: Bearer … dengan yang baru.",
        "The access token is not valid or has expired; send Authorization: Bearer … with a new one.",
    )
}
