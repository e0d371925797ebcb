//! Recovery codes, and the effects that every change of a second factor has: the owner is told by
//! mail, and with the first factor the other sessions end.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::journal::{Subject, record, record_unsigned};
use super::signed_in::SignedIn;
use super::store::sessions::{self, RevocationReason};
use super::store::{mail_tokens, second_factors as store};
use super::{assurance, printed_code, session};
use crate::error::{Code, Error, Result};
use crate::ids::{OfficeId, UserId};
use crate::mail::{self, MailKind, NewMail};
use crate::secrecy::sha256;
use crate::web::IdempotentWrite;
use crate::web::problem::Language;

/// Maximum number of second factors of an account.
const MAX_FACTORS: usize = 10;
/// Number of recovery codes.
const RECOVERY_CODES: usize = 10;
/// Length of a code: 120 bits.
const LENGTH: usize = 24;

/// A change of the second factor, of which a mail informs the owner.
#[derive(Debug, Clone, Copy, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum FactorChange {
    /// A factor was enrolled.
    Enrolled,
    /// A factor was removed.
    Removed,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// The recovery codes were replaced.
    RecoveryCodesRenewed,
    /// All factors were removed on the command line.
    Reset,
}

/// Locks the second factors of the caller for enrolling one, and checks the session again: while the
/// request waited, another one may have enrolled the first factor and ended this session.
///
/// # Errors
/// `unauthenticated` when the session has ended; `step_up_required` when the account has a factor
/// now that this session has not proved.
pub(super) async fn lock_for_enrolment(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
) -> Result<SignedIn> {
    let now = work.now();
    store::lock(work, caller.user).await?;
    let caller = session::reload(work, caller, now).await?;
    let caller = caller.ok_or_else(|| Error::new(Code::Unauthenticated))?;
    assurance::must_be_fresh(&caller, now)?;
    Ok(caller)
}

/// The effects of a new factor: the session counts as proved, and the owner is told. With the first
/// factor the other sessions end, and the recovery codes are returned. `caller` is as
/// `lock_for_enrolment` returned it.
///
/// # Errors
/// `conflict` when the account has too many factors now.
pub(super) async fn enrolled(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
) -> Result<Option<Vec<String>>> {
    let now = work.now();
    if store::list(work, caller.user).await?.len() > MAX_FACTORS {
        return Err(Error::new(Code::Conflict).detail(
            "Akun ini sudah memiliki sepuluh faktor kedua; hapus dahulu salah satunya.",
            "The account has ten second factors already; remove one first.",
        ));
    }
    sessions::record_proof(work, caller.session, now).await?;
    let codes = if caller.state.has_factor {
        None
    } else {
        let (except, reason) = (Some(caller.session), RevocationReason::SecondFactorChange);
        sessions::revoke_all(work, caller.user, except, reason, now).await?;
        Some(new_codes(work, caller.user, now).await?)
    };
    let act = Subject::User(caller.user).act("enrol_second_factor");
    record(work, caller, act, now).await?;
    let whose = (caller.office, caller.user);
    notify_owner(work, whose, FactorChange::Enrolled, now).await?;
    Ok(codes)
}

/// Uses a recovery code up, as people type it; false if it is not valid. The owner is told.
pub(super) async fn use_code(
    connection: &mut PgConnection,
    (office, user): (OfficeId, UserId),
    code: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let digest = code_digest(&printed_code::symbols(code, LENGTH + 1));
    if !store::use_code(connection, user, &digest, now).await? {
        return Ok(false);
    }
    let act = Subject::User(user).act("use_recovery_code");
    record_unsigned(connection, office, Some(user), act, now).await?;
    let change = FactorChange::RecoveryCodeUsed;
    notify_owner(connection, (office, user), change, now).await?;
    Ok(true)
}

/// New recovery codes in place of the former ones, as they are shown.
pub(super) async fn new_codes(
    connection: &mut PgConnection,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Vec<String>> {
    let codes: Vec<_> = (0..RECOVERY_CODES)
        .map(|_| printed_code::new_code(LENGTH))
        .collect();
    let digests: Vec<_> = codes.iter().map(|code| code_digest(code)).collect();
    store::delete_codes(connection, user).await?;
    store::add_codes(connection, user, &digests, now).await?;
    Ok(codes
        .iter()
        .map(|code| printed_code::grouped(code))
        .collect())
}

/// The digest of a code: 120 random bits need no slow hash.
fn code_digest(code: &str) -> Vec<u8> {
    sha256(format!("recovery code|{code}").as_bytes()).to_vec()
}

/// Queues the mail that informs the owner of a change.
pub(super) async fn notify_owner(
    connection: &mut PgConnection,
    (office, user): (OfficeId, UserId),
    change: FactorChange,
    now: DateTime<Utc>,
) -> Result<()> {
    let change: &str = change.into();
    let data = serde_json::json!({ "change": change });
    let kind = MailKind::SecondFactorChanged;
    queue_mail(connection, (office, user), kind, data, now).await
}

/// Queues the mail that tells the owner of wrong second factors, sent with the right password.
pub(super) async fn tell_of_guesses(
    connection: &mut PgConnection,
    (office, user): (OfficeId, UserId),
    now: DateTime<Utc>,
) -> Result<()> {
    let (kind, data) = (MailKind::SecondFactorGuessed, serde_json::json!({}));
    queue_mail(connection, (office, user), kind, data, now).await
}

async fn queue_mail(
    connection: &mut PgConnection,
    (office, user): (OfficeId, UserId),
    kind: MailKind,
    data: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<()> {
    let mail = NewMail {
        id: Uuid::new_v4(),
        office,
        user,
        kind,
        language: Language::from_tag(&mail_tokens::language(connection, user).await?),
        data,
        useless_from: None,
    };
    mail::queue(connection, &mail, now).await?;
    Ok(())
}
