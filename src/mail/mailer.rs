//! The post office of the service: what the job that sends mails works with.

use std::sync::Arc;

use super::carrier::Carrier;
use super::token::MailTokens;
use crate::clock::Clock;
use crate::database::Database;

/// What stands on every mail.
#[derive(Debug, Clone, Default)]
pub struct Letterhead {
    /// Where people sign in: the front end of the office, without a slash at the end. Mails link there; without one they tell the code alone.
    pub portal: Option<String>,
}

/// The post office. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    /// Connections for jobs.
    pub database: Database,
    /// The time.
    pub clock: Clock,
    /// What takes mails out; none when mail is off.
    pub carrier: Option<Arc<dyn Carrier>>,
    /// What stands on every mail.
    pub letterhead: Letterhead,
    /// Makes the tokens that go out.
    pub tokens: MailTokens,
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PostOffice")
    }
}
