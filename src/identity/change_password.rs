//! Changing one's own password. The slow work is done before a transaction is opened, so that no connection waits for it; the transaction then makes
//! sure that nothing has changed meanwhile.

use super::Identity;
use super::address::Address;
use super::journal::{Act, Subject, record};
use super::password::Verdict;
use super::password_rules::Password;
use super::revocation_reason::Reason;
use super::sign_in::weigh;
use super::signed_in::SignedIn;
use super::store::throttle::{self as failures, Attempt};
use super::store::users::{self, Credentials};
use super::{password_reset, session};
use crate::database::Database;
use crate::error::{Code, Error, Result, fault};
use crate::web::IdempotentWrite;

/// What the slow work found.
#[derive(Debug)]
pub struct Checked {
    found: Credentials,
    /// The hash of the new password; none when the current one was wrong.
    new_hash: Option<String>,
    attempt: Attempt,
}

/// Checks the current password and hashes the new one. That the current one is wrong is said only by `change`: a repeated request, whose password is
/// the former one by then, must first get its chance to be recognised.
///
/// # Errors
/// `invalid_content` when the new password will not do for its owner; `too_many_requests` after too many wrong ones, `busy` when too many wait.
pub async fn check(
    identity: &Identity,
    database: &Database,
    who: &SignedIn,
    current: Password,
    new: Password,
    from: Address,
) -> Result<Checked> {
    let found = database
        .read(async |connection| users::credentials_of(connection, who.user).await)
        .await?;
    let found = found.ok_or_else(|| Error::new(Code::Unauthenticated))?;
    let known = database
        .read(async |connection| users::known_of(connection, who.user).await)
        .await?;
    if let Some(fault) = new.fault_of(known.owner(), "/new_password") {
        return Err(Error::invalid(vec![fault]));
    }
    let attempt = identity
        .throttle
        .record_attempt(database, &found.email, from)
        .await?;
    let new_hash = match weigh(identity, database, &current, Some(&found), &attempt).await? {
        Verdict::Right | Verdict::RightButWeak => Some(identity.passwords.hash(new).await?),
        Verdict::Wrong => None,
    };
    Ok(Checked {
        found,
        new_hash,
        attempt,
    })
}

/// Changes the password and ends every other session.
///
/// # Errors
/// `invalid_content` when the current password was wrong, `overtaken` when it was changed meanwhile.
pub async fn change(work: &mut IdempotentWrite, who: &SignedIn, checked: Checked) -> Result<()> {
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
    if !users::still_holds(work, who.user, checked.found.password_hash.as_deref()).await? {
        return Err(Error::new(Code::Overtaken));
    }
    users::set_password(work, who.user, &new_hash, now).await?;
    failures::refund(work, &checked.attempt, now).await?;
    session::end_all(
        work,
        who.user,
        Some(who.session),
        Reason::PasswordChange,
        now,
    )
    .await?;
    password_reset::tell(work, (who.office, who.user), now).await?;
    record(
        work,
        who,
        Act {
            subject: Subject::User,
            id: who.user.0,
            task: "change_password",
            note: None,
        },
        now,
    )
    .await
}
