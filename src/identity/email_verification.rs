//! Verification of e-mail addresses by a token that is mailed and sent back. No step of an SOP
//! depends on it; notification mails go only to verified addresses.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Identity;
use super::journal::{Subject, record_unsigned};
use super::signed_in::SignedIn;
use super::store::mail_tokens as store;
use crate::database::{Database, Transaction};
use crate::error::{Code, Error, Result, fault};
use crate::ids::{OfficeId, UserId};
use crate::mail::{self, MailKind, MailTokens, NewMail, Purpose};
use crate::web::problem::Language;

/// Validity of a token.
const VALIDITY: TimeDelta = TimeDelta::hours(72);

/// Queues the verification mail of an account and voids its earlier tokens.
pub async fn queue(
    connection: &mut PgConnection,
    tokens: &MailTokens,
    (office, user): (OfficeId, UserId),
    language: Language,
    now: DateTime<Utc>,
) -> Result<()> {
    let (id, kind, until) = (Uuid::new_v4(), MailKind::EmailVerification, now + VALIDITY);
    let data = serde_json::json!({"hours": VALIDITY.num_hours()});
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

/// Sends the verification mail again, unless the address is already verified.
///
/// # Errors
/// `too_many_requests` after three mails within an hour.
pub async fn resend(
    transaction: &mut Transaction,
    identity: &Identity,
    caller: &SignedIn,
) -> Result<()> {
    let (now, account) = (
        identity.clock.now(),
        store::lock_account(transaction, caller.user).await?,
    );
    if account.verified {
        return Ok(());
    }
    if mail::is_limit_reached(transaction, caller.user, MailKind::EmailVerification, now).await? {
        return Err(Error::new(Code::TooManyRequests).header("retry-after", "3600"));
    }
    queue(
        transaction,
        &identity.mail_tokens,
        (caller.office, caller.user),
        Language::from_tag(&account.language),
        now,
    )
    .await
}

/// Verifies an address with its token.
///
/// # Errors
/// `invalid_content` when the token is invalid for any reason.
pub async fn confirm(database: &Database, token: &str, now: DateTime<Utc>) -> Result<()> {
    let digest = MailTokens::digest_of(token);
    let mut transaction = database.begin().await?;
    let account = store::find_account(&mut transaction, &digest, Purpose::EmailVerification, now)
        .await?
        .ok_or_else(invalid_token)?;
    if !store::consume(&mut transaction, &digest, Purpose::EmailVerification, now).await? {
        return Err(invalid_token());
    }
    let (office, user) = account.ids();
    store::verify(&mut transaction, user, now).await?;
    record_unsigned(
        &mut transaction,
        office,
        Some(user),
        Subject::User(user).act("verify_email"),
        now,
    )
    .await?;
    transaction.commit().await
}

/// The error for every invalid token. It does not tell the reason, which would only help an
/// attacker.
pub fn invalid_token() -> Error {
    Error::invalid(vec![fault(
        "/token",
        "token_not_good",
        "Kode tidak berlaku, sudah dipakai, atau sudah kedaluwarsa; minta yang baru.",
        "The code is invalid, used or expired; request a new one.",
    )])
}
