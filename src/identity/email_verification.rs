//! Proving that mail arrives at the address of an account: a token goes there and comes back. Nothing in the SOPs waits for it; notifications go by mail only
//! to proved addresses.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Identity;
use super::journal::{Act, Subject, record_unsigned};
use super::signed_in::SignedIn;
use super::store::mail_tokens as store;
use crate::database::{Database, Transaction};
use crate::error::{Code, Error, Result, fault};
use crate::ids::{OfficeId, UserId};
use crate::mail::{self, MailKind, MailTokens, NewMail, Purpose};
use crate::web::problem::Language;

/// How long a token is good.
const GOOD_FOR: TimeDelta = TimeDelta::hours(72);
/// Mails to one account within an hour.
const PER_HOUR: i64 = 3;

/// Queues the mail that asks an account to prove its address; every earlier token for it is void.
///
/// # Errors
/// When the server refuses.
pub async fn queue(
    connection: &mut PgConnection,
    tokens: &MailTokens,
    (office, user): (OfficeId, UserId),
    language: Language,
    now: DateTime<Utc>,
) -> Result<()> {
    let (id, kind, until) = (Uuid::new_v4(), MailKind::EmailVerification, now + GOOD_FOR);
    let data = serde_json::json!({"hours": GOOD_FOR.num_hours()});
    mail::queue(
        connection,
        &NewMail {
            id,
            office,
            user,
            kind,
            language,
            data,
            useless_from: Some(until),
        },
        now,
    )
    .await?;
    let digest = tokens.digest(id, Purpose::EmailVerification);
    store::add(
        connection,
        (id, &digest),
        user,
        Purpose::EmailVerification,
        (now, until),
    )
    .await
}

/// Sends the mail again, when the address is not proved yet.
///
/// # Errors
/// `too_many_requests` after a few within an hour.
pub async fn ask(transaction: &mut Transaction, identity: &Identity, who: &SignedIn) -> Result<()> {
    let (now, account) = (
        identity.clock.now(),
        store::account(transaction, who.user).await?,
    );
    if account.verified {
        return Ok(());
    }
    if mail::store::count_since(
        transaction,
        who.user,
        MailKind::EmailVerification,
        now - TimeDelta::hours(1),
    )
    .await?
        >= PER_HOUR
    {
        return Err(Error::new(Code::TooManyRequests).header("retry-after", "3600"));
    }
    queue(
        transaction,
        &identity.mail_tokens,
        (who.office, who.user),
        Language::of_tag(&account.language),
        now,
    )
    .await
}

/// Takes a token that came back.
///
/// # Errors
/// `invalid_content` when it is not good, whatever the reason.
pub async fn confirm(database: &Database, token: &str, now: DateTime<Utc>) -> Result<()> {
    let digest = MailTokens::digest_of(token);
    let mut transaction = database.begin().await?;
    let account = store::look(&mut transaction, &digest, Purpose::EmailVerification, now)
        .await?
        .ok_or_else(not_good)?;
    if !store::use_up(&mut transaction, &digest, Purpose::EmailVerification, now).await? {
        return Err(not_good());
    }
    let (office, user) = account.ids();
    store::verify(&mut transaction, user, now).await?;
    record_unsigned(
        &mut transaction,
        office,
        Some(user),
        Act {
            subject: Subject::User,
            id: user.0,
            task: "verify_email",
            note: None,
        },
        now,
    )
    .await?;
    transaction.commit().await
}

/// The one answer to every token that is not good: which of the reasons it is helps only who guesses.
pub fn not_good() -> Error {
    Error::invalid(vec![fault(
        "/token",
        "token_not_good",
        "Kode tidak berlaku, sudah dipakai, atau sudah kedaluwarsa; minta yang baru.",
        "The code is not valid, used, or expired; ask for a new one.",
    )])
}
