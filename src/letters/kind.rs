//! The kinds of signed letters.

use serde::{Deserialize, Serialize};

/// A kind of signed letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(strum::IntoStaticStr, strum::EnumString, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum LetterKind {
    /// Surat pemberitahuan audit.
    AuditNotice,
    /// Surat jawaban pengaduan.
    ComplaintAnswer,
}

impl LetterKind {
    /// The code stored in the database.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The kind with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }

    /// The `Reason` entry of the PDF signature. For complaints it does not reveal the kind of
    /// letter.
    pub fn reason(self) -> &'static str {
        match self {
            Self::AuditNotice => "Surat pemberitahuan audit",
            Self::ComplaintAnswer => "Surat",
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray as _;

    use super::LetterKind;

    #[test]
    fn every_kind_has_its_code() {
        let codes = ["audit_notice", "complaint_answer"];
        for (&kind, code) in LetterKind::VARIANTS.iter().zip(codes) {
            assert_eq!(
                (kind.code(), LetterKind::from_code(code)),
                (code, Some(kind))
            );
            assert_eq!(serde_json::to_value(kind).unwrap(), code);
        }
    }
}
