//! Invitations to choose a password: by a mail with a code, or by a slip with two codes, each
//! printed by a different administrator. The password is known only to the owner, and no single
//! administrator has enough codes to choose it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::address::Address;
use super::email_verification::invalid_token;
use super::journal::{Subject, record, record_unsigned};
use super::password_rules::Password;
use super::printed_code::{self, new_code};
use super::roles::{is_guarded, must_still_be_admin};
use super::signed_in::SignedIn;
use super::store::sessions::{self, RevocationReason};
use super::store::{self, invitation_slips as slips, mail_tokens, users};
use super::{Identity, password_reset, watchers};
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::ids::{OfficeId, UserId};
use crate::mail::{self, MailKind, MailTokens, NewMail, Purpose};
use crate::secrecy::sha256;
use crate::web::IdempotentWrite;
use crate::web::body::Validate;
use crate::web::problem::Language;

/// Validity of an invitation.
const VALIDITY: TimeDelta = TimeDelta::hours(72);

/// Length of one code of a slip: 80 bits.
const LENGTH: usize = 16;

/// Delivery method of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// By mail to the address of the account.
    Mail,
    /// On paper: two codes, each shown once to a different administrator.
    Slip,
}

/// Request to invite the owner.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationForm {
    /// `mail`, or `slip` for an owner without e-mail.
    pub delivery: Delivery,
}

impl Validate for InvitationForm {}

/// A created invitation.
#[derive(Debug)]
pub struct CreatedInvitation {
    /// When it expires.
    pub expires_at: DateTime<Utc>,
    /// For a slip: the number of the code, 1 or 2, and the code.
    pub code: Option<(u8, String)>,
}

/// Queues the invitation mail and voids all earlier invitations.
pub async fn queue(
    connection: &mut PgConnection,
    tokens: &MailTokens,
    (office, user): (OfficeId, UserId),
    language: Language,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>> {
    let (id, kind, until) = (Uuid::new_v4(), MailKind::Invitation, now + VALIDITY);
    let data = serde_json::json!({"hours": VALIDITY.num_hours()});
    slips::drop_slip(connection, user).await?;
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
    mail_tokens::add(
        connection,
        (id, &tokens.digest(id, Purpose::Invitation)),
        user,
        Purpose::Invitation,
        (now, until),
    )
    .await?;
    Ok(until)
}

/// Invites the owner of an account, also repeatedly.
///
/// # Errors
/// `not_found`; `conflict` for a deactivated account, or by mail for an activated one;
/// `too_many_requests` after three mails within an hour; `forbidden` when `caller` is no longer an
/// administrator.
pub async fn invite(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    user: UserId,
    delivery: Delivery,
    tokens: &MailTokens,
) -> Result<CreatedInvitation> {
    let now = work.now();
    store::roles::lock(work).await?;
    must_still_be_admin(work, caller).await?;
    let account = users::find_locked(work, caller.office, user)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    if !account.active {
        return Err(Error::new(Code::Conflict)
            .detail("Akun ini tidak aktif.", "This account is not active."));
    }
    users::bump_version(work, user).await?;
    match delivery {
        Delivery::Mail if account.taken_up => Err(Error::new(Code::Conflict).detail(
            "Pemilik akun sudah memilih kata sandi; kata sandi baru diminta oleh pemiliknya sendiri (`POST /auth/password-reset`).",
            "The owner has already chosen a password and can request a new one with `POST /auth/password-reset`.",
        )),
        Delivery::Mail => {
            if mail::is_limit_reached(work, user, MailKind::Invitation, now).await? {
                return Err(Error::new(Code::TooManyRequests).header("retry-after", "3600"));
            }
            let expires_at = queue(work, tokens, (caller.office, user), Language::from_tag(&account.language), now).await?;
            record(work, caller, Subject::User(user).act("invite_user"), now).await?;
            Ok(CreatedInvitation { expires_at, code: None })
        }
        Delivery::Slip => print_code(work, caller, user).await,
    }
}

/// Shows `caller` one code of the slip: the second one if another administrator has the first,
/// otherwise the first one of a new slip.
async fn print_code(
    work: &mut IdempotentWrite,
    caller: &SignedIn,
    user: UserId,
) -> Result<CreatedInvitation> {
    let now = work.now();
    let code = new_code(LENGTH);
    let begun = slips::find(work, user).await?.filter(|slip| {
        slip.second_by.is_none() && slip.expires_at > now && slip.first_by != caller.user.0
    });
    let (part, expires_at) = if let Some(slip) = begun
        && store::roles::is_admin(work, UserId(slip.first_by)).await?
    {
        slips::complete(work, user, caller.user, &sha256(code.as_bytes())).await?;
        (2, slip.expires_at)
    } else {
        mail_tokens::void(work, user, Purpose::Invitation, now).await?;
        slips::begin(
            work,
            user,
            caller.user,
            &sha256(code.as_bytes()),
            now + VALIDITY,
        )
        .await?;
        (1, now + VALIDITY)
    };
    if is_guarded(work, user, now).await? {
        watchers::notify(work, caller, user, "print_invitation", now).await?;
    }
    let note = if part == 1 { "1/2" } else { "2/2" };
    record(
        work,
        caller,
        Subject::User(user).act("print_invitation").note(Some(note)),
        now,
    )
    .await?;
    Ok(CreatedInvitation {
        expires_at,
        code: Some((part, printed_code::grouped(&code))),
    })
}

/// Voids all open invitations of an account.
///
/// # Errors
/// `not_found`; `forbidden` when `caller` is no longer an administrator.
pub async fn revoke(work: &mut IdempotentWrite, caller: &SignedIn, user: UserId) -> Result<()> {
    let now = work.now();
    store::roles::lock(work).await?;
    must_still_be_admin(work, caller).await?;
    let account = users::find_locked(work, caller.office, user)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    if account.invited_until.is_none() {
        return Ok(());
    }
    void(work, user, now).await?;
    users::bump_version(work, user).await?;
    record(
        work,
        caller,
        Subject::User(user).act("revoke_invitation"),
        now,
    )
    .await
}

async fn void(connection: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> Result<()> {
    slips::drop_slip(connection, user).await?;
    mail_tokens::void(connection, user, Purpose::Invitation, now).await
}

/// Digests of the submitted code: one code from a mail, or both codes of a slip.
enum SubmittedCode {
    Mail([u8; 32]),
    Slip([u8; 32], [u8; 32]),
}

/// Sets the password of an account by invitation and ends all its sessions.
///
/// # Errors
/// `invalid_content` when the invitation is invalid for any reason, or the password breaks a rule;
/// `busy` when the queue is full.
pub async fn accept(
    identity: &Identity,
    database: &Database,
    token: &str,
    password: Password,
    from: Address,
) -> Result<()> {
    let (code, now) = (parse_code(token), identity.clock.now());
    let account = database
        .read(async |c| find_account(c, &code, now).await)
        .await?;
    let (office, user) = account.ok_or_else(invalid_token)?;
    let known = database
        .read(async |c| users::find_owner_data(c, user).await)
        .await?;
    if let Some(fault) = password.field_error(known.owner(), "/password") {
        return Err(Error::invalid(vec![fault]));
    }
    let hash = identity.passwords.hash(password).await?;
    let mut transaction = database.begin().await?;
    let was_open = match &code {
        SubmittedCode::Mail(digest) => {
            mail_tokens::consume(&mut transaction, digest, Purpose::Invitation, now).await?
        }
        SubmittedCode::Slip(one, other) => {
            slips::consume(&mut transaction, one, other, now).await?
        }
    };
    if !was_open {
        return Err(invalid_token());
    }
    users::set_password(&mut transaction, user, &hash, now).await?;
    users::bump_version(&mut transaction, user).await?;
    if matches!(code, SubmittedCode::Mail(_)) {
        mail_tokens::verify(&mut transaction, user, now).await?;
    }
    void(&mut transaction, user, now).await?;
    mail_tokens::void(&mut transaction, user, Purpose::PasswordReset, now).await?;
    sessions::revoke_all(
        &mut transaction,
        user,
        None,
        RevocationReason::PasswordReset,
        now,
    )
    .await?;
    identity
        .throttle
        .clear_failures(&mut transaction, (user, &known.email), from)
        .await?;
    password_reset::notify_owner(&mut transaction, (office, user), now).await?;
    record_unsigned(
        &mut transaction,
        office,
        Some(user),
        Subject::User(user).act("take_up_account"),
        now,
    )
    .await?;
    transaction.commit().await
}

async fn find_account(
    connection: &mut PgConnection,
    code: &SubmittedCode,
    now: DateTime<Utc>,
) -> Result<Option<(OfficeId, UserId)>> {
    match code {
        SubmittedCode::Mail(digest) => {
            Ok(
                mail_tokens::find_account(connection, digest, Purpose::Invitation, now)
                    .await?
                    .map(|account| account.ids()),
            )
        }
        SubmittedCode::Slip(one, other) => slips::find_account(connection, one, other, now).await,
    }
}

/// Reads one code of a mail, or both codes of a slip.
fn parse_code(token: &str) -> SubmittedCode {
    let symbols = printed_code::symbols(token, 2 * LENGTH + 1);
    match symbols.split_at_checked(LENGTH) {
        Some((one, other)) if other.len() == LENGTH => {
            SubmittedCode::Slip(sha256(one.as_bytes()), sha256(other.as_bytes()))
        }
        Some(_) | None => SubmittedCode::Mail(MailTokens::digest_of(token)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_codes_of_a_slip_are_read_as_people_type_them() {
        let (one, other) = (new_code(LENGTH), new_code(LENGTH));
        assert_ne!(one, other);
        let expected = (sha256(one.as_bytes()), sha256(other.as_bytes()));
        let loose = format!(
            " {}\n{}-{} ",
            one.to_lowercase().replace('0', "o").replace('1', "l"),
            &other[..4],
            &other[4..]
        );
        for typed in [format!("{one}{other}"), format!("{one} {other}"), loose] {
            assert!(
                matches!(parse_code(&typed), SubmittedCode::Slip(a, b) if (a, b) == expected),
                "{typed}"
            );
        }
        for one_alone in [
            one.clone(),
            format!("{one}{}", &other[1..]),
            format!("{one}{other}0"),
            String::new(),
            "A".repeat(43),
        ] {
            assert!(
                matches!(parse_code(&one_alone), SubmittedCode::Mail(_)),
                "{one_alone}"
            );
        }
    }
}
