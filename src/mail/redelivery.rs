//! Sending a failed mail again: the same mail, with the same token, to the current address of the
//! account.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::send::SendMail;
use super::store::{self, MailRow};
use crate::error::{Code, Error, Result};
use crate::ids::OfficeId;
use crate::jobs;

/// Queues a failed mail of the office again, with all its attempts.
///
/// # Errors
/// `not_found`; `conflict` when it has not failed, when its token is no longer valid, or when the
/// account is deactivated.
pub async fn requeue(
    connection: &mut PgConnection,
    office: OfficeId,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<MailRow> {
    let mail = store::lock_redelivery_state(connection, office, id, now)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let refusal = if mail.sent_at.is_some() {
        Some(("Surel ini sudah terkirim.", "This mail was already sent."))
    } else if mail.given_up_at.is_none() {
        Some((
            "Surel ini masih menunggu giliran dan akan dicoba lagi.",
            "This mail is still waiting and will be tried again.",
        ))
    } else if mail.is_past_use {
        Some((
            "Kode di dalamnya tidak berlaku lagi; pemilik akun perlu meminta yang baru.",
            "The code in this mail is no longer valid; the owner of the account must request a new one.",
        ))
    } else if !mail.is_of_active_account {
        Some((
            "Akun penerimanya tidak aktif.",
            "The account of its recipient is deactivated.",
        ))
    } else {
        None
    };
    if let Some((id, en)) = refusal {
        return Err(Error::new(Code::Conflict).detail(id, en));
    }
    let renewed = store::reset(connection, id).await?;
    jobs::queue(connection, &SendMail { mail: id }, now).await?;
    Ok(renewed)
}
