//! Changes the password of the signed-in user. Hashing runs before the transaction, so that it does
//! not hold a connection; the transaction then checks that the account has not changed in the
//! meantime.

use super::address::Address;
use super::journal::{Subject, record};
use super::password::PasswordCheck;
use super::password_rules::Password;
use super::sign_in::check_password;
use super::signed_in::SignedIn;
use super::store::sessions::{self, RevocationReason};
use super::store::throttle::{self as failures, Attempt};
use super::store::users::{self, Credentials};
use super::{Identity, password_reset};
use crate::database::Database;
use crate::error::{Code, Error, Result, fault};
use crate::web::IdempotentWrite;

/// Result of the checks before the transaction.
#[derive(Debug)]
pub struct CheckedChange {
    found: Credentials,
    /// Hash of the new password; `None` when the current password was wrong.
    new_hash: Option<String>,
    attempt: Attempt,
}

/// Checks the current password and hashes the new one. Only `change` reports a wrong password,
/// because a retried request with the former password must first be recognised by its idempotency
/// key.
///
/// # Errors
/// `invalid_content` when the new password breaks a rule; `too_many_requests` after too many
/// failures; `busy` when the queue is full.
pub async fn check(
    identity: &Identity,
    database: &Database,
    caller: &SignedIn,
    current: Password,
    new: Password,
    from: Address,
) -> Result<CheckedChange> {
    let found = database
        .read(async |connection| users::find_credentials_by_id(connection, caller.user).await)
        .await?;
    let found = found.ok_or_else(|| Error::new(Code::Unauthenticated))?;
    let known = database
        .read(async |connection| users::find_owner_data(connection, caller.user).await)
        .await?;
    if let Some(fault) = new.field_error(known.owner(), "/new_password") {
        return Err(Error::invalid(vec![fault]));
    }
    let attempt = identity
        .throttle
        .record_attempt(database, &found.email, from, None)
        .await?;
    let new_hash =
        match check_password(identity, database, &current, Some(&found), &attempt).await? {
            PasswordCheck::Correct | PasswordCheck::CorrectButWeak => {
                Some(identity.passwords.hash(new).await?)
            }
            PasswordCheck::Wrong => None,
        };
    Ok(CheckedChange {
        found,
        new_hash,
        attempt,
    })
}

/// Changes the password and ends all other sessions.
///
/// # Errors
/// `invalid_content` when the current password was wrong; `overtaken` when it has been changed in
/// the meantime.
pub async fn change(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    checked: CheckedChange,
) -> Result<()> {
    let Some(new_hash) = checked.new_hash else {
        let wrong = fault(
            "/current_password",
            "wrong_password",
            "Kata sandi saat ini salah.",
            "The current password is wrong.",
        );
        return Err(Error::invalid(vec![wrong]));
    };
    let now = work.now();
    if !users::lock_if_unchanged(work, caller.user, checked.found.password_hash.as_deref()).await? {
        return Err(Error::new(Code::Overtaken));
    }
    users::set_password(work, caller.user, &new_hash, now).await?;
    failures::refund(work, &checked.attempt, now).await?;
    sessions::revoke_all(
        work,
        caller.user,
        Some(caller.session),
        RevocationReason::PasswordChange,
        now,
    )
    .await?;
    password_reset::notify_owner(work, (caller.office, caller.user), now).await?;
    record(
        work,
        caller,
        Subject::User(caller.user).act("change_password"),
        now,
    )
    .await
}
