//! Password reset by mail. The request is only sealed and queued, so that reply and duration are
//! the same for every address and reveal nothing; a job looks up the account.

use chrono::{DateTime, TimeDelta, Utc};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Identity;
use super::address::Address;
use super::email::comparison_form;
use super::email_verification::invalid_token;
use super::journal::{Subject, record_unsigned};
use super::password_rules::Password;
use super::store::sessions::{self, RevocationReason};
use super::store::{mail_tokens as store, users};
use crate::database::Database;
use crate::error::{Error, Result};
use crate::ids::{OfficeId, UserId};
use crate::jobs::{self, Job};
use crate::mail::{self, MailKind, MailTokens, NewMail, Purpose};
use crate::web::problem::Language;

/// Validity of a token.
const VALIDITY: TimeDelta = TimeDelta::minutes(30);
/// Associated data of the sealed address.
const SEALED: &str = "password_reset|email";

/// The job that looks up the account of a password reset request and queues the mail. The queued
/// data does not reveal the address.
#[derive(Debug, Serialize, Deserialize)]
pub struct PreparePasswordReset {
    /// Id of the request, which becomes the id of the mail.
    pub request: Uuid,
    /// Tag of the address: of several requests for one address only the last stays queued.
    pub account: String,
    /// The sealed address.
    pub sealed: String,
}

impl Job for PreparePasswordReset {
    const NAME: &'static str = "prepare_password_reset";

    fn key(&self) -> String {
        format!("password-reset:{}", self.account)
    }
}

/// Queues a request, with the same reply and duration for every address.
///
/// # Errors
/// `busy` when no connection is free.
pub async fn request(identity: &Identity, database: &Database, email: &str) -> Result<()> {
    let email = comparison_form(email);
    let job = PreparePasswordReset {
        request: Uuid::new_v4(),
        account: hex::encode(identity.reset_request_key.tag(email.as_bytes())),
        sealed: hex::encode(identity.reset_request_key.seal(SEALED, email.as_bytes())),
    };
    database
        .read(async |c| jobs::queue(c, &job, identity.clock.now()).await)
        .await
}

/// Looks up the account and queues the mail with the token, once per request. Earlier tokens become
/// void.
pub async fn prepare(
    identity: &Identity,
    database: &Database,
    job: &PreparePasswordReset,
) -> Result<()> {
    let (now, id, kind) = (identity.clock.now(), job.request, MailKind::PasswordReset);
    let sealed = hex::decode(&job.sealed).map_err(Error::internal)?;
    let email = identity
        .reset_request_key
        .open(SEALED, &sealed)
        .ok_or_else(|| Error::internal("a request for a reset cannot be opened"))?;
    let mut transaction = database.begin().await?;
    let Some(account) =
        store::lock_account_by_email(&mut transaction, &String::from_utf8_lossy(&email)).await?
    else {
        return Ok(());
    };
    let (office, user) = account.ids();
    if mail::is_limit_reached(&mut transaction, user, kind, now).await? {
        return Ok(());
    }
    let (language, until) = (Language::from_tag(&account.language), now + VALIDITY);
    let data = serde_json::json!({"minutes": VALIDITY.num_minutes()});
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
        Subject::User(user).act("request_password_reset"),
        now,
    )
    .await?;
    transaction.commit().await
}

/// Sets a new password by token, ends all sessions of the account, and informs its owner.
///
/// # Errors
/// `invalid_content` when the token is invalid for any reason, or the password breaks a rule;
/// `busy` when the queue is full.
pub async fn confirm(
    identity: &Identity,
    database: &Database,
    token: &str,
    password: Password,
    from: Address,
) -> Result<()> {
    let (digest, now) = (MailTokens::digest_of(token), identity.clock.now());
    let account = database
        .read(async |c| store::find_account(c, &digest, Purpose::PasswordReset, now).await)
        .await?
        .ok_or_else(invalid_token)?;
    let known = database
        .read(async |c| users::find_owner_data(c, account.ids().1).await)
        .await?;
    if let Some(fault) = password.field_error(known.owner(), "/password") {
        return Err(Error::invalid(vec![fault]));
    }
    let hash = identity.passwords.hash(password).await?;
    let (office, user) = account.ids();
    let mut transaction = database.begin().await?;
    if !store::consume(&mut transaction, &digest, Purpose::PasswordReset, now).await? {
        return Err(invalid_token());
    }
    users::set_password(&mut transaction, user, &hash, now).await?;
    store::verify(&mut transaction, user, now).await?;
    store::void(&mut transaction, user, Purpose::PasswordReset, now).await?;
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
        .clear_failures(&mut transaction, (user, &account.email), from)
        .await?;
    notify_owner(&mut transaction, (office, user), now).await?;
    record_unsigned(
        &mut transaction,
        office,
        Some(user),
        Subject::User(user).act("reset_password"),
        now,
    )
    .await?;
    transaction.commit().await
}

/// Queues the mail that informs the owner of a changed password.
pub async fn notify_owner(
    connection: &mut PgConnection,
    (office, user): (OfficeId, UserId),
    now: DateTime<Utc>,
) -> Result<()> {
    let language = Language::from_tag(&store::language(connection, user).await?);
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

/// Context of the jobs.
#[derive(Clone)]
struct IdentityContext {
    identity: Identity,
    database: Database,
}

impl std::fmt::Debug for IdentityContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentityContext")
    }
}

impl TaskHandler for PreparePasswordReset {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(identity_context) = context.get_ext::<IdentityContext>() else {
            return Err("the worker has no context for identity".to_owned());
        };
        prepare(
            &identity_context.identity,
            &identity_context.database,
            &self,
        )
        .await
        .map_err(|error| error.to_string())
    }
}

/// Adds the jobs of identity to the worker options.
pub fn define(options: WorkerOptions, identity: Identity, database: Database) -> WorkerOptions {
    options
        .add_extension(IdentityContext { identity, database })
        .define_job::<PreparePasswordReset>()
}
