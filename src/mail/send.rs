//! Queuing a mail with the change it tells of, and the job that sends it: at least once, under one Message-ID, and what goes wrong is written down for staff.

use chrono::{DateTime, Utc};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use minijinja::{Value, context};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::carrier::Undelivered;
use super::kind::MailKind;
use super::mailer::Mailer;
use super::message::{Message, Recipient};
use super::new_mail::NewMail;
use super::store::{self, Waiting};
use super::{render, token::Purpose};
use crate::error::{Error, Result};
use crate::jobs::{self, Job};
use crate::web::problem::Language;

/// Attempts after which a mail is given up: with the engine's waits about a day and a half.
const ATTEMPTS: i32 = 18;

/// The job that sends one mail.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SendMail {
    /// Which.
    pub mail: Uuid,
}

impl Job for SendMail {
    const NAME: &'static str = "send_mail";
    const LINE: Option<&'static str> = Some("mail");

    fn key(&self) -> String {
        format!("mail:{}", self.mail)
    }
}

/// Queues a mail in the transaction of what it tells of; false when it was queued before under the same id.
///
/// # Errors
/// When the server refuses.
pub async fn queue(
    connection: &mut PgConnection,
    mail: &NewMail,
    now: DateTime<Utc>,
) -> Result<bool> {
    if !store::add(connection, mail, now).await? {
        return Ok(false);
    }
    jobs::queue(connection, &SendMail { mail: mail.id }, now).await?;
    Ok(true)
}

impl TaskHandler for SendMail {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(post) = context.get_ext::<Mailer>() else {
            return Err("the worker has no post office".to_owned());
        };
        deliver(post, self.mail)
            .await
            .map_err(|error| error.to_string())
    }
}

/// The engine's options with the job that sends mails.
#[must_use]
pub fn define(options: WorkerOptions, post: Mailer) -> WorkerOptions {
    options.add_extension(post).define_job::<SendMail>()
}

/// Sends one mail, if it still waits.
///
/// # Errors
/// When it must be tried again later; the failure is written down already.
pub async fn deliver(post: &Mailer, id: Uuid) -> Result<()> {
    let Some(mail) = post
        .database
        .read(async |c| store::waiting(c, id).await)
        .await?
    else {
        return Ok(());
    };
    let now = post.clock.now();
    let outcome = match (
        &post.carrier,
        mail.useless_from.is_some_and(|end| end <= now),
    ) {
        (_, true) => Err(Undelivered::Never("too_late".to_owned())),
        (None, false) => Err(Undelivered::Never("mail_is_off".to_owned())),
        (Some(carrier), false) => carrier.carry(&written(post, &mail)?).await,
    };
    let Err(failure) = outcome else {
        return post
            .database
            .read(async |c| store::sent(c, id, post.clock.now()).await)
            .await;
    };
    let never = matches!(failure, Undelivered::Never(_)) || mail.tries + 1 >= ATTEMPTS;
    post.database
        .read(async |c| store::failed(c, id, failure.code(), never, post.clock.now()).await)
        .await?;
    tracing::warn!(mail.id = %id, mail.kind = mail.kind, failure = failure.code(), given_up = never, "a mail was not sent");
    if never {
        Ok(())
    } else {
        Err(Error::internal(format!("mail: {}", failure.code())))
    }
}

/// The mail with its words.
fn written(post: &Mailer, mail: &Waiting) -> Result<Message> {
    let kind = MailKind::from_code(&mail.kind)
        .ok_or_else(|| Error::internal("a mail of an unknown kind"))?;
    let language = Language::of_tag(&mail.language);
    let portal = post.letterhead.portal.as_deref();
    let token = kind
        .purpose()
        .map(|purpose| post.tokens.token(mail.id, purpose));
    let link = kind
        .purpose()
        .zip(portal)
        .zip(token.as_deref())
        .map(|((purpose, portal), token)| link(portal, purpose, token));
    let values = context! { name => mail.name.clone(), office => mail.office.clone(), portal, token, link, ..of_json(&mail.data) };
    let words = render::render(kind, language, &values)?;
    let to = Recipient {
        name: mail.name.clone(),
        address: mail.address.clone(),
    };
    let (subject, text, html) = (words.subject, words.text, words.html);
    Ok(Message {
        id: mail.id,
        written_at: mail.created_at,
        to,
        subject,
        text,
        html,
        language: language.tag(),
    })
}

/// The values of a flat object.
fn of_json(data: &serde_json::Value) -> Value {
    let value = |json: &serde_json::Value| {
        json.as_i64()
            .map(Value::from)
            .or_else(|| json.as_str().map(Value::from))
            .unwrap_or_default()
    };
    Value::from_pairs(
        data.as_object()
            .into_iter()
            .flatten()
            .map(|(name, json)| (name.clone(), value(json))),
    )
}

/// Where the front end takes a token. It stands behind `#`, which browsers send to nobody.
fn link(portal: &str, purpose: Purpose, token: &str) -> String {
    let page = match purpose {
        Purpose::PasswordReset => "password-reset",
        Purpose::EmailVerification => "email-verification",
        Purpose::Invitation => "invitation",
    };
    format!("{portal}/{page}#token={token}")
}
