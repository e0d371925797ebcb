//! The report of a period as a letter: tables of the sums, and the charts. In Indonesian, the
//! office's language of letters.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use serde_json::{Value, json};

use super::chart;
use super::formats::Chart;
use super::report_request::ReportRequest;
use super::summary::{GroupTally, RealizationSummary, StepSummary};
use super::words;
use crate::certification::schemes::SchemeCode;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::typesetting::{Document, LetterEnding, Template, day_in_words, moment_in_words, rupiah};
use crate::web::problem::Language;

/// The maximum number of lines of an open-ended table.
const MAX_LINES: usize = 15;
/// The language of the letter.
const LANGUAGE: Language = Language::Indonesian;

/// Builds the letter about `summary`, made at `made`.
pub fn letter(
    summary: &RealizationSummary,
    asked: &ReportRequest,
    made: DateTime<Utc>,
) -> Result<Document> {
    let asked = ReportRequest {
        english: false,
        ..asked.clone()
    };
    let period = period(&asked);
    let body = json!({
        "period": period,
        "made": moment_in_words(made),
        "narrowed": filter_text(&asked),
        "count": summary.count,
        "open": summary.open,
        "sent": summary.sent,
        "aside": summary.ended_aside,
        "standard": summary.office.standard_minutes,
        "within": format!("{} dari {}", summary.office.within, summary.office.minutes.count),
        "median": number(summary.office.minutes.median),
        "p90": number(summary.office.minutes.p90),
        "steps": summary.steps.iter().map(step).collect::<Vec<_>>(),
        "ages": summary.backlog.first().map(ages).unwrap_or_default(),
        "backlog": summary.backlog.iter().map(backlog).collect::<Vec<_>>(),
        "money": money(summary),
        "deficiencies": deficiencies(summary),
        "auditors": summary.auditors.iter().take(MAX_LINES).map(|one| json!([one.name, one.audits, one.days])).collect::<Vec<_>>(),
        "groups": [
            {"name": "Skema", "lines": groups(&summary.by_scheme)},
            {"name": "Bulan diterima", "lines": groups(&summary.by_month)},
            {"name": "Provinsi", "lines": groups(&summary.by_province)},
        ],
        "charts": Chart::ALL.map(|chart| chart::chart(chart, summary, &asked)),
    });
    let title = format!("Laporan Realisasi Layanan Sertifikasi, {period}");
    Document::new(
        Template::Realization,
        title,
        today(made),
        &asked.file_name(),
        &LetterEnding::Issued,
        &body,
    )
}

/// `bulan Juli 2026`, or the days from and to.
fn period(asked: &ReportRequest) -> String {
    match (asked.filter.from, asked.filter.to) {
        (Some(from), Some(to)) if is_month(from, to) => {
            let words = day_in_words(from);
            format!(
                "bulan {}",
                words
                    .split_once(' ')
                    .map_or(words.as_str(), |(_, month)| month)
            )
        }
        (Some(from), Some(to)) => format!("{} s.d. {}", day_in_words(from), day_in_words(to)),
        (Some(from), None) => format!("sejak {}", day_in_words(from)),
        (None, Some(to)) => format!("sampai {}", day_in_words(to)),
        (None, None) => "seluruh waktu".to_owned(),
    }
}

fn is_month(from: NaiveDate, to: NaiveDate) -> bool {
    from.day() == 1
        && (from.year(), from.month()) == (to.year(), to.month())
        && to.succ_opt().is_some_and(|next| next.day() == 1)
}

fn filter_text(asked: &ReportRequest) -> String {
    let filter = &asked.filter;
    let scheme = filter.scheme.map(|scheme| words::scheme(scheme, LANGUAGE));
    let kind = filter.kind.map(|kind| words::kind(kind, LANGUAGE));
    let stage = filter.stage.map(|stage| words::stage(stage, LANGUAGE));
    let parts: Vec<_> = [scheme, kind, stage, filter.officer.map(|_| "satu petugas")]
        .into_iter()
        .flatten()
        .collect();
    if parts.is_empty() {
        "semua permohonan yang diterima kantor".to_owned()
    } else {
        parts.join("; ")
    }
}

/// A number in Indonesian notation, or a dash.
fn number(number: Option<f64>) -> String {
    number.map_or_else(
        || "–".to_owned(),
        |number| {
            format!("{number:.1}")
                .trim_end_matches(".0")
                .replace('.', ",")
        },
    )
}

fn step(step: &StepSummary) -> Value {
    let percent = step.on_time_percent.map_or_else(
        || "–".to_owned(),
        |percent| format!("{} %", number(Some(percent))),
    );
    let counts = [
        step.standard_minutes.to_string(),
        step.on_time.to_string(),
        step.late.to_string(),
        percent,
    ];
    let minutes = [
        number(step.round_minutes.median),
        number(step.round_minutes.p90),
    ];
    let [standard, on_time, late, percent] = counts;
    let [median, p90] = minutes;
    json!([
        step.step,
        step.title.id,
        standard,
        on_time,
        late,
        percent,
        median,
        p90
    ])
}

fn ages(line: &super::summary::Backlog) -> Vec<String> {
    line.ages
        .iter()
        .map(|age| {
            age.to_days.map_or_else(
                || format!("> {}", age.from_days - 1),
                |to| format!("{}–{to}", age.from_days),
            )
        })
        .collect()
}

fn backlog(line: &super::summary::Backlog) -> Value {
    let counts = line.ages.iter().map(|age| Value::from(age.count));
    json!(
        [words::stage(line.stage, LANGUAGE).into(), line.count.into()]
            .into_iter()
            .chain(counts)
            .collect::<Vec<Value>>()
    )
}

fn money(summary: &RealizationSummary) -> Value {
    let pnbp = &summary.pnbp;
    let lines = [
        ("Terbit", pnbp.issued),
        ("Dibayar", pnbp.paid),
        ("Kedaluwarsa", pnbp.expired),
        ("Belum dibayar", pnbp.waiting),
        ("Kelebihan bayar", pnbp.excess),
    ];
    json!(lines.map(|(name, tally)| json!([name, tally.count, rupiah(tally.amount)])))
}

fn deficiencies(summary: &RealizationSummary) -> Vec<Value> {
    summary
        .deficiencies
        .iter()
        .take(MAX_LINES)
        .map(|one| json!([one.requirement, one.title.id, one.items, one.files]))
        .collect()
}

fn groups(groups: &[GroupTally]) -> Vec<Value> {
    let named = |key: &str| {
        key.parse::<SchemeCode>().map_or_else(
            |_| key.to_owned(),
            |code| words::scheme(code, LANGUAGE).to_owned(),
        )
    };
    groups
        .iter()
        .take(MAX_LINES)
        .map(|group| {
            json!([
                named(&group.key),
                group.count,
                group.open,
                group.sent,
                group.ended_aside
            ])
        })
        .collect()
}
