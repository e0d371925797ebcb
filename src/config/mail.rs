//! The mail settings: the office's server, the sender, and the target of links in mails.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::addresses;
use super::errors::ErrorCollector;
use super::secret::{Secret, secret};

/// The protection of the connection to the mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SmtpTls {
    /// The connection is upgraded to TLS before any data is sent (STARTTLS), or closed.
    Starttls,
    /// The connection is TLS from the first byte.
    Tls,
    /// No protection: only for a server on this machine, or in private mode.
    Off,
}

/// The settings as given.
#[derive(Debug, Clone, Default, Args)]
pub struct MailSettings {
    /// The mail server; without one no mail is sent, and in private mode mails are written as files
    /// into the data folder.
    #[arg(long, env = "SMTP_HOST", global = true)]
    pub smtp_host: Option<String>,
    /// The port of the mail server; 587 by default, 465 with `SMTP_TLS=tls`.
    #[arg(long, env = "SMTP_PORT", global = true)]
    pub smtp_port: Option<u16>,
    /// The protection of the connection; `off` only for a server on this machine or in private
    /// mode.
    #[arg(
        long,
        env = "SMTP_TLS",
        value_enum,
        global = true,
        default_value = "starttls"
    )]
    pub smtp_tls: Option<SmtpTls>,
    /// A certificate authority of the office's own (PEM), trusted in addition to the usual ones.
    #[arg(long, env = "SMTP_CA_FILE", global = true)]
    pub smtp_ca_file: Option<PathBuf>,
    /// The user name at the mail server.
    #[arg(long, env = "SMTP_USER", global = true)]
    pub smtp_user: Option<String>,
    /// The password at the mail server. Secret.
    #[arg(long, env = "SMTP_PASSWORD", hide_env_values = true, global = true)]
    pub smtp_password: Option<String>,
    /// File with `SMTP_PASSWORD`.
    #[arg(long, env = "SMTP_PASSWORD_FILE", global = true)]
    pub smtp_password_file: Option<PathBuf>,
    /// The sender of mails, like `BSPJI Palembang <layanan@bspji.example>`.
    #[arg(long, env = "MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
    /// The front end for signing in, the target of links in mails. Without it mails contain the
    /// code alone.
    #[arg(long, env = "PORTAL_URL", global = true)]
    pub portal_url: Option<String>,
}

/// The checked settings of mail.
#[derive(Debug, Clone)]
pub enum MailConfig {
    /// No mail is sent.
    Off,
    /// Each mail is a file in this folder: private mode.
    Folder(PathBuf),
    /// Mails are sent by SMTP.
    Smtp(Box<SmtpConfig>),
}

/// The mail server.
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    /// The host name.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The protection of the connection.
    pub tls: SmtpTls,
    /// An additional certificate authority (PEM).
    pub authority: Option<Vec<u8>>,
    /// The user name and the password.
    pub credentials: Option<(String, Secret)>,
}

impl MailSettings {
    /// The settings for which an empty value counts as not given.
    pub(super) fn optional(&mut self) -> [&mut Option<String>; 5] {
        [
            &mut self.smtp_host,
            &mut self.smtp_user,
            &mut self.smtp_password,
            &mut self.mail_from,
            &mut self.portal_url,
        ]
    }

    /// Checks the settings; `folder` is the target of mails in private mode, `None` otherwise.
    pub(super) fn read(&self, folder: Option<PathBuf>, errors: &mut ErrorCollector) -> MailConfig {
        let password_given = self.smtp_password.is_some() || self.smtp_password_file.is_some();
        let password = errors.given(secret(
            "SMTP_PASSWORD",
            self.smtp_password.as_ref(),
            self.smtp_password_file.as_deref(),
        ));
        errors.require(
            password_given || self.smtp_user.is_none(),
            "SMTP_PASSWORD (or SMTP_PASSWORD_FILE) is missing while SMTP_USER is set",
        );
        errors.require(
            self.smtp_user.is_some() || !password_given,
            "SMTP_USER is missing while SMTP_PASSWORD is set",
        );
        let is_address = |from: &String| from.parse::<lettre::message::Mailbox>().is_ok();
        errors.require(
            self.mail_from.as_ref().is_none_or(is_address),
            "MAIL_FROM is not an address like `BSPJI Palembang <layanan@bspji.example>`",
        );
        errors.require(
            self.smtp_port != Some(0),
            "SMTP_PORT is 0: give the port of the mail server, or leave it out",
        );
        let authority = self
            .smtp_ca_file
            .as_deref()
            .and_then(|path| errors.take(certificate(path)));
        let private = folder.is_some();
        let Some(host) = self.smtp_host.clone() else {
            for (name, given) in [
                ("SMTP_USER", self.smtp_user.is_some()),
                ("SMTP_PASSWORD", password_given),
                ("SMTP_PORT", self.smtp_port.is_some()),
                ("SMTP_CA_FILE", self.smtp_ca_file.is_some()),
            ] {
                errors.require(!given, format!("SMTP_HOST is missing while {name} is set"));
            }
            return folder.map_or(MailConfig::Off, MailConfig::Folder);
        };
        let is_host = reqwest::Url::parse(&format!("smtp://{host}/")).is_ok_and(|url| {
            url.host_str()
                .is_some_and(|found| found.eq_ignore_ascii_case(&host))
        }) || host.parse::<std::net::IpAddr>().is_ok();
        errors.require(
            is_host,
            "SMTP_HOST is not a host's name: give the name or address alone, the port in SMTP_PORT",
        );
        errors.require(
            self.mail_from.is_some(),
            "MAIL_FROM is missing while SMTP_HOST is set: mails need a sender",
        );
        let tls = self.smtp_tls.unwrap_or(SmtpTls::Starttls);
        errors.require(
            tls != SmtpTls::Off || private || is_this_machine(&host),
            "SMTP_TLS=off is only for a server on this machine: the password and every mail would go over the network in clear",
        );
        let credentials = self.smtp_user.clone().zip(password);
        let port = self
            .smtp_port
            .unwrap_or(if tls == SmtpTls::Tls { 465 } else { 587 });
        MailConfig::Smtp(Box::new(SmtpConfig {
            host,
            port,
            tls,
            authority,
            credentials,
        }))
    }

    /// The portal's URL without a trailing slash.
    pub(super) fn portal(&self) -> Result<Option<String>, String> {
        let Some(url) = &self.portal_url else {
            return Ok(None);
        };
        if !addresses::is_http_url(url) {
            return Err("PORTAL_URL is not a URL like https://layanan.bspji.example".to_owned());
        }
        Ok(Some(url.trim_end_matches('/').to_owned()))
    }
}

fn certificate(path: &Path) -> Result<Vec<u8>, String> {
    let bytes = std::fs::read(path)
        .map_err(|error| format!("SMTP_CA_FILE: {} cannot be read: {error}", path.display()))?;
    let is_pem = bytes
        .windows(27)
        .any(|window| window == b"-----BEGIN CERTIFICATE-----");
    if is_pem {
        Ok(bytes)
    } else {
        Err(format!(
            "SMTP_CA_FILE: {} holds no certificate in PEM",
            path.display()
        ))
    }
}

/// True if `host` is this machine, without asking a name server.
fn is_this_machine(host: &str) -> bool {
    host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> MailSettings {
        MailSettings {
            smtp_host: Some("mail.bspji.example".into()),
            mail_from: Some("x@bspji.example".into()),
            ..MailSettings::default()
        }
    }

    fn read(settings: &MailSettings, folder: Option<PathBuf>) -> Result<MailConfig, String> {
        let mut errors = ErrorCollector::default();
        let read = settings.read(folder, &mut errors);
        let errors = errors.into_lines();
        if errors.is_empty() {
            Ok(read)
        } else {
            Err(errors.join("\n"))
        }
    }

    fn refusal(settings: &MailSettings) -> String {
        read(settings, None).unwrap_err()
    }

    #[test]
    fn without_a_server_mail_is_off_and_in_private_mode_a_folder() {
        assert!(matches!(
            read(&MailSettings::default(), None),
            Ok(MailConfig::Off)
        ));
        assert!(matches!(
            read(&MailSettings::default(), Some("mails".into())),
            Ok(MailConfig::Folder(_))
        ));
    }

    #[test]
    fn mail_goes_in_clear_only_to_this_machine() {
        let off = |host: &str| MailSettings {
            smtp_host: Some(host.into()),
            smtp_tls: Some(SmtpTls::Off),
            ..settings()
        };
        for near in ["localhost", "127.0.0.1", "::1", "[::1]"] {
            assert!(read(&off(near), None).is_ok(), "{near}");
        }
        for far in [
            "mail.bspji.example",
            "10.0.0.1",
            "localhost.example",
            "127.0.0.1.example",
        ] {
            assert!(refusal(&off(far)).starts_with("SMTP_TLS=off "), "{far}");
            assert!(
                read(&off(far), Some("mails".into())).is_ok(),
                "in private mode"
            );
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(
            refusal(&MailSettings {
                mail_from: None,
                ..settings()
            })
            .starts_with("MAIL_FROM ")
        );
        assert!(
            refusal(&MailSettings {
                smtp_user: Some("u".into()),
                ..settings()
            })
            .starts_with("SMTP_PASSWORD ")
        );
        assert!(
            refusal(&MailSettings {
                smtp_password: Some("p".into()),
                ..settings()
            })
            .starts_with("SMTP_USER ")
        );
        assert!(
            refusal(&MailSettings {
                smtp_host: None,
                smtp_user: Some("u".into()),
                ..settings()
            })
            .lines()
            .any(|line| line.starts_with("SMTP_HOST "))
        );
        assert!(
            refusal(&MailSettings {
                smtp_ca_file: Some("/nowhere".into()),
                ..settings()
            })
            .starts_with("SMTP_CA_FILE")
        );
        assert!(
            MailSettings {
                portal_url: Some("portal".into()),
                ..settings()
            }
            .portal()
            .unwrap_err()
            .starts_with("PORTAL_URL ")
        );
    }

    #[test]
    fn the_port_follows_the_protection() {
        let port = |tls| match read(
            &MailSettings {
                smtp_tls: Some(tls),
                ..settings()
            },
            None,
        ) {
            Ok(MailConfig::Smtp(smtp)) => smtp.port,
            other => panic!("{other:?}"),
        };
        assert_eq!((port(SmtpTls::Starttls), port(SmtpTls::Tls)), (587, 465));
    }
}
