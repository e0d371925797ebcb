//! Inviting the owner of an account to choose its password: by a mail with a code, or by a slip with two codes, each of which another administrator prints.
//! Only the owner ever knows the password, and no single administrator knows enough to choose it in the owner's place.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::address::Address;
use super::email_verification::not_good;
use super::journal::{Act, Subject, record, record_unsigned};
use super::password_rules::Password;
use super::revocation_reason::Reason;
use super::roles::{is_guarded, must_still_be_admin};
use super::signed_in::SignedIn;
use super::store::{self, invitation_slips as slips, mail_tokens, users};
use super::{Identity, password_reset, session, watchers};
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::ids::{OfficeId, UserId};
use crate::mail::{self, MailKind, MailTokens, NewMail, Purpose};
use crate::secrecy::{random_bytes, sha256};
use crate::text::visible;
use crate::web::IdempotentWrite;
use crate::web::body::Validate;
use crate::web::problem::Language;

/// How long an invitation is good.
const GOOD_FOR: TimeDelta = TimeDelta::hours(72);
/// Mails to one account within an hour.
const PER_HOUR: i64 = 3;
/// The symbols of a printed code (Crockford's base 32): none is taken for another.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Symbols of one printed code: 80 bits.
const SYMBOLS_OF_A_CODE: usize = 16;

/// How an invitation reaches the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// By mail to the address of the account.
    Mail,
    /// On paper: two codes, each shown once to another administrator.
    Slip,
}

/// How to invite.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationForm {
    /// `mail`, or `slip` for an owner who reads no mail.
    pub delivery: Delivery,
}

impl Validate for InvitationForm {}

/// An invitation that was made.
#[derive(Debug)]
pub struct Invited {
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// Of a slip: which of its two codes this is, and the code.
    pub code: Option<(u8, String)>,
}

/// Queues the mail that invites the owner; every earlier invitation is void.
///
/// # Errors
/// When the server refuses.
pub async fn queue(
    connection: &mut PgConnection,
    tokens: &MailTokens,
    (office, user): (OfficeId, UserId),
    language: Language,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>> {
    let (id, kind, until) = (Uuid::new_v4(), MailKind::Invitation, now + GOOD_FOR);
    let data = serde_json::json!({"hours": GOOD_FOR.num_hours()});
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

/// Invites the owner of an account, anew if need be.
///
/// # Errors
/// `not_found`; `conflict` for a deactivated account, or by mail for one that was taken up; `too_many_requests` after a few mails within an hour;
/// `forbidden` when `who` has just ceased to be an administrator.
pub async fn invite(
    work: &mut IdempotentWrite,
    who: &SignedIn,
    user: UserId,
    delivery: Delivery,
    tokens: &MailTokens,
) -> Result<Invited> {
    let now = work.now();
    store::roles::lock(work).await?;
    must_still_be_admin(work, who).await?;
    let account = users::locked(work, who.office, user)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    if !account.active {
        return Err(Error::new(Code::Conflict)
            .detail("Akun ini tidak aktif.", "This account is not active."));
    }
    users::touch(work, user).await?;
    match delivery {
        Delivery::Mail if account.taken_up => Err(Error::new(Code::Conflict).detail(
            "Pemilik akun sudah memilih kata sandi; kata sandi baru diminta oleh pemiliknya sendiri (`POST /auth/password-reset`).",
            "The owner has chosen a password already, and asks for a new one with `POST /auth/password-reset`.",
        )),
        Delivery::Mail => {
            if mail::store::count_since(work, user, MailKind::Invitation, now - TimeDelta::hours(1)).await? >= PER_HOUR {
                return Err(Error::new(Code::TooManyRequests).header("retry-after", "3600"));
            }
            let expires_at = queue(work, tokens, (who.office, user), Language::of_tag(&account.language), now).await?;
            record(work, who, Act { subject: Subject::User, id: user.0, task: "invite_user", note: None }, now).await?;
            Ok(Invited { expires_at, code: None })
        }
        Delivery::Slip => print(work, who, user).await,
    }
}

/// Gives `who` one code of the slip: the second one when another administrator holds the first, else the first one of a new slip.
async fn print(work: &mut IdempotentWrite, who: &SignedIn, user: UserId) -> Result<Invited> {
    let now = work.now();
    let code = new_code();
    let begun = slips::find(work, user).await?.filter(|slip| {
        slip.second_by.is_none() && slip.expires_at > now && slip.first_by != who.user.0
    });
    let (part, expires_at) = if let Some(slip) = begun
        && store::roles::is_admin(work, UserId(slip.first_by)).await?
    {
        slips::complete(work, user, who.user, &sha256(code.as_bytes())).await?;
        (2, slip.expires_at)
    } else {
        mail_tokens::void(work, user, Purpose::Invitation, now).await?;
        slips::begin(
            work,
            user,
            who.user,
            &sha256(code.as_bytes()),
            now + GOOD_FOR,
        )
        .await?;
        (1, now + GOOD_FOR)
    };
    if is_guarded(work, user, now).await? {
        watchers::tell(work, who, user, "print_invitation", now).await?;
    }
    let note = if part == 1 { "1/2" } else { "2/2" };
    record(
        work,
        who,
        Act {
            subject: Subject::User,
            id: user.0,
            task: "print_invitation",
            note: Some(note),
        },
        now,
    )
    .await?;
    let groups: Vec<_> = code
        .as_bytes()
        .chunks(4)
        .map(String::from_utf8_lossy)
        .collect();
    Ok(Invited {
        expires_at,
        code: Some((part, groups.join("-"))),
    })
}

/// Makes every open invitation to an account void.
///
/// # Errors
/// `not_found`; `forbidden` when `who` has just ceased to be an administrator.
pub async fn revoke(work: &mut IdempotentWrite, who: &SignedIn, user: UserId) -> Result<()> {
    let now = work.now();
    store::roles::lock(work).await?;
    must_still_be_admin(work, who).await?;
    let account = users::locked(work, who.office, user)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    if account.invited_until.is_none() {
        return Ok(());
    }
    void(work, user, now).await?;
    users::touch(work, user).await?;
    record(
        work,
        who,
        Act {
            subject: Subject::User,
            id: user.0,
            task: "revoke_invitation",
            note: None,
        },
        now,
    )
    .await
}

async fn void(connection: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> Result<()> {
    slips::drop_slip(connection, user).await?;
    mail_tokens::void(connection, user, Purpose::Invitation, now).await
}

/// What an owner hands in: the code of a mail, or both codes of a slip.
enum Handed {
    Mail([u8; 32]),
    Slip([u8; 32], [u8; 32]),
}

/// Gives the account of a good invitation its password. Whoever was signed in with a former one is signed out.
///
/// # Errors
/// `invalid_content` when the invitation is not good, whatever the reason, or the password will not do; `busy` when too many are being hashed.
pub async fn take_up(
    identity: &Identity,
    database: &Database,
    token: &str,
    password: Password,
    from: Address,
) -> Result<()> {
    let (handed, now) = (handed(token), identity.clock.now());
    let account = database.read(async |c| look(c, &handed, now).await).await?;
    let (office, user) = account.ok_or_else(not_good)?;
    let known = database
        .read(async |c| users::known_of(c, user).await)
        .await?;
    if let Some(fault) = password.fault_of(known.owner(), "/password") {
        return Err(Error::invalid(vec![fault]));
    }
    let hash = identity.passwords.hash(password).await?;
    let mut transaction = database.begin().await?;
    let was_open = match &handed {
        Handed::Mail(digest) => {
            mail_tokens::use_up(&mut transaction, digest, Purpose::Invitation, now).await?
        }
        Handed::Slip(one, other) => slips::use_up(&mut transaction, one, other, now).await?,
    };
    if !was_open {
        return Err(not_good());
    }
    users::set_password(&mut transaction, user, &hash, now).await?;
    users::touch(&mut transaction, user).await?;
    if matches!(handed, Handed::Mail(_)) {
        mail_tokens::verify(&mut transaction, user, now).await?;
    }
    void(&mut transaction, user, now).await?;
    mail_tokens::void(&mut transaction, user, Purpose::PasswordReset, now).await?;
    session::end_all(&mut transaction, user, None, Reason::PasswordReset, now).await?;
    identity
        .throttle
        .pardon(&mut transaction, &known.email, from)
        .await?;
    password_reset::tell(&mut transaction, (office, user), now).await?;
    record_unsigned(
        &mut transaction,
        office,
        Some(user),
        Act {
            subject: Subject::User,
            id: user.0,
            task: "take_up_account",
            note: None,
        },
        now,
    )
    .await?;
    transaction.commit().await
}

async fn look(
    connection: &mut PgConnection,
    handed: &Handed,
    now: DateTime<Utc>,
) -> Result<Option<(OfficeId, UserId)>> {
    match handed {
        Handed::Mail(digest) => Ok(
            mail_tokens::look(connection, digest, Purpose::Invitation, now)
                .await?
                .map(|account| account.ids()),
        ),
        Handed::Slip(one, other) => slips::look(connection, one, other, now).await,
    }
}

/// Reads codes as people type and paste them: in small or wide letters, with spaces, hyphens, line ends or invisible characters, with `O` for `0` and `I` or
/// `L` for `1`.
fn handed(token: &str) -> Handed {
    let symbols =
        visible(token)
            .filter(char::is_ascii_alphanumeric)
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            });
    let symbols: String = symbols.take(2 * SYMBOLS_OF_A_CODE + 1).collect();
    match symbols.split_at_checked(SYMBOLS_OF_A_CODE) {
        Some((one, other)) if other.len() == SYMBOLS_OF_A_CODE => {
            Handed::Slip(sha256(one.as_bytes()), sha256(other.as_bytes()))
        }
        Some(_) | None => Handed::Mail(MailTokens::digest_of(token)),
    }
}

fn new_code() -> String {
    random_bytes::<SYMBOLS_OF_A_CODE>()
        .iter()
        .map(|byte| char::from(SYMBOLS[usize::from(byte % 32)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row 17.
    #[test]
    fn the_two_codes_of_a_slip_are_read_as_people_type_them() {
        let (one, other) = (new_code(), new_code());
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
                matches!(handed(&typed), Handed::Slip(a, b) if (a, b) == expected),
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
            assert!(matches!(handed(&one_alone), Handed::Mail(_)), "{one_alone}");
        }
    }
}
