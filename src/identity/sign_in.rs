//! Signing in with e-mail and password, and the second factor where the account has one. Unknown
//! accounts and wrong passwords get the same error, take the same time and count the same.

use super::address::Address;
use super::email::comparison_form;
use super::passkey_factor::{self, PasskeyRequest};
use super::password::PasswordCheck;
use super::password_rules::Password;
use super::session::{self, IssuedSession, SessionStart};
use super::store::second_factors::{self, FactorKind};
use super::store::sign_ins::{self, SignInOutcome};
use super::store::throttle::{self as failures, Attempt};
use super::store::users::{self, Credentials};
use super::{Identity, recovery};
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::ids::{OfficeId, UserId};

/// The result of the first step.
#[derive(Debug)]
pub enum FirstStep {
    /// The session has begun.
    Session(IssuedSession),
    /// The account has a second factor: the token for the second step, the kinds of its factors, and
    /// the request for a passkey if it has one.
    SecondFactor(String, Vec<FactorKind>, Option<PasskeyRequest>),
}

/// Signs in to the account `email`: starts a session, or asks for the second factor.
///
/// # Errors
/// `bad_credentials`; `too_many_requests` and `busy` with `Retry-After`.
pub async fn sign_in(
    identity: &Identity,
    database: &Database,
    email: &str,
    password: Password,
    address: Address,
) -> Result<FirstStep> {
    identity.throttle.count_login(address)?;
    let outcome = Some(SignInOutcome::WrongPassword);
    let attempt = identity
        .throttle
        .record_attempt(database, email, address, outcome)
        .await?;
    let found = database
        .read(async |connection| users::find_credentials(connection, &comparison_form(email)).await)
        .await?;
    let verdict = check_password(identity, database, &password, found.as_ref(), &attempt).await?;
    let (found, stronger) = match (verdict, found.filter(|found| found.active)) {
        (PasswordCheck::Correct, Some(found)) => (found, None),
        (PasswordCheck::CorrectButWeak, Some(found)) => {
            (found, Some(identity.passwords.hash(password).await?))
        }
        (PasswordCheck::Wrong, _) | (_, None) => return Err(Error::new(Code::BadCredentials)),
    };
    accept_password(identity, database, &found, stronger, &attempt, address).await
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

/// Starts the session, or asks for the second factor; the attempt then still counts as a failure,
/// so that the password alone does not clear the count of wrong codes. If the password was changed
/// or the account deactivated during the check, the error is that of a wrong password.
async fn accept_password(
    identity: &Identity,
    database: &Database,
    found: &Credentials,
    stronger: Option<String>,
    attempt: &Attempt,
    from: Address,
) -> Result<FirstStep> {
    let (user, now) = (UserId(found.id), identity.clock.now());
    let hash = found.password_hash.as_deref();
    let mut transaction = database.begin().await?;
    if !users::lock_if_unchanged(&mut transaction, user, hash).await? {
        return Err(Error::new(Code::BadCredentials));
    }
    if let Some(stronger) = &stronger {
        users::rehash(&mut transaction, user, stronger).await?;
    }
    let factors = second_factors::list(&mut transaction, user).await?;
    let first_step = if factors.is_empty() {
        failures::refund(&mut transaction, attempt, now).await?;
        let start = SessionStart {
            user,
            proved: false,
            must_enrol: identity.requires_factor(found.customer_id.is_some()),
            from,
        };
        FirstStep::Session(session::start(&mut transaction, start, now).await?)
    } else {
        if let Some(id) = attempt.sign_in {
            let outcome = SignInOutcome::PasswordAccepted;
            sign_ins::set_outcome(&mut transaction, id, outcome).await?;
        }
        if attempt.is_last {
            let whose = (OfficeId(found.office_id), user);
            recovery::tell_of_guesses(&mut transaction, whose, now).await?;
        }
        let hash = stronger.as_deref().or(hash).unwrap_or_default();
        let kinds = [FactorKind::Totp, FactorKind::Passkey]
            .into_iter()
            .filter(|kind| factors.iter().any(|factor| factor.kind == *kind))
            .collect();
        let party = &identity.relying_party;
        let passkey = passkey_factor::start_proof(&mut transaction, party, user, now).await?;
        FirstStep::SecondFactor(identity.mfa_tokens.issue(user, hash, now)?, kinds, passkey)
    };
    transaction.commit().await?;
    Ok(first_step)
}
