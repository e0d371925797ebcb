//! The context of the job that sends mails.

use std::sync::Arc;

use super::token::MailTokens;
use super::transport::MailTransport;
use crate::clock::Clock;
use crate::database::Database;

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
