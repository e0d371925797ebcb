//! What the reporters concerned are told, as soon as a breach is declared: what kind, on which day, and what it means for them. The words are the same for
//! every reporter: nothing of what was written about the breach, and no minute.

use chrono::NaiveDate;
use serde::Serialize;
use sqlx::PgConnection;

use crate::complaint::papers::breach_file::Kind;
use crate::complaint::store::breaches as store;
use crate::error::{Result, Text, text};
use crate::identity::signed_in::today;
use crate::ids::ComplaintId;

/// That confidentiality was broken, or that somebody tried.
#[derive(Serialize, utoipa::ToSchema)]
pub struct BreachNotice {
    /// What kind.
    pub kind: Kind,
    /// The day the office came to know of it.
    #[schema(value_type = String, format = Date, example = "2026-07-06")]
    pub on: NaiveDate,
    /// The day it was closed; null while it is open.
    #[schema(value_type = Option<String>, format = Date, example = json!(null))]
    pub closed_on: Option<NaiveDate>,
    /// What it means for you, in Indonesian.
    #[schema(example = "Ada yang berusaha mencari tahu siapa pelapornya.")]
    pub text_id: String,
    /// What it means for you, in English.
    #[schema(example = "Somebody tried to find out who reported.")]
    pub text_en: String,
}

/// What the reporter of `case` is told, newest first. Ask as the reporter.
///
/// # Errors
/// When the server refuses.
pub async fn notices(
    connection: &mut PgConnection,
    case: ComplaintId,
) -> Result<Vec<BreachNotice>> {
    let told = store::of_reporter(connection, case).await?.into_iter();
    Ok(told
        .map(|told| {
            notice(
                told.kind,
                today(told.discovered_at),
                told.closed_at.map(today),
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
        text_id: format!("{} {}", what.id, so.id),
        text_en: format!("{} {}", what.en, so.en),
    }
}

fn meaning(kind: Kind) -> Text {
    match kind {
        Kind::IdentityKnown => text(
            "Siapa Anda mungkin diketahui orang yang tidak berhak.",
            "Who you are may be known to somebody who has no right to know.",
        ),
        Kind::AttemptToIdentify => text(
            "Ada yang berusaha mencari tahu siapa pelapornya. Sejauh diketahui, identitas Anda tidak terbuka.",
            "Somebody tried to find out who reported. As far as is known, your identity was not disclosed.",
        ),
        Kind::ContentKnown => text(
            "Isi pengaduan mungkin diketahui orang yang tidak berhak, dan dapat menunjuk kepada Anda.",
            "What was reported may be known to somebody who has no right to know, and could point at you.",
        ),
        Kind::KeyLost => text(
            "Kunci yang melindungi identitas hilang, atau pernah berada di tangan lain. Kunci itu saja tidak membuka identitas Anda.",
            "A key that protects identities is lost, or was in other hands. The key alone does not open your identity.",
        ),
        Kind::SystemBreached => text(
            "Orang yang tidak berhak masuk ke sistem pengaduan. Yang pernah Anda sampaikan mungkin terbaca.",
            "Somebody who has no right to was inside the system of complaints. What you have told may have been read.",
        ),
    }
}

fn while_open() -> Text {
    text(
        "Selama kantor menanganinya, tidak ada bagian identitas Anda yang dapat dibuka kepada siapa pun. Bila Anda mengalami atau mengkhawatirkan pembalasan, laporkan di bagian pembalasan; yang menangani pengaduan tidak mengetahuinya. Perlindungan dapat diminta kepada LPSK.",
        "While the office deals with it, no part of your identity can be opened to anybody. If you suffer or fear reprisals, report them as retaliation; nobody who handles your complaint learns of it. LPSK can be asked for protection.",
    )
}

fn after() -> Text {
    text(
        "Kantor telah menanganinya. Bila Anda mengalami atau mengkhawatirkan pembalasan, laporkan di bagian pembalasan; yang menangani pengaduan tidak mengetahuinya. Perlindungan dapat diminta kepada LPSK.",
        "The office has dealt with it. If you suffer or fear reprisals, report them as retaliation; nobody who handles your complaint learns of it. LPSK can be asked for protection.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_says_in_both_languages_what_it_means_and_no_time_of_day() {
        let day = "2026-07-06".parse().unwrap();
        for kind in Kind::ALL {
            let (open, closed) = (notice(kind, day, None), notice(kind, day, Some(day)));
            for said in [
                &open.text_id,
                &open.text_en,
                &closed.text_id,
                &closed.text_en,
            ] {
                assert!(said.contains("LPSK") && !said.contains(':'), "{said}");
            }
            assert!(
                open.text_en.contains("no part of your identity")
                    && !closed.text_en.contains("no part of your identity")
            );
        }
    }
}
