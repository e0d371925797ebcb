//! `GET /signature-attempts`: attempts to sign a letter. The national signing service fails often,
//! so staff can see the cause of a failure.

use actix_web::get;

use super::store;
use super::views::SignatureAttempt;
use crate::casework::desk::Desk;
use crate::error::Result;
use crate::identity::Staff;
use crate::web::page::{PageQuery, page_size};
use crate::web::{Cursor, Page, Provided, Query, Reply};

/// List the attempts to sign (percobaan tanda tangan elektronik).
///
/// Newest first: attempts for letters of the applications you may see, and your own attempts for
/// answers to complaints. An attempt never contains the signer's credentials.
#[utoipa::path(tag = "letters", params(PageQuery), responses((status = 200, body = Page<SignatureAttempt>)))]
#[get("/signature-attempts")]
pub async fn list_signature_attempts(
    desk: Desk,
    _: Staff,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<SignatureAttempt>>> {
    let limit = page_size(query.0.limit)?;
    let after = cursor
        .0
        .read(query.0.cursor.as_deref(), "signature-attempts", &())?;
    let rows = desk
        .database()
        .read(async |c| store::attempts::list(c, desk.signed_in(), after, limit + 1).await)
        .await?;
    cursor
        .0
        .page(rows, limit, "signature-attempts", &(), |row| {
            (row.at, row.id)
        })
        .map(Reply::page)
}
