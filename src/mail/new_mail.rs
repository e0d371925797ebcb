//! A mail before it is queued.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::kind::MailKind;
use crate::ids::{OfficeId, UserId};
use crate::web::problem::Language;

/// A mail to queue.
#[derive(Debug, Clone)]
pub struct NewMail {
    /// Its id; a job that runs again queues the same mail again, which is none.
    pub id: Uuid,
    /// The office it comes from.
    pub office: OfficeId,
    /// Whose account it goes to.
    pub user: UserId,
    /// What it is about.
    pub kind: MailKind,
    /// In which language.
    pub language: Language,
    /// What its words need beside the person. No words of people, nothing of a complaint.
    pub data: serde_json::Value,
    /// When it would help nobody any more.
    pub useless_from: Option<DateTime<Utc>>,
}
