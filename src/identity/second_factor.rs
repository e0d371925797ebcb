//! The second factor of an account: enrolling an authenticator app, proving a factor at the sign-in
//! and again later (step-up), and removing one. The secret of an app is sealed under a key of the
//! service. Wrong proofs count as failed attempts to sign in (`throttle`).

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::address::Address;
use super::journal::{Subject, record, record_unsigned};
use super::passkey_factor::{self, PasskeyAssertion, PasskeyRequest};
use super::recovery::{
    self, FactorChange, enrolled, lock_for_enrolment, new_codes, notify_owner, tell_of_guesses,
};
use super::session::{self, IssuedSession, SessionStart};
use super::signed_in::{SignedIn, today};
use super::store::sessions::{self, RevocationReason};
use super::store::sign_ins::SignInOutcome;
use super::store::throttle::Attempt;
use super::store::{mail_tokens, organisations, second_factors as store, throttle, users};
use super::{Identity, mfa_token, totp};
use crate::database::Database;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::ids::{FactorId, OfficeId, UserId};
use crate::secrecy::SealingKey;
use crate::web::IdempotentWrite;
use crate::web::body::Validate;

/// How long a new app waits to be confirmed.
const CONFIRM_WITHIN: TimeDelta = TimeDelta::minutes(15);

/// A proof of the second factor: exactly one of its fields.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, max_properties = 1, example = json!({"code": "287082"}))]
pub(crate) struct FactorProof {
    /// The six digits that the authenticator app shows (kode autentikator).
    #[schema(example = "287082", min_length = 6, max_length = 6)]
    pub code: Option<String>,
    /// A recovery code, valid once (kode pemulihan).
    #[schema(min_length = 24, max_length = 60)]
    pub recovery_code: Option<String>,
    /// The browser's answer to a passkey request (kunci sandi).
    pub passkey: Option<PasskeyAssertion>,
}

impl FactorProof {
    /// The fault unless exactly one proof is given.
    pub(crate) fn field_error(&self, pointer: &str) -> Option<FieldError> {
        let given = [
            self.code.is_some(),
            self.recovery_code.is_some(),
            self.passkey.is_some(),
        ];
        let count = given.iter().filter(|given| **given).count();
        (count != 1).then(|| {
            fault(
                pointer,
                "wrong_value",
                "Kirim tepat satu bukti: code, recovery_code atau passkey.",
                "Send exactly one proof: code, recovery_code or passkey.",
            )
        })
    }
}

impl Validate for FactorProof {
    fn errors(&self) -> Vec<FieldError> {
        self.field_error("").into_iter().collect()
    }
}

/// An app that waits to be confirmed.
pub(crate) struct NewApp {
    /// The factor.
    pub id: FactorId,
    /// The secret in base 32.
    pub secret: String,
    /// The address for the QR code.
    pub uri: String,
}

/// Makes the secret of an authenticator app for the caller. It opens nothing until it is confirmed.
pub(crate) async fn enrol_app(
    work: &mut IdempotentWrite,
    keys: &SealingKey,
    caller: &SignedIn,
    label: &str,
) -> Result<NewApp> {
    let (id, now) = (FactorId::at(work.now()), work.now());
    let caller = &lock_for_enrolment(work, caller).await?;
    let account = users::find_owner_data(work, caller.user).await?;
    let office = organisations::office_name(work, caller.office).await?;
    let raw = totp::new_secret();
    let (secret, uri) = totp::presentation(&raw, &account.email, &office)?;
    let sealed = keys.seal(&sealed_place(id.0), &raw);
    store::add_totp(work, id, caller.user, label, &sealed, now).await?;
    Ok(NewApp { id, secret, uri })
}

/// Confirms the waiting app by one of its codes; it replaces an earlier app. With the first factor
/// of an account come its recovery codes, and all its other sessions end.
///
/// # Errors
/// `conflict` when no app waits, or the account has too many factors; `bad_second_factor`;
/// `unauthenticated` and `step_up_required` when another request enrolled the first factor.
pub(crate) async fn confirm_app(
    work: &mut IdempotentWrite,
    keys: &SealingKey,
    caller: &SignedIn,
    code: &str,
) -> Result<Option<Vec<String>>> {
    let now = work.now();
    let caller = &lock_for_enrolment(work, caller).await?;
    let app = store::find_totp(work, caller.user, Some(now - CONFIRM_WITHIN)).await?;
    let app = app.ok_or_else(|| {
        Error::new(Code::Conflict).detail(
            "Tidak ada aplikasi yang menunggu konfirmasi; mulai lagi dengan POST /api/v1/me/mfa/totp.",
            "No app waits to be confirmed; begin again with POST /api/v1/me/mfa/totp.",
        )
    })?;
    if !accepts_code(work, keys, &app, code, now).await? {
        return Err(Error::new(Code::BadSecondFactor));
    }
    store::confirm_totp(work, caller.user, FactorId(app.id), now).await?;
    enrolled(work, caller).await
}

/// Removes a factor, and the recovery codes with the last one.
///
/// # Errors
/// `not_found`; `conflict` when it is the last factor and staff need one.
pub(crate) async fn remove(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    id: FactorId,
    is_required: bool,
) -> Result<()> {
    let now = work.now();
    store::lock(work, caller.user).await?;
    if !store::delete(work, caller.user, id).await? {
        return Err(Error::new(Code::NotFound));
    }
    if store::list(work, caller.user).await?.is_empty() {
        if is_required {
            return Err(Error::new(Code::Conflict).detail(
                "Faktor kedua yang terakhir tidak dapat dihapus; daftarkan dahulu penggantinya.",
                "The last second factor cannot be removed; enrol another one first.",
            ));
        }
        store::delete_codes(work, caller.user).await?;
    }
    let act = Subject::User(caller.user).act("remove_second_factor");
    record(work, caller, act, now).await?;
    let whose = (caller.office, caller.user);
    notify_owner(work, whose, FactorChange::Removed, now).await
}

/// Replaces the recovery codes.
///
/// # Errors
/// `conflict` when the account has no second factor.
pub(crate) async fn renew_codes(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
) -> Result<Vec<String>> {
    let now = work.now();
    store::lock(work, caller.user).await?;
    if store::list(work, caller.user).await?.is_empty() {
        return Err(Error::new(Code::Conflict).detail(
            "Akun ini belum memiliki faktor kedua.",
            "The account has no second factor.",
        ));
    }
    let codes = new_codes(work, caller.user, now).await?;
    let act = Subject::User(caller.user).act("renew_recovery_codes");
    record(work, caller, act, now).await?;
    let whose = (caller.office, caller.user);
    notify_owner(work, whose, FactorChange::RecoveryCodesRenewed, now).await?;
    Ok(codes)
}

/// The second step of a sign-in.
///
/// # Errors
/// `unauthenticated` for an invalid `token`; `bad_second_factor`; `too_many_requests`.
pub(crate) async fn complete_sign_in(
    identity: &Identity,
    database: &Database,
    token: &str,
    proof: &FactorProof,
    from: Address,
) -> Result<IssuedSession> {
    identity.throttle.count_login(from)?;
    let now = identity.clock.now();
    let first = identity.mfa_tokens.read(token, now)?;
    let found = database
        .read(async |connection| users::find_credentials_by_id(connection, first.user).await)
        .await?
        .ok_or_else(mfa_token::invalid)?;
    let hash = found.password_hash.as_deref();
    if !hash.is_some_and(|hash| first.has_password(hash)) {
        return Err(mfa_token::invalid());
    }
    let outcome = Some(SignInOutcome::WrongSecondFactor);
    let attempt = identity
        .throttle
        .record_attempt(database, &found.email, from, outcome)
        .await?;
    let mut transaction = database.begin().await?;
    if !users::lock_if_unchanged(&mut transaction, first.user, hash).await? {
        return Err(mfa_token::invalid());
    }
    let whose = (OfficeId(found.office_id), first.user);
    if let Err(refusal) = prove(&mut transaction, identity, whose, proof, now).await {
        drop(transaction);
        return Err(refused(database, whose, &attempt, refusal, now).await?);
    }
    throttle::refund(&mut transaction, &attempt, now).await?;
    let start = SessionStart {
        user: first.user,
        proved: true,
        must_enrol: false,
        from,
    };
    let opened = session::start(&mut transaction, start, now).await?;
    transaction.commit().await?;
    Ok(opened)
}

/// Proves the second factor again in the caller's session.
///
/// # Errors
/// `bad_second_factor`, also for an account without one; `too_many_requests`.
pub(crate) async fn step_up(
    identity: &Identity,
    database: &Database,
    caller: &SignedIn,
    proof: &FactorProof,
    from: Address,
) -> Result<()> {
    let now = identity.clock.now();
    let account = database
        .read(async |connection| users::find_owner_data(connection, caller.user).await)
        .await?;
    let outcome = Some(SignInOutcome::WrongSecondFactor);
    let attempt = identity
        .throttle
        .record_attempt(database, &account.email, from, outcome)
        .await?;
    let mut transaction = database.begin().await?;
    store::lock(&mut transaction, caller.user).await?;
    let whose = (caller.office, caller.user);
    if let Err(refusal) = prove(&mut transaction, identity, whose, proof, now).await {
        drop(transaction);
        return Err(refused(database, whose, &attempt, refusal, now).await?);
    }
    throttle::refund(&mut transaction, &attempt, now).await?;
    sessions::record_proof(&mut transaction, caller.session, now).await?;
    transaction.commit().await
}

/// The refusal of a proof. If it was the last that the throttle allows, the owner is told: its
/// sender knows the password.
async fn refused(
    database: &Database,
    whose: (OfficeId, UserId),
    attempt: &Attempt,
    refusal: Error,
    now: DateTime<Utc>,
) -> Result<Error> {
    if attempt.is_last {
        let mut transaction = database.begin().await?;
        tell_of_guesses(&mut transaction, whose, now).await?;
        transaction.commit().await?;
    }
    Ok(refusal)
}

/// The request for a proof by one of the caller's passkeys.
///
/// # Errors
/// `conflict` when the account has no passkey.
pub(crate) async fn start_passkey_proof(
    identity: &Identity,
    database: &Database,
    caller: &SignedIn,
) -> Result<PasskeyRequest> {
    let (party, now) = (&identity.relying_party, identity.clock.now());
    let mut transaction = database.begin().await?;
    let request = passkey_factor::start_proof(&mut transaction, party, caller.user, now).await?;
    transaction.commit().await?;
    request.ok_or_else(|| {
        Error::new(Code::Conflict).detail(
            "Akun ini belum memiliki kunci sandi.",
            "The account has no passkey.",
        )
    })
}

/// Removes every second factor of the account `email`, for an owner who lost them together with the
/// recovery codes. For the command line, whose operator has access to the database anyway. All
/// sessions of the account end, and a mail informs the owner.
///
/// # Errors
/// `not_found` for an unknown or deactivated account.
pub async fn reset(connection: &mut PgConnection, email: &str, now: DateTime<Utc>) -> Result<()> {
    let email = super::email::comparison_form(email);
    let account = mail_tokens::lock_account_by_email(connection, &email).await?;
    let (office, user) = account.ok_or_else(|| Error::new(Code::NotFound))?.ids();
    store::delete_all(connection, user).await?;
    let reason = RevocationReason::SecondFactorChange;
    sessions::revoke_all(connection, user, None, reason, now).await?;
    let act = Subject::User(user).act("reset_second_factor");
    record_unsigned(connection, office, None, act, now).await?;
    notify_owner(connection, (office, user), FactorChange::Reset, now).await
}

/// Checks the proof and uses it up. The account's row must be locked.
///
/// # Errors
/// `bad_second_factor`.
async fn prove(
    connection: &mut PgConnection,
    identity: &Identity,
    (office, user): (OfficeId, UserId),
    proof: &FactorProof,
    now: DateTime<Utc>,
) -> Result<()> {
    let is_right = match (&proof.code, &proof.recovery_code, &proof.passkey) {
        (Some(code), None, None) => match store::find_totp(connection, user, None).await? {
            Some(app) => accepts_code(connection, &identity.factor_key, &app, code, now).await?,
            None => false,
        },
        (None, Some(code), None) => {
            recovery::use_code(connection, (office, user), code, now).await?
        }
        (None, None, Some(assertion)) => {
            let party = &identity.relying_party;
            passkey_factor::accepts(connection, party, user, assertion, now).await?
        }
        _ => false,
    };
    if is_right {
        Ok(())
    } else {
        Err(Error::new(Code::BadSecondFactor))
    }
}

/// True if `code` is right, and its time step is used for the first time.
async fn accepts_code(
    connection: &mut PgConnection,
    keys: &SealingKey,
    app: &store::TotpRow,
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let secret = keys
        .open(&sealed_place(app.id), &app.secret)
        .ok_or_else(|| Error::internal("the secret of an authenticator app cannot be opened"))?;
    match totp::matching_step(&secret, code, now) {
        Some(step) => store::accept_step(connection, FactorId(app.id), step, today(now)).await,
        None => Ok(false),
    }
}

/// The context to which the sealed secret of an app is bound (associated data).
fn sealed_place(id: Uuid) -> String {
    format!("second_factor|{id}|secret")
}
