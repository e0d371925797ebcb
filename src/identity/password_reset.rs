//! Choosing a new password by mail. Whoever asks learns nothing: the request is only sealed and queued, so it costs and answers the same for every address;
//! whether there is such an account is looked up by a job.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Identity;
use super::address::Address;
use super::email::folded;
use super::email_verification::not_good;
use super::journal::{Act, Subject, record_unsigned};
use super::password_rules::Password;
use super::revocation_reason::Reason;
use super::session;
use super::store::{mail_tokens as store, users};
use crate::database::Database;
use crate::error::{Error, Result};
use crate::ids::{OfficeId, UserId};
use crate::jobs::{self, Job};
use crate::mail::{self, MailKind, MailTokens, NewMail, Purpose};
use crate::web::problem::Language;

/// How long a token is good.
const GOOD_FOR: TimeDelta = TimeDelta::minutes(30);
/// Mails to one account within an hour; more requests are passed over in silence.
const PER_HOUR: i64 = 3;
/// What the address is sealed for.
const SEALED: &str = "password_reset|email";

/// Looks up who asked for a new password, and mails them. What waits in the queue tells nobody whose address it is.
#[derive(Debug, Serialize, Deserialize)]
pub struct PreparePasswordReset {
    /// The request: becomes the mail.
    pub request: Uuid,
    /// A tag of the address: of many requests for one address only the last waits.
    pub account: String,
    /// The address, sealed.
    pub sealed: String,
}

impl Job for PreparePasswordReset {
    const NAME: &'static str = "prepare_password_reset";

    fn key(&self) -> String {
        format!("password-reset:{}", self.account)
    }
}

/// Takes a request in. The same for every address, also in what it costs.
///
/// # Errors
/// `busy` when no connection came free.
pub async fn request(identity: &Identity, database: &Database, email: &str) -> Result<()> {
    let email = folded(email);
    let job = PreparePasswordReset {
        request: Uuid::new_v4(),
        account: hex::encode(identity.asked.tag(email.as_bytes())),
        sealed: hex::encode(identity.asked.seal(SEALED, email.as_bytes())),
    };
    database
        .read(async |c| jobs::queue(c, &job, identity.clock.now()).await)
        .await
}

/// Looks the account up and queues the mail with the token, once for each request; every earlier token is void.
///
/// # Errors
/// When the server refuses.
pub async fn prepare(
    identity: &Identity,
    database: &Database,
    job: &PreparePasswordReset,
) -> Result<()> {
    let (now, id, kind) = (identity.clock.now(), job.request, MailKind::PasswordReset);
    let sealed = hex::decode(&job.sealed).map_err(Error::internal)?;
    let email = identity
        .asked
        .open(SEALED, &sealed)
        .ok_or_else(|| Error::internal("a request for a reset cannot be opened"))?;
    let mut transaction = database.begin().await?;
    let Some(account) =
        store::account_with(&mut transaction, &String::from_utf8_lossy(&email)).await?
    else {
        return Ok(());
    };
    let (office, user) = account.ids();
    if mail::store::count_since(&mut transaction, user, kind, now - TimeDelta::hours(1)).await?
        >= PER_HOUR
    {
        return Ok(());
    }
    let (language, until) = (Language::of_tag(&account.language), now + GOOD_FOR);
    let data = serde_json::json!({"minutes": GOOD_FOR.num_minutes()});
    if !mail::queue(
        &mut transaction,
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
    .await?
    {
        return Ok(());
    }
    let digest = identity.mail_tokens.digest(id, Purpose::PasswordReset);
    store::add(
        &mut transaction,
        (id, &digest),
        user,
        Purpose::PasswordReset,
        (now, until),
    )
    .await?;
    record_unsigned(
        &mut transaction,
        office,
        None,
        Act {
            subject: Subject::User,
            id: user.0,
            task: "request_password_reset",
            note: None,
        },
        now,
    )
    .await?;
    transaction.commit().await
}

/// Gives the account of a good token a new password, ends all its sessions, and tells its owner.
///
/// # Errors
/// `invalid_content` when the token is not good, whatever the reason, or the password will not do; `busy` when too many are being hashed.
pub async fn confirm(
    identity: &Identity,
    database: &Database,
    token: &str,
    password: Password,
    from: Address,
) -> Result<()> {
    let (digest, now) = (MailTokens::digest_of(token), identity.clock.now());
    let account = database
        .read(async |c| store::look(c, &digest, Purpose::PasswordReset, now).await)
        .await?
        .ok_or_else(not_good)?;
    let known = database
        .read(async |c| users::known_of(c, account.ids().1).await)
        .await?;
    if let Some(fault) = password.fault_of(known.owner(), "/password") {
        return Err(Error::invalid(vec![fault]));
    }
    let hash = identity.passwords.hash(password).await?;
    let (office, user) = account.ids();
    let mut transaction = database.begin().await?;
    if !store::use_up(&mut transaction, &digest, Purpose::PasswordReset, now).await? {
        return Err(not_good());
    }
    users::set_password(&mut transaction, user, &hash, now).await?;
    store::verify(&mut transaction, user, now).await?;
    store::void(&mut transaction, user, Purpose::PasswordReset, now).await?;
    session::end_all(&mut transaction, user, None, Reason::PasswordReset, now).await?;
    identity
        .throttle
        .pardon(&mut transaction, &account.email, from)
        .await?;
    tell(&mut transaction, (office, user), now).await?;
    record_unsigned(
        &mut transaction,
        office,
        Some(user),
        Act {
            subject: Subject::User,
            id: user.0,
            task: "reset_password",
            note: None,
        },
        now,
    )
    .await?;
    transaction.commit().await
}

/// Queues the mail that tells somebody that their password was changed.
///
/// # Errors
/// When the server refuses.
pub async fn tell(
    connection: &mut PgConnection,
    (office, user): (OfficeId, UserId),
    now: DateTime<Utc>,
) -> Result<()> {
    let language = Language::of_tag(&store::language(connection, user).await?);
    let (id, kind, data) = (
        Uuid::new_v4(),
        MailKind::PasswordChanged,
        serde_json::json!({}),
    );
    mail::queue(
        connection,
        &NewMail {
            id,
            office,
            user,
            kind,
            language,
            data,
            useless_from: None,
        },
        now,
    )
    .await?;
    Ok(())
}
