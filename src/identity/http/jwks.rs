//! `GET /.well-known/jwks.json`: the public keys for verifying access tokens.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Serialize;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::identity::Identity;
use crate::secrecy::sha256;
use crate::web::Provided;
use crate::web::etags::if_none_match_matches;

/// Caching time for clients. A new key is published long before it signs.
const CACHE: &str = "public, max-age=300";

/// A JSON Web Key Set (RFC 7517). Only for the documentation; the reply is written by the JWT
/// library.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SigningKeySet {
    /// The keys: next, active, and those retired within the last hour.
    pub keys: Vec<SigningKey>,
}

/// The public half of an Ed25519 key (RFC 8037).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SigningKey {
    /// Key type.
    #[schema(example = "OKP")]
    pub kty: String,
    /// Curve.
    #[schema(example = "Ed25519")]
    pub crv: String,
    /// The public key.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    pub x: String,
    /// Key id: the RFC 7638 thumbprint.
    #[schema(example = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    pub kid: String,
    /// Algorithm.
    #[schema(example = "EdDSA")]
    pub alg: String,
    /// Use of the key.
    #[schema(example = "sig")]
    pub r#use: String,
}

/// Show the keys that sign access tokens (kunci penanda tangan).
///
/// The public keys for verifying access tokens. Cache them for at most five minutes; fetch them
/// again on an unknown `kid`.
#[utoipa::path(tag = "identity", responses((status = 200, description = "The keys", body = SigningKeySet)), security(()))]
#[get("/.well-known/jwks.json")]
pub async fn show_signing_keys(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<HttpResponse> {
    let key_set = identity.0.keys.current(&database.0, clock.0.now()).await?;
    let body = serde_json::to_vec(&key_set.published(clock.0.now())).map_err(Error::internal)?;
    let etag = format!("\"{}\"", hex::encode(&sha256(&body)[..12]));
    let if_none_match_matches = if_none_match_matches(request.headers(), &etag);
    let mut reply = if if_none_match_matches {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    reply
        .insert_header((header::CACHE_CONTROL, CACHE))
        .insert_header((header::ETAG, etag));
    Ok(if if_none_match_matches {
        reply.finish()
    } else {
        reply.content_type("application/json").body(body)
    })
}
