//! `POST /auth/refresh`.

use actix_web::post;
use serde::Deserialize;

use super::tokens::{TokenPair, issue_tokens};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::{Identity, session};
use crate::web::body::Validate;
use crate::web::{Body, Provided, Reply};

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
#[utoipa::path(tag = "identity", request_body = Refresh, responses((status = 200, description = "The next tokens", body = TokenPair)), security(()),
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
