//! A message between reporter and office (pesan), in days and not in minutes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::form::prose_fault;
use crate::error::FieldError;
use crate::ids::MessageId;
use crate::web::body::Validate;

/// The longest message, in characters.
const LONGEST: usize = 5_000;

/// Which side wrote it. The office speaks as one: no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// Pelapor.
    Reporter,
    /// Kantor.
    Office,
}

impl Author {
    /// The code kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Reporter => "reporter",
            Self::Office => "office",
        }
    }

    /// The author with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Reporter, Self::Office]
            .into_iter()
            .find(|author| author.code() == code)
    }
}

/// A message.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ComplaintMessage)]
pub struct MessageView {
    /// Its id.
    pub id: MessageId,
    /// Its place in the conversation, from 1 on.
    #[schema(example = 1)]
    pub seq: i32,
    /// Which side wrote it.
    pub author: Author,
    /// On which day (WIB).
    #[schema(value_type = String, format = Date, example = "2026-07-07")]
    pub on: NaiveDate,
    /// Whether the office asked and waits for an answer.
    #[schema(example = false)]
    pub asks: bool,
    /// What it says.
    #[schema(example = "Apakah ada kuitansi?")]
    pub text: String,
}

/// A message of the reporter.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReporterMessage {
    /// What it says.
    #[schema(example = "Ada, saya lampirkan.", min_length = 1, max_length = 5000)]
    pub text: String,
}

impl Validate for ReporterMessage {
    fn errors(&self) -> Vec<FieldError> {
        prose_fault(&self.text, "/text".to_owned(), LONGEST)
            .into_iter()
            .collect()
    }
}

/// A message of the office.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeMessage {
    /// What it says.
    #[schema(example = "Apakah ada kuitansi?", min_length = 1, max_length = 5000)]
    pub text: String,
    /// Whether the settlement waits for the reporter's answer: only while it is being settled.
    #[serde(default)]
    #[schema(example = true)]
    pub awaits_answer: bool,
}

impl Validate for OfficeMessage {
    fn errors(&self) -> Vec<FieldError> {
        prose_fault(&self.text, "/text".to_owned(), LONGEST)
            .into_iter()
            .collect()
    }
}
