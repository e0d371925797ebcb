//! The post office of the settings.

use std::sync::Arc;

use lettre::message::Mailbox;
use sqlx::postgres::PgConnectOptions;

use super::Failure;
use crate::clock::Clock;
use crate::config::{Config, MailSetting, SmtpSetting, SmtpTls};
use crate::database::Database;
use crate::gateways::mail::{Folder, Protection, Smtp, SmtpSettings};
use crate::mail::{Carrier, Letterhead, MailTokens, Mailer};
use crate::secrecy::MasterKey;

/// Who mails are from in private mode, when nothing is said.
const PRIVATE_SENDER: &str = "Service desk demo <service-desk@demo.example>";

/// The post office; it has no carrier when mail is off.
///
/// # Errors
/// One line, when the sender is no address or the mail server's settings make no sense.
pub(super) fn office(
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
    let carrier: Option<Arc<dyn Carrier>> = match &config.mail {
        MailSetting::Off => None,
        MailSetting::Folder(path) => Some(Arc::new(Folder::new(path, from))),
        MailSetting::Smtp(setting) => Some(Arc::new(smtp(setting, from, &config.public_url)?)),
    };
    Ok(Mailer {
        database: Database::new(app, 1),
        clock: clock.clone(),
        carrier,
        letterhead: Letterhead {
            portal: config.portal_url.clone(),
        },
        tokens: MailTokens::new(master),
    })
}

fn smtp(setting: &SmtpSetting, from: Mailbox, public_url: &str) -> Result<Smtp, Failure> {
    // The name of this machine is nobody's business: we greet with the name callers know.
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
            SmtpTls::Off => Protection::Nothing,
        },
        authority: setting.authority.as_deref(),
        credentials: setting
            .credentials
            .as_ref()
            .map(|(user, password)| (user.as_str(), password.expose())),
        hello: host.unwrap_or("localhost"),
    };
    Ok(Smtp::new(&settings, from)?)
}
