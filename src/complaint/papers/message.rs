//! A message between reporter and office (pesan), dated by day.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::form::prose_error;
use crate::error::FieldError;
use crate::ids::MessageId;
use crate::web::body::Validate;

/// Longest message in characters.
const MAX_MESSAGE_CHARS: usize = 5_000;

/// Side that wrote a message. The office writes without names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Author {
    /// Reporter (pelapor).
    Reporter,
    /// Office (kantor).
    Office,
}

impl Author {
    /// Code in the database.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The author with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }
}

/// A message.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ComplaintMessage)]
pub struct MessageView {
    /// Id of the message.
    pub id: MessageId,
    /// Number in the conversation, from 1.
    #[schema(example = 1)]
    pub seq: i32,
    /// Side that wrote the message.
    pub author: Author,
    /// Day (WIB).
    #[schema(value_type = String, format = Date, example = "2026-07-07")]
    pub on: NaiveDate,
    /// Whether the office asks a question and waits for the answer.
    #[schema(example = false)]
    pub asks: bool,
    /// Text.
    #[schema(example = "Apakah ada kuitansi?")]
    pub text: String,
}

/// A message of the reporter.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReporterMessage {
    /// Text.
    #[schema(example = "Ada, saya lampirkan.", min_length = 1, max_length = 5000)]
    pub text: String,
}

impl Validate for ReporterMessage {
    fn errors(&self) -> Vec<FieldError> {
        prose_error(&self.text, "/text".to_owned(), MAX_MESSAGE_CHARS)
            .into_iter()
            .collect()
    }
}

/// A message of the office.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeMessage {
    /// Text.
    #[schema(example = "Apakah ada kuitansi?", min_length = 1, max_length = 5000)]
    pub text: String,
    /// Whether the settlement waits for the reporter's answer. Allowed only while the complaint is
    /// being settled.
    #[serde(default)]
    #[schema(example = true)]
    pub awaits_answer: bool,
}

impl Validate for OfficeMessage {
    fn errors(&self) -> Vec<FieldError> {
        prose_error(&self.text, "/text".to_owned(), MAX_MESSAGE_CHARS)
            .into_iter()
            .collect()
    }
}
