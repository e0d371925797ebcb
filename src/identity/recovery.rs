//! Recovery codes, and the effects that every change of a second factor has: the owner is told by
//! mail, and with the first factor the other sessions end.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::journal::{Subject, record, record_unsigned};
use super::printed_code;
use super::signed_in::SignedIn;
use super::store::sessions::{self, RevocationReason};
use super::store::{mail_tokens, second_factors as store};
use crate::error::Result;
use crate::ids::{OfficeId, UserId};
use crate::mail::{self, MailKind, NewMail};
use crate::secrecy::sha256;
use crate::web::IdempotentWrite;
use crate::web::problem::Language;

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

/// The effects of a new factor: the session counts as proved, and the owner is told. With the first
/// factor the other sessions end, and the recovery codes are returned.
pub(super) async fn enrolled(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
) -> Result<Option<Vec<String>>> {
    let now = work.now();
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
    let mail = NewMail {
        id: Uuid::new_v4(),
        office,
        user,
        kind: MailKind::SecondFactorChanged,
        language: Language::from_tag(&mail_tokens::language(connection, user).await?),
        data: serde_json::json!({ "change": change }),
        useless_from: None,
    };
    mail::queue(connection, &mail, now).await?;
    Ok(())
}
