//! Authentication of reporter sessions. The layer runs before a request body is read, so an invalid
//! token is refused whatever else is wrong with the request.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest};
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

use super::session;
use crate::clock::Clock;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::sessions;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::ids::ComplaintId;
use crate::web::operations::{Access, Found};
use crate::web::provided;

/// Time after the last request at which a session expires.
pub const IDLE_TIMEOUT: TimeDelta = TimeDelta::minutes(30);
/// Expiry times are stored in whole steps of this length, so that a row does not reveal the minute
/// of the last request.
const EXPIRY_GRANULARITY: TimeDelta = TimeDelta::minutes(5);

/// Expiry of a session that was last used at `now`.
pub fn session_expiry(now: DateTime<Utc>) -> DateTime<Utc> {
    (now + IDLE_TIMEOUT)
        .duration_trunc(EXPIRY_GRANULARITY)
        .unwrap_or(now)
        + EXPIRY_GRANULARITY
}

/// Authenticated reporter session of one request.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// Complaint of the session.
    pub case: ComplaintId,
    /// Digest of the token: the primary key of the stored session.
    pub digest: [u8; 32],
}

/// Middleware that authenticates reporters and stores the `Session` in the extensions of the
/// request. An invalid token is answered with `unauthenticated`. Requires `ComplaintServices`,
/// `Database` and `Clock` as application data.
pub async fn authenticate_reporters<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    match authenticate(request.request()).await {
        Ok(Some(session)) => drop(request.extensions_mut().insert(session)),
        Ok(None) => {}
        Err(refusal) => return Ok(request.error_response(refusal).map_into_right_body()),
    }
    next.call(request)
        .await
        .map(ServiceResponse::map_into_left_body)
}

/// Finds the session of the token and extends it; none when the operation requires no token.
async fn authenticate(request: &HttpRequest) -> Result<Option<Session>> {
    let found = Found::of(request)?;
    if found
        .operation()
        .is_none_or(|operation| operation.access != Access::Reporter)
    {
        return Ok(None);
    }
    let (database, services, now) = (
        provided::<Database>(request)?,
        ComplaintServices::of(request)?,
        provided::<Clock>(request)?.now(),
    );
    let (digest, seal) = services
        .keys
        .session(bearer_token(request).ok_or_else(unauthenticated)?);
    let sealed = database
        .read(async |c| sessions::extend(c, &digest, now, session_expiry(now)).await)
        .await?
        .ok_or_else(unauthenticated)?;
    let case = session::case_of(&seal, &sealed, now).ok_or_else(unauthenticated)?;
    Ok(Some(Session { case, digest }))
}

fn bearer_token(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The error for a missing, invalid or expired token.
pub fn unauthenticated() -> Error {
    Error::new(Code::Unauthenticated).detail(
        "Sesi tidak berlaku atau sudah berakhir; buka lagi dengan kode tanda terima.",
        "The session is not valid or has ended; open it again with the receipt code.",
    )
}
