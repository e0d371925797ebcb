//! `POST /auth/logout`.

use actix_web::post;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::revocation_reason::RevocationReason;
use crate::identity::session;
use crate::identity::signed_in::SignedIn;
use crate::web::{Provided, Reply};

/// Sign out (keluar).
///
/// Ends the session: from the next request on its access tokens and refresh tokens are refused.
/// Other sessions of the user continue.
#[utoipa::path(tag = "identity", responses((status = 204, description = "The session has ended")))]
#[post("/auth/logout")]
pub async fn logout(
    caller: SignedIn,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<()>> {
    let mut transaction = database.0.begin().await?;
    session::end(
        &mut transaction,
        caller.session,
        RevocationReason::Logout,
        clock.0.now(),
    )
    .await?;
    transaction.commit().await?;
    Ok(Reply::no_content())
}
