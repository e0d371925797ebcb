//! What is sent: a declaration, a notice that was given, a closing.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::complaint::papers::breach_file::Kind;
use crate::complaint::papers::form::prose_fault;
use crate::error::{FieldError, fault};
use crate::ids::BreachId;
use crate::web::body::Validate;

/// The longest text, in characters.
const LONGEST: usize = 5_000;
/// The most complaints that are named; for more it is all.
const MOST: usize = 100;

/// A breach, in the path.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtBreach {
    /// Id of the breach.
    pub id: BreachId,
}

/// That confidentiality was broken, or that somebody tried: of the `complaints` named, or of `all`.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BreachDeclaration)]
pub struct Declaration {
    /// What kind.
    #[schema(example = "attempt_to_identify")]
    pub kind: Kind,
    /// What happened (apa yang terjadi). Sealed; whoever may read the breach reads it, so write of no complaint what only one person can know.
    #[schema(
        example = "Surel ke seluruh pegawai menanyakan siapa yang melapor.",
        min_length = 1,
        max_length = 5000
    )]
    pub happened: String,
    /// When the office came to know of it: the 72 hours of the law begin then.
    #[schema(example = "2026-07-06T00:15:00Z")]
    pub discovered_at: DateTime<Utc>,
    /// Numbers or ids of the complaints it affects, at most 100. Who watches is told numbers by who handles, and finds ids in requests for disclosure.
    #[serde(default)]
    #[schema(example = json!(null), min_items = 1, max_items = 100)]
    pub complaints: Option<Vec<String>>,
    /// It affects every complaint of the office, also those that come while it is open.
    #[serde(default)]
    #[schema(example = true)]
    pub all: bool,
}

impl Validate for Declaration {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults: Vec<_> = prose_fault(&self.happened, "/happened".to_owned(), LONGEST)
            .into_iter()
            .collect();
        match (&self.complaints, self.all) {
            (None, false) => {
                faults.push(fault(
                    "/complaints",
                    "missing_field",
                    "Sebutkan pengaduannya, atau all.",
                    "Name the complaints, or say all.",
                ));
            }
            (Some(_), true) => {
                faults.push(fault(
                    "/all",
                    "not_both",
                    "Sebutkan pengaduannya atau all, tidak keduanya.",
                    "Name complaints or say all, not both.",
                ));
            }
            (Some(named), false) => faults.extend(faults_of_named(named)),
            (None, true) => {}
        }
        faults
    }
}

fn faults_of_named(named: &[String]) -> Vec<FieldError> {
    if named.is_empty() {
        return vec![fault(
            "/complaints",
            "empty",
            "Sebutkan sedikitnya satu.",
            "Name at least one.",
        )];
    }
    if named.len() > MOST {
        return vec![fault(
            "/complaints",
            "too_many",
            format!("Paling banyak {MOST}; selebihnya all."),
            format!("At most {MOST}; for more say all."),
        )];
    }
    let twice = named
        .iter()
        .enumerate()
        .filter(|(i, one)| named[..*i].contains(one));
    twice
        .map(|(i, _)| {
            fault(
                format!("/complaints/{i}"),
                "duplicate",
                "Sudah disebutkan.",
                "Named twice.",
            )
        })
        .collect()
}

/// Who was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Addressee {
    /// The reporters concerned (subjek data).
    Reporters,
    /// The authority for the protection of personal data (lembaga PDP).
    Authority,
}

/// That a notice was given (pemberitahuan tertulis).
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BreachNoticeRecord)]
pub struct NoticeRecord {
    /// To whom.
    #[schema(example = "authority")]
    pub to: Addressee,
    /// When.
    #[schema(example = "2026-07-06T00:45:00Z")]
    pub sent_at: DateTime<Utc>,
}

impl Validate for NoticeRecord {}

/// How a breach ended.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BreachClosing)]
pub struct Closing {
    /// What was done about it (upaya penanganan dan pemulihan). Sealed.
    #[schema(
        example = "Surel ditarik, pengirimnya ditegur, pelapor dihubungi lewat portal.",
        min_length = 1,
        max_length = 5000
    )]
    pub done: String,
    /// When the reporters concerned were told; needed unless recorded before, but for an attempt. It takes the place of what was recorded.
    #[serde(default)]
    #[schema(example = "2026-07-06T00:45:00Z")]
    pub reporters_notified_at: Option<DateTime<Utc>>,
    /// When the authority was told; the same holds.
    #[serde(default)]
    #[schema(example = "2026-07-06T00:45:00Z")]
    pub authority_notified_at: Option<DateTime<Utc>>,
}

impl Validate for Closing {
    fn errors(&self) -> Vec<FieldError> {
        prose_fault(&self.done, "/done".to_owned(), LONGEST)
            .into_iter()
            .collect()
    }
}

/// What is wrong with the moment of a notice: it comes after the discovery, and not after now.
pub(super) fn wrong_moment(
    at: &str,
    moment: DateTime<Utc>,
    discovered_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<FieldError> {
    if moment > now {
        Some(fault(
            at,
            "in_the_future",
            "Belum terjadi.",
            "It has not come yet.",
        ))
    } else if moment < discovered_at {
        Some(fault(
            at,
            "wrong_order",
            "Mendahului saat diketahui.",
            "It is before the discovery.",
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
            wrong_moment(
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
