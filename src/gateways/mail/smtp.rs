//! The office's mail server, over SMTP with TLS. Of what it answers only the code is kept: its words may hold an address.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::message::formatted;
use crate::mail::{Carrier, Carrying, Message, Undelivered};

/// How long the server may take for each of its answers.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one mail may take in all.
const ALL_IN_ALL: Duration = Duration::from_mins(2);

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// It becomes TLS before anything is said (STARTTLS), or is given up.
    Starttls,
    /// It is TLS from the first byte.
    Tls,
    /// Not at all.
    Nothing,
}

/// Where the server is and how to speak to it.
#[derive(Clone)]
pub struct SmtpSettings<'a> {
    /// Its name, which its certificate must bear.
    pub host: &'a str,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub protection: Protection,
    /// A certificate authority of the office's own (PEM), beside those everybody trusts.
    pub authority: Option<&'a [u8]>,
    /// User and password, when it asks for them.
    pub credentials: Option<(&'a str, &'a str)>,
    /// What we call ourselves in EHLO.
    pub hello: &'a str,
}

/// The server.
pub struct Smtp {
    /// A transport is made for each mail: mails are few, and one that is kept would want a runtime still when it is dropped.
    transport: AsyncSmtpTransportBuilder,
    from: Mailbox,
}

impl Smtp {
    /// The server of these settings, for mails from `from`. It is first spoken to when there is a mail.
    ///
    /// # Errors
    /// One line, when the certificate authority cannot be read or the name is none a certificate can bear.
    pub fn new(settings: &SmtpSettings<'_>, from: Mailbox) -> Result<Self, String> {
        // A registration that does nothing the second time; without it the first connection would panic.
        rustls::crypto::aws_lc_rs::default_provider()
            .install_default()
            .ok();
        let tls = match settings.protection {
            Protection::Nothing => Tls::None,
            Protection::Starttls => Tls::Required(parameters(settings)?),
            Protection::Tls => Tls::Wrapper(parameters(settings)?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(PATIENCE))
            .hello_name(ClientId::Domain(settings.hello.to_owned()))
            .pool_config(PoolConfig::new().max_size(1));
        if let Some((user, password)) = settings.credentials {
            builder = builder.credentials(Credentials::new(user.to_owned(), password.to_owned()));
        }
        Ok(Self {
            transport: builder,
            from,
        })
    }

    async fn send(&self, message: &Message) -> Result<(), Undelivered> {
        let mail = formatted(&self.from, message)?;
        let transport = self.transport.clone().build::<Tokio1Executor>();
        let sent = tokio::time::timeout(ALL_IN_ALL, transport.send(mail)).await;
        drop(tokio::time::timeout(PATIENCE, transport.shutdown()).await);
        match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(undelivered(&error)),
            Err(_) => Err(Undelivered::Later("timeout".to_owned())),
        }
    }
}

impl Carrier for Smtp {
    fn carry<'a>(&'a self, message: &'a Message) -> Carrying<'a> {
        Box::pin(self.send(message))
    }
}

fn parameters(settings: &SmtpSettings<'_>) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(settings.host.to_owned());
    if let Some(pem) = settings.authority {
        let authority = Certificate::from_pem(pem)
            .map_err(|_| "SMTP_CA_FILE: no certificate in PEM".to_owned())?;
        builder = builder.add_root_certificate(authority);
    }
    builder
        .build()
        .map_err(|_| "SMTP_HOST: not a name that a certificate can bear".to_owned())
}

/// What is said of a failure. A refusal of the password or of our sender is somebody's to mend, and may be mended; of the recipient it is for good.
fn undelivered(error: &Error) -> Undelivered {
    let Some(status) = error.status() else {
        let code = if error.is_timeout() {
            "timeout"
        } else if error.is_tls() {
            "tls"
        } else if error.is_client() {
            "not_possible"
        } else {
            "unreachable"
        };
        return Undelivered::Later(code.to_owned());
    };
    let code = format!("smtp_{status}");
    // 53x: authentication (RFC 4954); 50x: commands; they are about us, not about the mail.
    let about_us = matches!(u16::from(status), 500..=504 | 530..=539);
    if error.is_permanent() && !about_us {
        Undelivered::Never(code)
    } else {
        Undelivered::Later(code)
    }
}
