//! The whistle-blowing form (formulir whistle blowing) and its content, which is stored under the
//! key of the case.

use serde::{Deserialize, Serialize};

use crate::complaint::identity::Identity;
use crate::complaint::receipt::code::ReceiptCode;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::self_identification::contains_identity;
use crate::error::{FieldError, Result, fault};
use crate::ids::ComplaintId;
use crate::text::{is_invisible, misleads};
use crate::web::body::{Validate, text_error};

/// Longest account in characters.
const MAX_ACCOUNT_CHARS: usize = 20_000;
/// Longest line in characters.
const MAX_LINE_CHARS: usize = 200;
/// Most persons that can be named.
const MAX_ACCUSED: usize = 20;

/// Category of a complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ComplaintCategory)]
#[derive(strum::IntoStaticStr, strum::EnumString, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Category {
    /// Corruption or bribery (korupsi, suap).
    Corruption,
    /// Gratuity (gratifikasi).
    Gratuity,
    /// Conflict of interest (benturan kepentingan).
    ConflictOfInterest,
    /// Abuse of authority (penyalahgunaan wewenang).
    AbuseOfAuthority,
    /// Violation in procurement (pelanggaran dalam pengadaan).
    Procurement,
    /// Violation in a service (pelanggaran dalam pelayanan).
    Service,
    /// Other (lainnya).
    Other,
}

impl Category {
    /// Every category.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// Code in the database.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The category with this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }
}

/// A person named as responsible (terlapor).
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Accused {
    /// Name, as far as known.
    #[schema(example = "Darmawan", min_length = 1, max_length = 200)]
    pub name: String,
    /// Position in the office.
    #[serde(default)]
    #[schema(example = "Staf penguji", min_length = 1, max_length = 200)]
    pub position: Option<String>,
}

/// The facts of a complaint. Stored as one sealed document and shown to the handlers.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ComplaintContent)]
pub struct Content {
    /// Subject in a few words.
    #[schema(example = "Pungutan di luar tarif", min_length = 1, max_length = 200)]
    pub subject: String,
    /// The account (uraian kejadian).
    #[schema(
        example = "Petugas meminta pembayaran tunai di luar tarif sebelum contoh uji diterima.",
        min_length = 1,
        max_length = 20000
    )]
    pub account: String,
    /// Place.
    #[serde(default)]
    #[schema(example = "Loket penerimaan contoh", min_length = 1, max_length = 200)]
    pub place: Option<String>,
    /// Time, in the reporter's words.
    #[serde(default)]
    #[schema(example = "awal Juni 2026", min_length = 1, max_length = 200)]
    pub occurred: Option<String>,
    /// Persons named as responsible. They do not see that the complaint exists.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub accused: Vec<Accused>,
    /// Whether the complaint concerns the leadership of the office (menyangkut pimpinan). Staff in
    /// leading roles cannot see the complaint until the conflict officer lifts the suspicion.
    #[serde(default)]
    pub concerns_leadership: bool,
}

/// The online form.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ComplaintForm {
    /// Category.
    pub category: Category,
    /// Content of the complaint.
    pub content: Content,
    /// Your identity, if you want to declare it. Sealed apart from the complaint; leave it out to
    /// stay anonymous.
    #[serde(default)]
    pub identity: Option<Identity>,
    /// Whether the text may contain parts of your identity. All handlers of the complaint would
    /// read them.
    #[serde(default)]
    pub identity_in_text_accepted: bool,
}

impl Validate for ComplaintForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = self.content.field_errors("/content");
        // The search also runs without an identity, so that the response time does not reveal an
        // anonymous reporter.
        let nobody = Identity::default();
        let telling = contains_identity(
            &self.content.text(),
            self.identity.as_ref().unwrap_or(&nobody),
        );
        faults.extend(
            self.identity
                .as_ref()
                .map(|identity| identity.field_errors("/identity"))
                .unwrap_or_default(),
        );
        if telling && !self.identity_in_text_accepted {
            faults.push(fault(
                "/content/account",
                "identifies_reporter",
                "Uraian memuat identitas Anda, yang akan terbaca oleh semua petugas yang menangani pengaduan. Hapus identitas tersebut, atau kirim identity_in_text_accepted: true.",
                "The text contains parts of your identity, which all handlers of the complaint would read. Remove them, or send identity_in_text_accepted: true.",
            ));
        }
        faults
    }
}

impl Content {
    /// Column in the associated data.
    const PLACE: &str = "content|sealed";

    /// Seals the content for its case.
    pub(crate) fn seal(&self, key: &CaseKey, case: ComplaintId) -> Result<Vec<u8>> {
        key.seal_json(Self::PLACE, case.0, self)
    }

    /// Opens the content sealed for this case.
    pub(crate) fn open(key: &CaseKey, case: ComplaintId, sealed: &[u8]) -> Result<Self> {
        key.open_json(Self::PLACE, case.0, sealed)
    }

    /// All texts, one per line.
    pub(crate) fn text(&self) -> String {
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

    /// Lists the field errors, with pointers below `at`.
    pub(crate) fn field_errors(&self, at: &str) -> Vec<FieldError> {
        let mut faults = Vec::new();
        faults.extend(line_error(&self.subject, format!("{at}/subject")));
        faults.extend(prose_error(
            &self.account,
            format!("{at}/account"),
            MAX_ACCOUNT_CHARS,
        ));
        for (value, name) in [(&self.place, "place"), (&self.occurred, "occurred")] {
            faults.extend(
                value
                    .as_ref()
                    .and_then(|text| line_error(text, format!("{at}/{name}"))),
            );
        }
        if self.accused.len() > MAX_ACCUSED {
            faults.push(fault(
                format!("{at}/accused"),
                "too_many",
                "Paling banyak 20 orang.",
                "At most 20 people.",
            ));
            return faults;
        }
        for (i, accused) in self.accused.iter().enumerate() {
            faults.extend(line_error(&accused.name, format!("{at}/accused/{i}/name")));
            faults.extend(
                accused
                    .position
                    .as_ref()
                    .and_then(|text| line_error(text, format!("{at}/accused/{i}/position"))),
            );
        }
        faults
    }
}

/// Checks a line: empty, too long, several lines, or with misleading characters.
pub(crate) fn line_error(text: &str, at: String) -> Option<FieldError> {
    if text.contains('\n') {
        return Some(fault(
            at,
            "not_one_line",
            "Harus satu baris.",
            "It must be one line.",
        ));
    }
    prose_error(text, at, MAX_LINE_CHARS)
}

/// Error at `pointer` when entry `i` of `items` is named before.
pub(crate) fn duplicate_error<T: PartialEq>(
    items: &[T],
    i: usize,
    pointer: String,
    en: &'static str,
) -> Option<FieldError> {
    let twice = items[..i].contains(&items[i]);
    twice.then(|| fault(pointer, "duplicate", "Sudah disebutkan.", en))
}

/// An error for each entry of the list at `pointer` that is named before.
pub(crate) fn duplicate_errors<T: PartialEq>(
    items: &[T],
    pointer: &str,
    en: &'static str,
) -> impl Iterator<Item = FieldError> {
    (0..items.len()).filter_map(move |i| duplicate_error(items, i, format!("{pointer}/{i}"), en))
}

/// Checks a longer text. A receipt code is refused, because its reader could open the whole case.
pub(crate) fn prose_error(text: &str, at: String, longest: usize) -> Option<FieldError> {
    let error = text_error(text, &at, longest);
    if error.is_some() {
        error
    } else if text
        .chars()
        .any(|c| is_misleading(c) && c != '\n' && c != '\t')
    {
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

/// Whether `c` is invisible or changes the direction of the text, so that the displayed text would
/// differ from the stored text.
fn is_misleading(c: char) -> bool {
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
