//! A request with a key: looked up anew for every request, so what was revoked a moment ago opens nothing.

use actix_web::HttpRequest;

use super::key::digest;
use super::operations::ScopedOperations;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::identity::Identity;
use crate::identity::open_operations::OpenOperations;
use crate::identity::scope::Scope;
use crate::identity::signed_in::{SignedIn, today};
use crate::identity::store::integrations as store;
use crate::web::params::decoded_path;
use crate::web::provided;

/// Whose rights the key has for this request: its owner's where its scope reaches; nobody's where all may ask.
///
/// # Errors
/// `unauthenticated` when the key is not good; `too_many_requests`; `forbidden` where its scope does not reach.
pub async fn admit(request: &HttpRequest, key: &str) -> Result<Option<SignedIn>> {
    let (identity, database, clock): (Identity, Database, Clock) =
        (provided(request)?, provided(request)?, provided(request)?);
    let (open, scoped): (OpenOperations, ScopedOperations) =
        (provided(request)?, provided(request)?);
    let on = today(clock.now());
    let found = database
        .read(async |connection| store::find_by_digest(connection, &digest(key), on).await)
        .await?
        .ok_or_else(refusal)?;
    identity.integrators.count(found.id)?;
    if found.last_used_on != Some(on) {
        database
            .read(async |connection| store::used(connection, found.id, on).await)
            .await?;
    }
    let Some(pattern) = request.match_pattern() else {
        // A path that leads nowhere gets its 404; one that hides what it is is closed.
        return if decoded_path(request) == request.path() {
            Ok(None)
        } else {
            Err(out_of_scope(None))
        };
    };
    match scoped.scope(request.method(), &pattern) {
        Some(scope) if found.scopes.contains(&scope) => Ok(Some(found.who)),
        Some(_) | None if open.admit(request.method(), &pattern) => Ok(None),
        scope => Err(out_of_scope(scope)),
    }
}

fn refusal() -> Error {
    Error::new(Code::Unauthenticated).detail(
        "Kunci integrasi tidak berlaku, sudah dicabut, atau kedaluwarsa.",
        "The integration key is not valid, revoked, or expired.",
    )
}

/// The scope that would have opened it, if one does.
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
