//! Views of a breach: for watchers, limited to what they may know of the affected complaints, and
//! for the affected reporters. The notice to a reporter is available as soon as a breach is declared
//! and is the same for every reporter: the kind, the day and the consequences, nothing of the
//! watchers' texts and no time of day.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::PgConnection;

use crate::complaint::papers::breach_file::{Kind, State, deadline};
use crate::complaint::store::breaches::{self as store, BreachRow};
use crate::error::{Result, Text, text};
use crate::identity::signed_in::today;
use crate::ids::{BreachId, ComplaintId};

/// A breach without the affected complaints and without its texts: the reply to a change, which is
/// stored for retries.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BreachSummary {
    /// Id of the breach.
    pub id: BreachId,
    /// Kind of breach.
    pub kind: Kind,
    /// State of the breach.
    pub state: State,
    /// Whether the breach affects every complaint of the office, or only the named ones.
    #[schema(example = true)]
    pub all: bool,
    /// When the office discovered the breach.
    #[schema(example = "2026-07-06T00:15:00Z")]
    pub discovered_at: DateTime<Utc>,
    /// Deadline for the written notices to reporters and authority: 3 x 24 hours after the
    /// discovery, regardless of office hours (UU 27/2022 Pasal 46).
    #[schema(example = "2026-07-09T00:15:00Z")]
    pub deadline: DateTime<Utc>,
    /// When the breach was declared.
    #[schema(example = "2026-07-06T00:30:00Z")]
    pub declared_at: DateTime<Utc>,
    /// Name of the declarer; another watcher must close the breach.
    #[schema(example = "Nurul Hidayah")]
    pub declared_by: String,
    /// When the affected reporters were notified, as recorded.
    #[schema(example = "2026-07-06T00:45:00Z")]
    pub reporters_notified_at: Option<DateTime<Utc>>,
    /// When the authority was notified, as recorded.
    #[schema(example = json!(null))]
    pub authority_notified_at: Option<DateTime<Utc>>,
    /// When the breach was closed.
    #[schema(example = json!(null))]
    pub closed_at: Option<DateTime<Utc>>,
    /// Name of the watcher that closed the breach.
    #[schema(example = json!(null))]
    pub closed_by: Option<String>,
}

impl BreachSummary {
    /// Builds the summary of a row.
    pub(super) fn of(stored: &BreachRow) -> Self {
        Self {
            id: stored.id,
            kind: stored.kind,
            state: if stored.closed_at.is_none() {
                State::Open
            } else {
                State::Closed
            },
            all: stored.affects_all,
            discovered_at: stored.discovered_at,
            deadline: deadline(stored.discovered_at),
            declared_at: stored.declared_at,
            declared_by: stored.declarer.clone(),
            reporters_notified_at: stored.reporters_notified_at,
            authority_notified_at: stored.authority_notified_at,
            closed_at: stored.closed_at,
            closed_by: stored.closer.clone(),
        }
    }
}

/// A breach in the list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BreachLine {
    /// Summary of the breach.
    #[serde(flatten)]
    pub summary: BreachSummary,
    /// Numbers of the named complaints that you may know of. Null for a breach that affects all.
    #[schema(example = json!(["WBS-2026-7K3F9QX"]))]
    pub affected: Option<Vec<String>>,
}

/// A breach of confidentiality (pelanggaran kerahasiaan).
#[derive(Serialize, utoipa::ToSchema)]
pub struct Breach {
    /// List entry of the breach.
    #[serde(flatten)]
    pub line: BreachLine,
    /// Account of the breach; null when deleted or when you may not read it.
    #[schema(example = "Surel ke seluruh pegawai menanyakan siapa yang melapor.")]
    pub happened: Option<String>,
    /// Measures taken; null also while the breach is open.
    #[schema(example = json!(null))]
    pub done: Option<String>,
}

/// Notice of a breach of confidentiality, or of an attempt.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BreachNotice {
    /// Kind of breach.
    pub kind: Kind,
    /// Day of the discovery.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub on: NaiveDate,
    /// Day of the closing; null while the breach is open.
    #[schema(value_type = Option<String>, format = Date, example = json!(null))]
    pub closed_on: Option<NaiveDate>,
    /// Explanation for the reporter.
    pub text: Text,
}

/// Lists the notices for the reporter of `case`, newest first. Requires the reporter's context.
pub async fn notices(
    connection: &mut PgConnection,
    case: ComplaintId,
) -> Result<Vec<BreachNotice>> {
    let breach = store::list_for_reporter(connection, case)
        .await?
        .into_iter();
    Ok(breach
        .map(|breach| {
            notice(
                breach.kind,
                today(breach.discovered_at),
                breach.closed_at.map(today),
            )
        })
        .collect())
}

fn notice(kind: Kind, on: NaiveDate, closed_on: Option<NaiveDate>) -> BreachNotice {
    let (what, so) = (
        meaning(kind),
        if closed_on.is_none() {
            while_open()
        } else {
            after()
        },
    );
    BreachNotice {
        kind,
        on,
        closed_on,
        text: text(
            format!("{} {}", what.id, so.id),
            format!("{} {}", what.en, so.en),
        ),
    }
}

fn meaning(kind: Kind) -> Text {
    match kind {
        Kind::IdentityKnown => text(
            "Identitas Anda mungkin diketahui orang yang tidak berhak.",
            "Your identity may be known to a person without the right to know it.",
        ),
        Kind::AttemptToIdentify => text(
            "Ada yang berusaha mencari tahu siapa pelapornya. Sejauh diketahui, identitas Anda tidak terbuka.",
            "A person tried to identify the reporter. As far as is known, your identity was not disclosed.",
        ),
        Kind::ContentKnown => text(
            "Isi pengaduan mungkin diketahui orang yang tidak berhak, dan dapat menunjuk kepada Anda.",
            "The content of the complaint may be known to a person without the right to know it, and may point to you.",
        ),
        Kind::KeyLost => text(
            "Kunci yang melindungi identitas hilang, atau pernah berada di tangan lain. Kunci itu saja tidak membuka identitas Anda.",
            "A key that protects identities is lost, or was held by another person. The key alone does not open your identity.",
        ),
        Kind::SystemBreached => text(
            "Orang yang tidak berhak masuk ke sistem pengaduan. Keterangan yang pernah Anda sampaikan mungkin terbaca.",
            "An unauthorised person entered the complaint system. The texts you submitted may have been read.",
        ),
    }
}

fn while_open() -> Text {
    text(
        "Selama kantor menanganinya, tidak ada bagian identitas Anda yang dapat dibuka kepada siapa pun. Bila Anda mengalami atau mengkhawatirkan pembalasan, laporkan di bagian pembalasan; yang menangani pengaduan tidak mengetahuinya. Perlindungan dapat diminta kepada LPSK.",
        "While the office handles the breach, no part of your identity can be opened. If you suffer or fear reprisals, report them as retaliation; the handlers of your complaint do not learn of the report. You can ask LPSK for protection.",
    )
}

fn after() -> Text {
    text(
        "Kantor telah menanganinya. Bila Anda mengalami atau mengkhawatirkan pembalasan, laporkan di bagian pembalasan; yang menangani pengaduan tidak mengetahuinya. Perlindungan dapat diminta kepada LPSK.",
        "The office has handled the breach. If you suffer or fear reprisals, report them as retaliation; the handlers of your complaint do not learn of the report. You can ask LPSK for protection.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_says_in_both_languages_what_it_means_and_no_time_of_day() {
        let day = "2026-07-06".parse().unwrap();
        for &kind in Kind::ALL {
            let (open, closed) = (notice(kind, day, None), notice(kind, day, Some(day)));
            for said in [
                &open.text.id,
                &open.text.en,
                &closed.text.id,
                &closed.text.en,
            ] {
                assert!(said.contains("LPSK") && !said.contains(':'), "{said}");
            }
            assert!(
                open.text.en.contains("no part of your identity")
                    && !closed.text.en.contains("no part of your identity")
            );
        }
    }
}
