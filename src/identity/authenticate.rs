//! Authentication middleware. It runs before a body is read: it verifies the bearer token, loads the
//! user in one statement, or for a read takes it from memory if nothing can have changed
//! (`sign_in_cache`), and asks for the second factor that the operation needs. An invalid token is refused here; without a token only open
//! operations pass. Integration keys are checked in `integrations`. Operations of reporters are
//! skipped, because their handlers check the reporter's token.

use actix_web::HttpMessage as _;
use actix_web::HttpRequest;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use chrono::{DateTime, TimeDelta, Utc};

use super::signed_in::{SignedIn, today};
use super::store::sessions;
use super::token::{Claims, TokenError};
use super::{Identity, assurance, integrations};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::web::operations::{Found, decoded_path};
use crate::web::provided;

/// How often the use of a session is recorded.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Puts a `SignedIn` into the request extensions if the request is authenticated. Needs `Identity`,
/// `Database` and `Clock` as app data.
///
/// # Errors
/// Only those of the next service; a refusal (`unauthenticated`) is returned as a response.
pub async fn authenticate<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    match authenticate_caller(request.request()).await {
        Ok(Some(caller)) => drop(request.extensions_mut().insert(caller)),
        Ok(None) => {}
        Err(refusal) => return Ok(request.error_response(refusal).map_into_right_body()),
    }
    next.call(request)
        .await
        .map(ServiceResponse::map_into_left_body)
}

/// The authenticated user; `None` for an open operation.
async fn authenticate_caller(request: &HttpRequest) -> Result<Option<SignedIn>> {
    if !is_api_request(request) || is_reporter_operation(request)? {
        return Ok(None);
    }
    match bearer_token(request)? {
        Some(key) if integrations::is_key(&key) => integrations::authenticate(request, &key).await,
        Some(token) => sign_in(request, &token).await.map(Some),
        None => require_open(request).map(|()| None),
    }
}

/// Only `/api/` is authenticated. Health, metrics and documentation may receive an `Authorization`
/// header meant for another server.
fn is_api_request(request: &HttpRequest) -> bool {
    decoded_path(request).starts_with("/api/")
}

/// True for an open operation of reporters. A staff token sent there by mistake must not be read.
fn is_reporter_operation(request: &HttpRequest) -> Result<bool> {
    let found = Found::of(request)?;
    Ok(found
        .operation()
        .is_some_and(|operation| operation.is_open() && operation.is_confidential()))
}

/// The bearer token; `None` without an `Authorization` header.
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

/// Refuses a closed operation, and a respelled path (`/%61pi/…`). An unknown path passes and gets
/// its 404.
fn require_open(request: &HttpRequest) -> Result<()> {
    if Found::of(request)?.is_open() {
        Ok(())
    } else {
        Err(Error::new(Code::Unauthenticated))
    }
}

async fn sign_in(request: &HttpRequest, token: &str) -> Result<SignedIn> {
    let (identity, database, clock): (Identity, Database, Clock) =
        (provided(request)?, provided(request)?, provided(request)?);
    let now = clock.now();
    let claims = claims(&identity, &database, token, now).await?;
    let day = today(now);
    let is_stale = |caller: &SignedIn| {
        caller
            .state
            .seen_at
            .is_some_and(|at| now - at >= SEEN_EVERY)
    };
    if request.method().is_safe()
        && let Some(stored) = identity.sign_ins.get(&claims, day)
        && let Some(caller) = stored.admit(now).filter(|caller| !is_stale(caller))
    {
        assurance::check(&identity, &Found::of(request)?, caller, now)?;
        return Ok(caller.clone());
    }
    let state = identity.sign_ins.state();
    let caller = database
        .read(async |connection| {
            let Some(stored) =
                sessions::find_stored(connection, claims.sid, claims.sub, day).await?
            else {
                return Ok(None);
            };
            let Some(caller) = stored.admit(now).cloned() else {
                return Ok(None);
            };
            let stored = if is_stale(&caller) {
                sessions::record_use(connection, claims.sid, now).await?;
                stored.used_at(now)
            } else {
                stored
            };
            if let Some(state) = state {
                identity.sign_ins.insert(claims.sid, stored, day, state);
            }
            Ok(Some(caller))
        })
        .await?
        .ok_or_else(refusal)?;
    assurance::check(&identity, &Found::of(request)?, &caller, now)?;
    Ok(caller)
}

/// The claims of a valid token; a token with an already verified signature comes from the cache.
async fn claims(
    identity: &Identity,
    database: &Database,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Claims> {
    let key_set = identity.keys.current(database, now).await?;
    if let Some(claims) = identity.token_cache.get(token) {
        if !claims.have_expired(now) && key_set.key(&claims.kid, now).is_some() {
            return Ok(claims);
        }
        identity.token_cache.remove(token);
        return Err(refusal());
    }
    let outcome = match identity.tokens.verify(&key_set, token, now) {
        Err(TokenError::UnknownKey) => identity.tokens.verify(
            &*identity.keys.current_for_unknown_kid(database, now).await?,
            token,
            now,
        ),
        known => known,
    };
    let claims = outcome.map_err(|_: TokenError| refusal())?;
    identity.token_cache.insert(token, claims.clone());
    Ok(claims)
}

fn refusal() -> Error {
    Error::new(Code::Unauthenticated).detail(
        "Token akses tidak berlaku atau sudah kedaluwarsa; kirim Authorization: Bearer … dengan yang baru.",
        "The access token is not valid or has expired; send Authorization: Bearer … with a new one.",
    )
}
