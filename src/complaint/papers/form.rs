//! What a reporter tells: the whistle-blowing form (formulir whistle blowing), and what is kept of it under the key of the case.

use serde::{Deserialize, Serialize};

use crate::complaint::identity::Identity;
use crate::complaint::names::self_identification::tells_of;
use crate::complaint::receipt::code::ReceiptCode;
use crate::complaint::sealing::case_key::CaseKey;
use crate::error::{FieldError, Result, fault};
use crate::ids::ComplaintId;
use crate::text::{is_blank, is_invisible, misleads};
use crate::web::body::Validate;

/// The longest account, in characters.
const LONGEST_ACCOUNT: usize = 20_000;
/// The longest line, in characters.
const LONGEST_LINE: usize = 200;
/// How many people can be named.
const MOST_ACCUSED: usize = 20;

/// What a complaint is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ComplaintCategory)]
pub enum Category {
    /// Korupsi, suap.
    Corruption,
    /// Gratifikasi.
    Gratuity,
    /// Benturan kepentingan.
    ConflictOfInterest,
    /// Penyalahgunaan wewenang.
    AbuseOfAuthority,
    /// Pelanggaran dalam pengadaan.
    Procurement,
    /// Pelanggaran dalam pelayanan.
    Service,
    /// Lainnya.
    Other,
}

impl Category {
    /// Every category.
    pub const ALL: [Self; 7] = [
        Self::Corruption,
        Self::Gratuity,
        Self::ConflictOfInterest,
        Self::AbuseOfAuthority,
        Self::Procurement,
        Self::Service,
        Self::Other,
    ];

    /// The code kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Corruption => "corruption",
            Self::Gratuity => "gratuity",
            Self::ConflictOfInterest => "conflict_of_interest",
            Self::AbuseOfAuthority => "abuse_of_authority",
            Self::Procurement => "procurement",
            Self::Service => "service",
            Self::Other => "other",
        }
    }

    /// The category with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|category| category.code() == code)
    }
}

/// Somebody who is said to have done it (terlapor).
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Accused {
    /// Their name, as far as it is known.
    #[schema(example = "Darmawan", min_length = 1, max_length = 200)]
    pub name: String,
    /// What they do in the office.
    #[serde(default)]
    #[schema(example = "Staf penguji", min_length = 1, max_length = 200)]
    pub position: Option<String>,
}

/// What happened. This is kept as one sealed document and shown to those who handle the complaint.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ComplaintContent)]
pub struct Content {
    /// In a few words.
    #[schema(example = "Pungutan di luar tarif", min_length = 1, max_length = 200)]
    pub subject: String,
    /// The account (uraian kejadian).
    #[schema(
        example = "Petugas meminta pembayaran tunai di luar tarif sebelum contoh uji diterima.",
        min_length = 1,
        max_length = 20000
    )]
    pub account: String,
    /// Where it happened.
    #[serde(default)]
    #[schema(example = "Loket penerimaan contoh", min_length = 1, max_length = 200)]
    pub place: Option<String>,
    /// When it happened, in the reporter's words.
    #[serde(default)]
    #[schema(example = "awal Juni 2026", min_length = 1, max_length = 200)]
    pub occurred: Option<String>,
    /// Whom it concerns. They will not see that the complaint exists.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub accused: Vec<Accused>,
}

/// The form on line.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintForm {
    /// What it is about.
    pub category: Category,
    /// What happened.
    pub content: Content,
    /// Who you are, if you want to say so. Sealed apart from the rest; leave it out to stay anonymous.
    #[serde(default)]
    pub identity: Option<Identity>,
    /// The account may hold words of your identity: everybody who handles the complaint would read them. Say `true` if you want that.
    #[serde(default)]
    pub identity_in_text_accepted: bool,
}

impl Validate for ComplaintForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = self.content.faults("/content");
        // Also where nobody is named: whoever gives no identity is not to be answered sooner.
        let nobody = Identity::default();
        let telling = tells_of(
            &self.content.text(),
            self.identity.as_ref().unwrap_or(&nobody),
        );
        faults.extend(
            self.identity
                .as_ref()
                .map(|identity| identity.faults("/identity"))
                .unwrap_or_default(),
        );
        if telling && !self.identity_in_text_accepted {
            faults.push(fault(
                "/content/account",
                "identifies_reporter",
                "Uraian memuat identitas Anda: semua yang menangani pengaduan akan membacanya. Hapus, atau kirim identity_in_text_accepted: true.",
                "The text holds parts of your identity: everybody who handles the complaint would read them. Take them out, or send identity_in_text_accepted: true.",
            ));
        }
        faults
    }
}

impl Content {
    /// Where it is sealed for.
    const PLACE: &str = "content|sealed";

    /// Seals it for its case.
    ///
    /// # Errors
    /// Our own fault when it cannot be written.
    pub fn seal(&self, key: &CaseKey, case: ComplaintId) -> Result<Vec<u8>> {
        key.seal_json(Self::PLACE, case.0, self)
    }

    /// Opens what was sealed for this case.
    ///
    /// # Errors
    /// Our own fault when it was moved or changed.
    pub fn open(key: &CaseKey, case: ComplaintId, sealed: &[u8]) -> Result<Self> {
        key.open_json(Self::PLACE, case.0, sealed)
    }

    /// All its words, one part below the other.
    #[must_use]
    pub fn text(&self) -> String {
        let accused = self
            .accused
            .iter()
            .flat_map(|accused| [Some(&accused.name), accused.position.as_ref()]);
        let parts = [
            Some(&self.subject),
            Some(&self.account),
            self.place.as_ref(),
            self.occurred.as_ref(),
        ]
        .into_iter()
        .chain(accused);
        parts
            .flatten()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Every fault, with pointers below `at`.
    #[must_use]
    pub fn faults(&self, at: &str) -> Vec<FieldError> {
        let mut faults = Vec::new();
        faults.extend(line_fault(&self.subject, format!("{at}/subject")));
        faults.extend(prose_fault(
            &self.account,
            format!("{at}/account"),
            LONGEST_ACCOUNT,
        ));
        for (value, name) in [(&self.place, "place"), (&self.occurred, "occurred")] {
            faults.extend(
                value
                    .as_ref()
                    .and_then(|text| line_fault(text, format!("{at}/{name}"))),
            );
        }
        if self.accused.len() > MOST_ACCUSED {
            faults.push(fault(
                format!("{at}/accused"),
                "too_many",
                "Paling banyak 20 orang.",
                "At most 20 people.",
            ));
            return faults;
        }
        for (i, accused) in self.accused.iter().enumerate() {
            faults.extend(line_fault(&accused.name, format!("{at}/accused/{i}/name")));
            faults.extend(
                accused
                    .position
                    .as_ref()
                    .and_then(|text| line_fault(text, format!("{at}/accused/{i}/position"))),
            );
        }
        faults
    }
}

/// What is wrong with a line: empty, too long, or with characters that mislead.
#[must_use]
pub fn line_fault(text: &str, at: String) -> Option<FieldError> {
    if text.contains('\n') {
        return Some(fault(
            at,
            "wrong_value",
            "Harus satu baris.",
            "It must be one line.",
        ));
    }
    prose_fault(text, at, LONGEST_LINE)
}

/// What is wrong with a longer text. A receipt code does not belong into any text: who reads it could read the whole case.
#[must_use]
pub fn prose_fault(text: &str, at: String, longest: usize) -> Option<FieldError> {
    if is_blank(text) {
        Some(fault(
            at,
            "empty",
            "Tidak boleh kosong.",
            "It must not be empty.",
        ))
    } else if text.chars().count() > longest {
        Some(fault(
            at,
            "too_long",
            format!("Paling banyak {longest} karakter."),
            format!("At most {longest} characters."),
        ))
    } else if text.chars().any(|c| hides(c) && c != '\n' && c != '\t') {
        Some(fault(
            at,
            "misleading_character",
            "Ada karakter kendali atau tak terlihat.",
            "It holds control or invisible characters.",
        ))
    } else if ReceiptCode::occurs_in(text) {
        Some(fault(
            at,
            "receipt_code_in_text",
            "Jangan menulis kode tanda terima di sini.",
            "Do not write a receipt code here.",
        ))
    } else {
        None
    }
}

/// Whether `c` shows nothing, or turns the direction of what follows: so that what is read is what is there.
fn hides(c: char) -> bool {
    misleads(c) || (is_invisible(c) && !matches!(c, '\u{fe00}'..='\u{fe0f}'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_identity_is_looked_for_among_the_accused_too() {
        let form = |position: &str| -> ComplaintForm {
            let content = json!({"subject": "x", "account": "y", "accused": [{"name": "z", "position": position}]});
            serde_json::from_value(json!({"category": "service", "content": content, "identity": {"name": "Siti Rahmawati"}})).ok().unwrap()
        };
        assert_eq!(
            form("atasan Rahmawati").errors()[0].code,
            "identifies_reporter"
        );
        assert!(form("Staf penguji").errors().is_empty());
    }
}
