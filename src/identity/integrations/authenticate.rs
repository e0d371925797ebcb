//! Authenticates a request with an integration key. The key is read for every request, so that a
//! revocation takes effect immediately.

use actix_web::HttpRequest;

use super::digest;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::identity::Identity;
use crate::identity::signed_in::{SignedIn, today};
use crate::identity::store::integrations as store;
use crate::web::operations::Found;
use crate::web::provided;
use crate::web::scope::Scope;

/// The rights of the key for this request: its owner's where a scope of the key permits the
/// operation; `None` for an open operation.
///
/// # Errors
/// `unauthenticated` when the key is invalid; `too_many_requests`; `forbidden` outside its scopes.
pub async fn authenticate(request: &HttpRequest, key: &str) -> Result<Option<SignedIn>> {
    let (identity, database, clock): (Identity, Database, Clock) =
        (provided(request)?, provided(request)?, provided(request)?);
    let on = today(clock.now());
    let found = database
        .read(async |connection| store::find_by_digest(connection, &digest(key), on).await)
        .await?
        .ok_or_else(refusal)?;
    identity.integrators.count(found.id)?;
    if found.last_used_on != Some(on) {
        database
            .read(async |connection| store::record_use(connection, found.id, on).await)
            .await?;
    }
    let operation = Found::of(request)?;
    match operation.operation().and_then(|one| one.scope) {
        Some(scope) if found.scopes.contains(&scope) => Ok(Some(found.caller)),
        _ if operation.is_open() => Ok(None),
        scope => Err(out_of_scope(scope)),
    }
}

fn refusal() -> Error {
    Error::new(Code::Unauthenticated).detail(
        "Kunci integrasi tidak berlaku, sudah dicabut, atau kedaluwarsa.",
        "The integration key is not valid, revoked, or expired.",
    )
}

/// The error for an operation outside the key's scopes; it names the scope that would permit the
/// operation.
fn out_of_scope(needed: Option<Scope>) -> Error {
    let refusal = Error::new(Code::Forbidden);
    match needed.map(Scope::code) {
        Some(code) => refusal.detail(
            format!("Kunci ini memerlukan cakupan {code}."),
            format!("The key needs the scope {code}."),
        ),
        None => refusal.detail(
            "Operasi ini tidak terbuka bagi kunci integrasi.",
            "No scope of an integration key opens this operation.",
        ),
    }
}
