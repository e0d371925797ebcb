//! Queues mails and sends them in a job: at least once, always under the same Message-ID. Failures
//! are recorded for staff, who may queue a failed mail again.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, WorkerContext, WorkerOptions};
use minijinja::{Value, context};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::kind::MailKind;
use super::render;
use super::store::{self, MailRow, NewMail, WaitingMail};
use super::token::{MailTokens, Purpose};
use super::transport::{DeliveryFailure, MailTransport, Message, Recipient};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::ids::{OfficeId, UserId};
use crate::jobs::{self, Job};
use crate::web::problem::Language;

/// Number of attempts before a mail is given up: with the delays of the job queue about a day and a
/// half.
const MAX_ATTEMPTS: i32 = 18;

/// Most mails of one kind to one account within an hour, where a request can ask for them.
const PER_HOUR: i64 = 3;

/// The job that sends one mail.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct SendMail {
    /// Id of the mail.
    pub mail: Uuid,
}

impl Job for SendMail {
    const NAME: &'static str = "send_mail";
    const QUEUE: Option<&'static str> = Some("mail");

    fn key(&self) -> String {
        format!("mail:{}", self.mail)
    }
}

/// Queues a mail in the caller's transaction; returns false if a mail with this id was queued
/// before.
pub async fn queue(
    connection: &mut PgConnection,
    mail: &NewMail,
    now: DateTime<Utc>,
) -> Result<bool> {
    Ok(queue_all(connection, std::slice::from_ref(mail), now).await? > 0)
}

/// Queues `mails`, except those with an id that was queued before; returns how many it queued.
pub async fn queue_all(
    connection: &mut PgConnection,
    mails: &[NewMail],
    now: DateTime<Utc>,
) -> Result<usize> {
    if mails.is_empty() {
        return Ok(0);
    }
    let added = store::add(connection, mails, now).await?.into_iter();
    let jobs: Vec<_> = added.map(|mail| SendMail { mail }).collect();
    jobs::queue_all(connection, &jobs, now).await?;
    Ok(jobs.len())
}

/// True if the account got as many mails of this kind within the last hour as it may.
pub async fn is_limit_reached(
    connection: &mut PgConnection,
    user: UserId,
    kind: MailKind,
    now: DateTime<Utc>,
) -> Result<bool> {
    let count = store::count_since(connection, user, kind, now - TimeDelta::hours(1)).await?;
    Ok(count >= PER_HOUR)
}

impl TaskHandler for SendMail {
    const IDENTIFIER: &'static str = <Self as Job>::NAME;

    async fn run(self, context: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(mailer) = context.get_ext::<Mailer>() else {
            return Err("the worker has no mailer".to_owned());
        };
        deliver(mailer, self.mail)
            .await
            .map_err(|error| error.to_string())
    }
}

/// Adds the job to the worker options.
pub fn define(options: WorkerOptions, mailer: Mailer) -> WorkerOptions {
    options.add_extension(mailer).define_job::<SendMail>()
}

/// Sends one mail, if it is still waiting.
///
/// # Errors
/// When the job must try again later; the failure is already recorded.
pub async fn deliver(mailer: &Mailer, id: Uuid) -> Result<()> {
    let Some(mail) = mailer
        .database
        .read(async |c| store::find_waiting(c, id).await)
        .await?
    else {
        return Ok(());
    };
    let now = mailer.clock.now();
    let outcome = match (
        &mailer.transport,
        mail.useless_from.is_some_and(|end| end <= now),
    ) {
        (_, true) => Err(DeliveryFailure::Permanent("too_late".to_owned())),
        (None, false) => Err(DeliveryFailure::Permanent("mail_is_off".to_owned())),
        (Some(transport), false) => transport.deliver(&render_message(mailer, &mail)?).await,
    };
    let Err(failure) = outcome else {
        return mailer
            .database
            .read(async |c| store::record_sent(c, id, mailer.clock.now()).await)
            .await;
    };
    let never = matches!(failure, DeliveryFailure::Permanent(_)) || mail.tries + 1 >= MAX_ATTEMPTS;
    mailer
        .database
        .read(async |c| {
            store::record_failure(c, id, failure.code(), never, mailer.clock.now()).await
        })
        .await?;
    tracing::warn!(mail.id = %id, mail.kind = mail.kind, failure = failure.code(), given_up = never, "a mail was not sent");
    if never {
        Ok(())
    } else {
        Err(Error::internal(format!("mail: {}", failure.code())))
    }
}

/// Renders the mail.
fn render_message(mailer: &Mailer, mail: &WaitingMail) -> Result<Message> {
    let kind = MailKind::from_code(&mail.kind)
        .ok_or_else(|| Error::internal("a mail has an unknown kind"))?;
    let language = Language::from_tag(&mail.language);
    let portal = mailer.settings.portal.as_deref();
    let token = kind
        .purpose()
        .map(|purpose| mailer.tokens.token(mail.id, purpose));
    let link = kind
        .purpose()
        .zip(portal)
        .zip(token.as_deref())
        .map(|((purpose, portal), token)| link(portal, purpose, token));
    let values = context! { name => mail.name.clone(), office => mail.office.clone(), portal, token, link, ..template_values(&mail.data) };
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

/// The template values of a flat JSON object.
fn template_values(data: &serde_json::Value) -> Value {
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

/// Link to the page of the front end for a token. The token is in the fragment, which browsers do
/// not send to the server.
fn link(portal: &str, purpose: Purpose, token: &str) -> String {
    let page = match purpose {
        Purpose::PasswordReset => "password-reset",
        Purpose::EmailVerification => "email-verification",
        Purpose::Invitation => "invitation",
    };
    format!("{portal}/{page}#token={token}")
}

/// Settings that apply to every mail.
#[derive(Debug, Clone, Default)]
pub struct TemplateSettings {
    /// URL of the office's front end, without a trailing slash. Mails link to it; without it they
    /// contain only the code.
    pub portal: Option<String>,
}

/// The context of the job that sends mails. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    /// The database pool for jobs.
    pub database: Database,
    /// The clock.
    pub clock: Clock,
    /// The mail transport; none when mail is off.
    pub transport: Option<Arc<dyn MailTransport>>,
    /// Settings that apply to every mail.
    pub settings: TemplateSettings,
    /// Creates the tokens in mails.
    pub tokens: MailTokens,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailer")
    }
}

/// Queues a failed mail of the office again, with all its attempts.
///
/// # Errors
/// `not_found`; `conflict` when it has not failed, when its token is no longer valid, or when the
/// account is deactivated.
pub async fn requeue(
    connection: &mut PgConnection,
    office: OfficeId,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<MailRow> {
    let mail = store::lock_redelivery_state(connection, office, id, now)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    let refusal = if mail.sent_at.is_some() {
        Some(("Surel ini sudah terkirim.", "This mail was already sent."))
    } else if mail.given_up_at.is_none() {
        Some((
            "Surel ini masih menunggu giliran dan akan dicoba lagi.",
            "This mail is still waiting and will be tried again.",
        ))
    } else if mail.is_past_use {
        Some((
            "Kode di dalamnya tidak berlaku lagi; pemilik akun perlu meminta yang baru.",
            "The code in this mail is no longer valid; the owner of the account must request a new one.",
        ))
    } else if !mail.is_of_active_account {
        Some((
            "Akun penerimanya tidak aktif.",
            "The account of its recipient is deactivated.",
        ))
    } else {
        None
    };
    if let Some((id, en)) = refusal {
        return Err(Error::new(Code::Conflict).detail(id, en));
    }
    let renewed = store::reset(connection, id).await?;
    jobs::queue(connection, &SendMail { mail: id }, now).await?;
    Ok(renewed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_queues_the_job_as_it_is_read() {
        let mail = Uuid::from_u128(7);
        let job = SendMail { mail };
        assert_eq!(
            serde_json::to_value(job).unwrap(),
            serde_json::json!({ "mail": mail })
        );
        assert_eq!(
            (SendMail::NAME, SendMail::QUEUE, job.key()),
            ("send_mail", Some("mail"), format!("mail:{mail}"))
        );
        assert_eq!(MailKind::Notification.code(), "notification");
    }
}
