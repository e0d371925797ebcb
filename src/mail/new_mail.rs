//! A mail before it is queued.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::kind::MailKind;
use crate::ids::{OfficeId, UserId};
use crate::web::problem::Language;

/// A mail to queue.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// Id of the mail. A repeated job uses the same id, so that the mail is queued once.
    pub id: Uuid,
    /// The office.
    pub office: OfficeId,
    /// The recipient's account.
    pub user: UserId,
    /// The kind.
    pub kind: MailKind,
    /// The language.
    pub language: Language,
    /// Values for the template, besides the recipient's name. They contain no text by users and
    /// nothing about a complaint.
    pub data: serde_json::Value,
    /// Time from which the mail is useless and is not sent any more.
    pub useless_from: Option<DateTime<Utc>>,
}
