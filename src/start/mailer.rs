//! Construction of the mailer.

use std::sync::Arc;

use lettre::message::Mailbox;
use sqlx::postgres::PgConnectOptions;

use super::Failure;
use crate::clock::Clock;
use crate::config::{Config, MailConfig, SmtpConfig, SmtpTls};
use crate::database::Database;
use crate::gateways::mail::{MailFolder, Protection, Smtp, SmtpSettings};
use crate::mail::{MailTokens, MailTransport, Mailer, TemplateSettings};
use crate::secrecy::MasterKey;

/// The default sender in private mode.
const PRIVATE_SENDER: &str = "Service desk demo <service-desk@demo.example>";

/// The mailer of the settings; without a transport when mail is off.
pub(super) fn build(
    config: &Config,
    master: &MasterKey,
    app: PgConnectOptions,
    clock: &Clock,
) -> Result<Mailer, Failure> {
    let sender = config
        .settings
        .mail
        .mail_from
        .as_deref()
        .unwrap_or(PRIVATE_SENDER);
    let from: Mailbox = sender.parse().map_err(
        |_| "MAIL_FROM is not an address like `BSPJI Palembang <layanan@bspji.example>`",
    )?;
    let transport: Option<Arc<dyn MailTransport>> = match &config.mail {
        MailConfig::Off => None,
        MailConfig::Folder(path) => Some(Arc::new(MailFolder::new(path, from))),
        MailConfig::Smtp(setting) => Some(Arc::new(smtp(setting, from, &config.public_url)?)),
    };
    Ok(Mailer {
        database: Database::new(app, 1),
        clock: clock.clone(),
        transport,
        settings: TemplateSettings {
            portal: config.portal_url.clone(),
        },
        tokens: MailTokens::new(master),
    })
}

fn smtp(setting: &SmtpConfig, from: Mailbox, public_url: &str) -> Result<Smtp, Failure> {
    // The SMTP greeting uses the public host name, because the name of this machine is internal.
    let host = public_url
        .split("://")
        .nth(1)
        .and_then(|rest| rest.split(['/', ':']).next())
        .filter(|host| !host.is_empty());
    let settings = SmtpSettings {
        host: &setting.host,
        port: setting.port,
        protection: match setting.tls {
            SmtpTls::Starttls => Protection::Starttls,
            SmtpTls::Tls => Protection::Tls,
            SmtpTls::Off => Protection::Unencrypted,
        },
        authority: setting.authority.as_deref(),
        credentials: setting
            .credentials
            .as_ref()
            .map(|(user, password)| (user.as_str(), password.expose())),
        ehlo_name: host.unwrap_or("localhost"),
    };
    Ok(Smtp::new(&settings, from)?)
}
