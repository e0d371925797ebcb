//! Attempts to have a letter signed, as staff see them: the national service fails often, and whoever signs must see why.

use actix_web::get;

use super::store;
use super::views::SignatureAttempt;
use crate::casework::desk::Desk;
use crate::error::Result;
use crate::identity::Staff;
use crate::web::page::{PageQuery, size};
use crate::web::{Cursor, Page, Provided, Query, Reply};

/// List the attempts to sign (percobaan tanda tangan elektronik).
///
/// Newest first: those for letters of the applications you may see, and of answers to complaints your own. What signers proved themselves with is in none.
#[utoipa::path(tag = "letters", params(PageQuery), responses((status = 200, body = Page<SignatureAttempt>)))]
#[get("/signature-attempts")]
pub async fn list_signature_attempts(
    desk: Desk,
    _: Staff,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<SignatureAttempt>>> {
    let limit = size(query.0.limit)?;
    let after = cursor
        .0
        .read(query.0.cursor.as_deref(), "signature-attempts", &())?;
    let rows = desk
        .database()
        .read(async |c| store::attempts::list(c, desk.who(), after, limit + 1).await)
        .await?;
    cursor
        .0
        .page(rows, limit, "signature-attempts", &(), |row| {
            (row.at, row.id)
        })
        .map(Reply::page)
}
