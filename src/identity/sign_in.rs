//! Signing in with e-mail and password. Unknown accounts and wrong passwords get the same error,
//! take the same time and count the same.

use super::Identity;
use super::address::Address;
use super::email::comparison_form;
use super::password::PasswordCheck;
use super::password_rules::Password;
use super::session::{self, IssuedSession};
use super::store::throttle::{self as failures, Attempt};
use super::store::users::{self, Credentials};
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::ids::UserId;

/// Signs in to the account `email` and starts a session.
///
/// # Errors
/// `bad_credentials`; `too_many_requests` and `busy` with `Retry-After`.
pub async fn sign_in(
    identity: &Identity,
    database: &Database,
    email: &str,
    password: Password,
    address: Address,
) -> Result<IssuedSession> {
    identity.throttle.count_login(address)?;
    let attempt = identity
        .throttle
        .record_attempt(database, email, address)
        .await?;
    let found = database
        .read(async |connection| users::find_credentials(connection, &comparison_form(email)).await)
        .await?;
    let verdict = check_password(identity, database, &password, found.as_ref(), &attempt).await?;
    match (verdict, found.filter(|found| found.active)) {
        (PasswordCheck::Correct, Some(found)) => {
            start_session(identity, database, &found, None, &attempt).await
        }
        (PasswordCheck::CorrectButWeak, Some(found)) => {
            let stronger = identity.passwords.hash(password).await?;
            start_session(identity, database, &found, Some(stronger), &attempt).await
        }
        (PasswordCheck::Wrong, _) | (_, None) => Err(Error::new(Code::BadCredentials)),
    }
}

/// Checks the password. If the hasher is busy, the attempt does not count as a failure.
pub async fn check_password(
    identity: &Identity,
    database: &Database,
    password: &Password,
    found: Option<&Credentials>,
    attempt: &Attempt,
) -> Result<PasswordCheck> {
    let verdict = identity
        .passwords
        .check(
            password,
            found.and_then(|found| found.password_hash.as_deref()),
        )
        .await;
    if verdict.is_err() {
        database
            .read(async |connection| failures::delete_attempt(connection, attempt).await)
            .await?;
    }
    verdict
}

/// Starts the session. If the password was changed or the account deactivated during the check, the
/// error is that of a wrong password.
async fn start_session(
    identity: &Identity,
    database: &Database,
    found: &Credentials,
    stronger: Option<String>,
    attempt: &Attempt,
) -> Result<IssuedSession> {
    let (user, now) = (UserId(found.id), identity.clock.now());
    let mut transaction = database.begin().await?;
    if !users::lock_if_unchanged(&mut transaction, user, found.password_hash.as_deref()).await? {
        return Err(Error::new(Code::BadCredentials));
    }
    if let Some(stronger) = stronger {
        users::rehash(&mut transaction, user, &stronger).await?;
    }
    failures::refund(&mut transaction, attempt, now).await?;
    let opened = session::start(&mut transaction, user, now).await?;
    transaction.commit().await?;
    Ok(opened)
}
