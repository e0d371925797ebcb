//! Sending a mail again that was given up: as the same mail, with the same token, to the address the account has now.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::send::SendMail;
use super::store::{self, Row};
use crate::error::{Code, Error, Result};
use crate::ids::OfficeId;
use crate::jobs;

/// Queues a mail of the office again, with all its attempts before it.
///
/// # Errors
/// `not_found`; `conflict` when it was not given up, when the token in it is not good any more, or when the account is deactivated.
pub async fn renew(
    connection: &mut PgConnection,
    office: OfficeId,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Row> {
    let mail = store::standing(connection, office, id, now)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let refusal = if mail.sent_at.is_some() {
        Some(("Surel ini sudah terkirim.", "This mail was sent."))
    } else if mail.given_up_at.is_none() {
        Some((
            "Surel ini masih menunggu giliran dan akan dicoba lagi.",
            "This mail still waits, and will be tried again.",
        ))
    } else if mail.is_past_use {
        Some((
            "Kode di dalamnya tidak berlaku lagi; pemilik akun perlu meminta yang baru.",
            "The code in it is no longer good; its owner must ask for a new one.",
        ))
    } else if !mail.is_of_active_account {
        Some((
            "Akun penerimanya tidak aktif.",
            "The account it goes to is deactivated.",
        ))
    } else {
        None
    };
    if let Some((id, en)) = refusal {
        return Err(Error::new(Code::Conflict).detail(id, en));
    }
    let renewed = store::renew(connection, id).await?;
    jobs::queue(connection, &SendMail { mail: id }, now).await?;
    Ok(renewed)
}
