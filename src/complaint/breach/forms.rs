//! Request bodies: declaration, recorded notice, closing.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::complaint::papers::breach_file::Kind;
use crate::complaint::papers::form::{duplicate_errors, prose_error};
use crate::error::{FieldError, fault};
use crate::ids::BreachId;
use crate::web::body::Validate;

/// Maximum length of a text, in characters.
const MAX_TEXT_CHARS: usize = 5_000;
/// Maximum number of named complaints; a larger breach sets `all`.
const MAX_COMPLAINTS: usize = 100;

/// Path parameter of a breach.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtBreach {
    /// Id of the breach.
    pub id: BreachId,
}

/// A breach of confidentiality, or an attempt: of the complaints named in `complaints`, or of
/// `all`.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BreachDeclaration)]
pub struct Declaration {
    /// Kind of breach.
    #[schema(example = "attempt_to_identify")]
    pub kind: Kind,
    /// Account of the breach (apa yang terjadi). Stored sealed and shown to all readers of the
    /// breach, so leave out details that only one person can know.
    #[schema(
        example = "Surel ke seluruh pegawai menanyakan siapa yang melapor.",
        min_length = 1,
        max_length = 5000
    )]
    pub happened: String,
    /// When the office discovered the breach; the statutory 72 hours run from then.
    #[schema(example = "2026-07-06T00:15:00Z")]
    pub discovered_at: DateTime<Utc>,
    /// Numbers or ids of the affected complaints, at most 100. Watchers get numbers from the
    /// handlers and find ids in requests for disclosure.
    #[serde(default)]
    #[schema(example = json!(null), min_items = 1, max_items = 100)]
    pub complaints: Option<Vec<String>>,
    /// Whether the breach affects every complaint of the office, including those received while it
    /// is open.
    #[serde(default)]
    #[schema(example = true)]
    pub all: bool,
}

impl Validate for Declaration {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults: Vec<_> =
            prose_error(&self.happened, "/happened".to_owned(), MAX_TEXT_CHARS)
                .into_iter()
                .collect();
        match (&self.complaints, self.all) {
            (None, false) => {
                faults.push(fault(
                    "/complaints",
                    "missing_field",
                    "Sebutkan pengaduannya, atau isi `all`.",
                    "Name the complaints, or set `all`.",
                ));
            }
            (Some(_), true) => {
                faults.push(fault(
                    "/all",
                    "not_both",
                    "Sebutkan pengaduannya atau isi `all`, tidak keduanya.",
                    "Name the complaints or set `all`, not both.",
                ));
            }
            (Some(named), false) => faults.extend(complaints_errors(named)),
            (None, true) => {}
        }
        faults
    }
}

fn complaints_errors(named: &[String]) -> Vec<FieldError> {
    if named.is_empty() {
        return vec![fault(
            "/complaints",
            "empty",
            "Sebutkan sedikitnya satu.",
            "Name at least one.",
        )];
    }
    if named.len() > MAX_COMPLAINTS {
        return vec![fault(
            "/complaints",
            "too_many",
            format!("Paling banyak {MAX_COMPLAINTS}; untuk lebih dari itu isi `all`."),
            format!("At most {MAX_COMPLAINTS}; for more, set `all`."),
        )];
    }
    duplicate_errors(named, "/complaints", "This complaint is named already.").collect()
}

/// Recipient of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Addressee {
    /// The affected reporters (subjek data).
    Reporters,
    /// The data protection authority (lembaga PDP).
    Authority,
}

/// A written notice that was given (pemberitahuan tertulis).
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BreachNoticeRecord)]
pub struct NoticeRecord {
    /// Recipient of the notice.
    #[schema(example = "authority")]
    pub to: Addressee,
    /// When the notice was sent.
    #[schema(example = "2026-07-06T00:45:00Z")]
    pub sent_at: DateTime<Utc>,
}

impl Validate for NoticeRecord {}

/// Closing of a breach.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BreachClosing)]
pub struct Closing {
    /// Measures taken (upaya penanganan dan pemulihan). Stored sealed.
    #[schema(
        example = "Surel ditarik, pengirimnya ditegur, pelapor dihubungi lewat portal.",
        min_length = 1,
        max_length = 5000
    )]
    pub done: String,
    /// When the affected reporters were notified. Required unless recorded before; not required for
    /// an attempt. Replaces a recorded time.
    #[serde(default)]
    #[schema(example = "2026-07-06T00:45:00Z")]
    pub reporters_notified_at: Option<DateTime<Utc>>,
    /// When the authority was notified. The same rules apply.
    #[serde(default)]
    #[schema(example = "2026-07-06T00:45:00Z")]
    pub authority_notified_at: Option<DateTime<Utc>>,
}

impl Validate for Closing {
    fn errors(&self) -> Vec<FieldError> {
        prose_error(&self.done, "/done".to_owned(), MAX_TEXT_CHARS)
            .into_iter()
            .collect()
    }
}

/// Error when the time of a notice is before the discovery or in the future.
pub(super) fn time_error(
    at: &str,
    moment: DateTime<Utc>,
    discovered_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<FieldError> {
    if moment > now {
        Some(fault(
            at,
            "in_the_future",
            "Waktu tersebut belum tiba.",
            "The time is in the future.",
        ))
    } else if moment < discovered_at {
        Some(fault(
            at,
            "wrong_order",
            "Mendahului saat diketahui.",
            "The time is before the discovery.",
        ))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::ids::ComplaintId;

    fn faults(of: &Value) -> Vec<(String, &'static str)> {
        let mut body = json!({"kind": "key_lost", "happened": "Flashdisk hilang.", "discovered_at": "2026-07-06T00:15:00Z"});
        body.as_object_mut()
            .unwrap()
            .extend(of.as_object().unwrap().clone());
        let form: Declaration = serde_json::from_value(body).unwrap();
        form.errors()
            .into_iter()
            .map(|fault| (fault.pointer, fault.code))
            .collect()
    }

    #[test]
    fn a_breach_affects_the_complaints_it_names_or_all() {
        let (one, other) = (ComplaintId::random(), ComplaintId::random());
        assert_eq!(faults(&json!({"all": true})), []);
        assert_eq!(faults(&json!({"complaints": [one, other]})), []);
        assert_eq!(
            faults(&json!({})),
            [("/complaints".to_owned(), "missing_field")]
        );
        assert_eq!(
            faults(&json!({"complaints": [one], "all": true})),
            [("/all".to_owned(), "not_both")]
        );
        assert_eq!(
            faults(&json!({"complaints": []})),
            [("/complaints".to_owned(), "empty")]
        );
        assert_eq!(
            faults(&json!({"complaints": [one, other, one]})),
            [("/complaints/2".to_owned(), "duplicate")]
        );
        let many: Vec<_> = (0..101).map(|_| ComplaintId::random()).collect();
        assert_eq!(
            faults(&json!({"complaints": many})),
            [("/complaints".to_owned(), "too_many")]
        );
        assert_eq!(
            faults(&json!({"all": true, "happened": " "})),
            [("/happened".to_owned(), "empty")]
        );
    }

    #[test]
    fn a_notice_is_given_between_the_discovery_and_now() {
        let at = |text: &str| text.parse().unwrap();
        let wrong = |moment: &str| {
            time_error(
                "/sent_at",
                at(moment),
                at("2026-07-06T01:00:00Z"),
                at("2026-07-06T03:00:00Z"),
            )
            .map(|fault| fault.code)
        };
        assert_eq!(
            [wrong("2026-07-06T00:59:59Z"), wrong("2026-07-06T03:00:01Z")],
            [Some("wrong_order"), Some("in_the_future")]
        );
        assert_eq!(
            [wrong("2026-07-06T01:00:00Z"), wrong("2026-07-06T03:00:00Z")],
            [None, None]
        );
    }
}
