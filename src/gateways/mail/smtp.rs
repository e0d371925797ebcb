//! SMTP transport with TLS to the office's mail server. Only the status code of a reply is kept,
//! because its text may contain an address.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use super::message::to_rfc5322;
use crate::mail::{Delivery, DeliveryFailure, MailTransport, Message};

/// Timeout of one SMTP command.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(20);
/// Timeout of one mail.
const MAIL_TIMEOUT: Duration = Duration::from_mins(2);

/// Encryption of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// STARTTLS; the connection is closed when the server does not offer it.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// No encryption.
    Unencrypted,
}

/// Address of the server and how to connect.
#[derive(Clone)]
pub struct SmtpSettings<'a> {
    /// Host name, which the certificate must contain.
    pub host: &'a str,
    /// Port.
    pub port: u16,
    /// Encryption.
    pub protection: Protection,
    /// The office's own certificate authority (PEM), in addition to the public ones.
    pub authority: Option<&'a [u8]>,
    /// User and password, if the server requires them.
    pub credentials: Option<(&'a str, &'a str)>,
    /// Own host name, sent in EHLO.
    pub ehlo_name: &'a str,
}

/// Mail transport over SMTP.
pub struct Smtp {
    /// A transport is built for each mail: mails are few, and a stored transport would need a
    /// runtime when dropped.
    transport: AsyncSmtpTransportBuilder,
    from: Mailbox,
}

impl Smtp {
    /// Creates a transport for mails from `from`. It connects only when a mail is sent.
    ///
    /// # Errors
    /// One line, when the certificate authority is unreadable or the host name cannot be in a
    /// certificate.
    pub fn new(settings: &SmtpSettings<'_>, from: Mailbox) -> Result<Self, String> {
        crate::gateways::install_tls_provider();
        let tls = match settings.protection {
            Protection::Unencrypted => Tls::None,
            Protection::Starttls => Tls::Required(tls_parameters(settings)?),
            Protection::Tls => Tls::Wrapper(tls_parameters(settings)?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(COMMAND_TIMEOUT))
            .hello_name(ClientId::Domain(settings.ehlo_name.to_owned()))
            .pool_config(PoolConfig::new().max_size(1));
        if let Some((user, password)) = settings.credentials {
            builder = builder.credentials(Credentials::new(user.to_owned(), password.to_owned()));
        }
        Ok(Self {
            transport: builder,
            from,
        })
    }

    async fn send(&self, message: &Message) -> Result<(), DeliveryFailure> {
        let mail = to_rfc5322(&self.from, message)?;
        let transport = self.transport.clone().build::<Tokio1Executor>();
        let sent = tokio::time::timeout(MAIL_TIMEOUT, transport.send(mail)).await;
        drop(tokio::time::timeout(COMMAND_TIMEOUT, transport.shutdown()).await);
        match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(classify(&error)),
            Err(_) => Err(DeliveryFailure::Temporary("timeout".to_owned())),
        }
    }
}

impl MailTransport for Smtp {
    fn deliver<'a>(&'a self, message: &'a Message) -> Delivery<'a> {
        Box::pin(self.send(message))
    }
}

fn tls_parameters(settings: &SmtpSettings<'_>) -> Result<TlsParameters, String> {
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

/// Classifies a failure. A refused password or sender can be corrected by the office, so the mail
/// is retried; a refused recipient is final.
fn classify(error: &Error) -> DeliveryFailure {
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
        return DeliveryFailure::Temporary(code.to_owned());
    };
    let code = format!("smtp_{status}");
    // 53x: authentication (RFC 4954); 50x: commands. They concern the sender's configuration and
    // not the mail.
    let about_us = matches!(u16::from(status), 500..=504 | 530..=539);
    if error.is_permanent() && !about_us {
        DeliveryFailure::Permanent(code)
    } else {
        DeliveryFailure::Temporary(code)
    }
}
