//! The layer that finds out at whose complaint a reporter stands, before anything of a body is read: a bad token is refused here, whatever else is wrong.

use std::collections::HashSet;
use std::sync::Arc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, HttpRequest};
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

use crate::clock::Clock;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::sessions;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::ids::ComplaintId;
use crate::web::confidential::is_confidential;
use crate::web::provided;

/// How long a session lasts after its last request.
const IDLE: TimeDelta = TimeDelta::minutes(30);
/// Ends of sessions are kept in whole steps of this.
const STEP: TimeDelta = TimeDelta::minutes(5);

/// When a session ends that was used now.
#[must_use]
pub fn session_end(now: DateTime<Utc>) -> DateTime<Utc> {
    (now + IDLE).duration_trunc(STEP).unwrap_or(now) + STEP
}

/// The operations that ask for the token of a reporter's session, as the document says. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct ReporterOperations(Arc<HashSet<(Method, String)>>);

impl ReporterOperations {
    /// These, and no others.
    pub fn new(operations: impl IntoIterator<Item = (Method, String)>) -> Self {
        Self(Arc::new(operations.into_iter().collect()))
    }

    fn header(&self, request: &HttpRequest) -> bool {
        // HEAD is what GET is.
        let method = if request.method() == Method::HEAD {
            Method::GET
        } else {
            request.method().clone()
        };
        request
            .match_pattern()
            .is_some_and(|pattern| self.0.contains(&(method, pattern)))
    }
}

/// A reporter's session, for one request.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    /// The complaint it opens.
    pub case: ComplaintId,
    /// What it is found by.
    pub digest: [u8; 32],
}

/// Puts a `Session` into the extensions of a request that proves to be a reporter's. Needs `ReporterOperations`, `ComplaintServices`, `Database` and `Clock` provided.
///
/// # Errors
/// What comes after says; its own refusal (`unauthenticated`) is a response already.
pub async fn admit_reporters<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    match session(request.request()).await {
        Ok(Some(session)) => drop(request.extensions_mut().insert(session)),
        Ok(None) => {}
        Err(refusal) => return Ok(request.error_response(refusal).map_into_right_body()),
    }
    next.call(request)
        .await
        .map(ServiceResponse::map_into_left_body)
}

/// The session behind the token; nothing where none is asked for.
async fn session(request: &HttpRequest) -> Result<Option<Session>> {
    // What is a reporter's is confidential: all else is spared the look at its route.
    if !is_confidential(request) || !provided::<ReporterOperations>(request)?.header(request) {
        return Ok(None);
    }
    let (database, services, now) = (
        provided::<Database>(request)?,
        ComplaintServices::of(request)?,
        provided::<Clock>(request)?.now(),
    );
    let (digest, seal) = services.keys.session(token(request).ok_or_else(refusal)?);
    let sealed = database
        .read(async |c| sessions::extend(c, &digest, now, session_end(now)).await)
        .await?
        .ok_or_else(refusal)?;
    let case = seal
        .open("session|sealed", &sealed)
        .and_then(|case| uuid::Uuid::from_slice(&case).ok())
        .ok_or_else(refusal)?;
    Ok(Some(Session {
        case: ComplaintId(case),
        digest,
    }))
}

fn token(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What whoever has no session is told.
#[must_use]
pub fn refusal() -> Error {
    Error::new(Code::Unauthenticated).detail(
        "Sesi tidak berlaku atau sudah berakhir; buka lagi dengan kode tanda terima.",
        "The session is not valid or has ended; open it again with the receipt code.",
    )
}
