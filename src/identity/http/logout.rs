//! `POST /auth/logout`.

use actix_web::post;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::revocation_reason::Reason;
use crate::identity::session;
use crate::identity::signed_in::SignedIn;
use crate::web::{Provided, Reply};

/// Sign out (keluar).
///
/// Ends the session: its access tokens and refresh tokens are refused from the next request on. Other sessions of the person go on.
#[utoipa::path(tag = "identity", responses((status = 204, description = "The session has ended")))]
#[post("/auth/logout")]
pub async fn logout(
    who: SignedIn,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<()>> {
    let mut transaction = database.0.begin().await?;
    session::end(&mut transaction, who.session, Reason::Logout, clock.0.now()).await?;
    transaction.commit().await?;
    Ok(Reply::nothing())
}
