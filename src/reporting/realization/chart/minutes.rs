//! Minutes used against the standard time, step by step: median and p90 of the finished rounds. Each row is drawn on the scale of its own standard
//! time, because steps last from a quarter of an hour to days; the minutes themselves stand at its end.

use super::frame::{self, GOOD, MARGIN, PALE, TOP, WIDTH, decimal, length};
use crate::drawing::Sheet;
use crate::drawing::shape::{Anchor, Rect, at};
use crate::drawing::sheet::{INK, RULE, SOFT};
use crate::reporting::realization::report_request::ReportRequest;
use crate::reporting::realization::summary::{RealizationSummary, StepSummary};
use crate::reporting::realization::words::{self, pick};
use crate::web::problem::Language;

const LABELS: f64 = 290.0;
const NUMBERS: f64 = 270.0;
const ROW: f64 = 48.0;
/// Where the scale ends: so many times the standard time.
const END: f64 = 2.0;

pub(super) fn draw(summary: &RealizationSummary, asked: &ReportRequest) -> Sheet {
    let language = asked.language();
    let say = |id, en| pick(language, id, en);
    let rows = length(summary.steps.len() as u64);
    let title = say(
        "Menit kerja terhadap waktu baku",
        "Minutes used against the standard time",
    );
    let keys = [
        (GOOD, say("Median", "Median")),
        (
            PALE,
            say(
                "P90 (9 dari 10 tidak lebih lama)",
                "P90 (9 of 10 took no longer)",
            ),
        ),
    ];
    let mut sheet = frame::begin(
        TOP + rows * ROW + 68.0,
        asked,
        (title, describe(summary, language)),
        &keys,
    );
    let (left, right) = (MARGIN + LABELS + 12.0, WIDTH - MARGIN - NUMBERS);
    let foot = TOP + rows * ROW;
    for (share, name) in [
        (0.0, "0".to_owned()),
        (0.5, half(language)),
        (1.0, say("waktu baku", "standard").to_owned()),
        (2.0, "2 ×".to_owned()),
    ] {
        let x = left + (right - left) * share / END;
        let (colour, width) = if (share - 1.0_f64).abs() < f64::EPSILON {
            (INK, 2.0)
        } else {
            (RULE, 1.0)
        };
        sheet.rule(at(x, TOP - 4.0), at(x, foot), colour, width);
        sheet
            .write(at(x, foot + 17.0), name, 12.0, Anchor::Middle)
            .colour = SOFT;
    }
    let mut y = TOP;
    for step in &summary.steps {
        row(&mut sheet, step, (left, right, y), language);
        y += ROW;
    }
    let words = say(
        "Menit kerja tiap putaran yang selesai; tiap langkah digambar pada skala waktu bakunya sendiri, dan batang yang berujung tanda » melampaui dua kalinya. \
         Langkah pelanggan diukur, tidak dihitung sebagai keterlambatan kantor.",
        "Minutes of working time of each finished round; each step is drawn on the scale of its own standard time, and a bar that ends in » goes beyond twice \
         that. The customer's steps are measured and never count as lateness of the office.",
    );
    frame::note(&mut sheet, words);
    sheet
}

fn half(language: Language) -> String {
    format!("{} ×", decimal(0.5, language))
}

fn row(
    sheet: &mut Sheet,
    step: &StepSummary,
    (left, right, y): (f64, f64, f64),
    language: Language,
) {
    let title = format!(
        "{}. {}",
        step.step,
        pick(language, step.title_id, step.title_en)
    );
    frame::step_label(sheet, (left - 12.0, y + ROW / 2.0), LABELS, &title);
    let standard = length(u64::try_from(step.standard_minutes).unwrap_or(1)).max(1.0);
    let (middle, minutes) = (y + ROW / 2.0, &step.round_minutes);
    let whose = format!(
        "{} {} · {}",
        pick(language, "standar", "standard"),
        step.standard_minutes,
        words::party(step.party, language)
    );
    let (Some(median), Some(p90)) = (minutes.median, minutes.p90) else {
        sheet
            .write(
                at(right + 26.0, middle - 3.0),
                pick(language, "belum ada data", "nothing yet"),
                13.0,
                Anchor::Start,
            )
            .colour = SOFT;
        sheet
            .write(at(right + 26.0, middle + 13.0), whose, 12.0, Anchor::Start)
            .colour = SOFT;
        return;
    };
    for (value, top, colour) in [(median, y + 8.0, GOOD), (p90, y + 25.0, PALE)] {
        let w = (right - left) * (value / standard).min(END) / END;
        if w > 0.0 {
            sheet
                .fill(
                    Rect {
                        x: left,
                        y: top,
                        w,
                        h: 15.0,
                    },
                    colour,
                )
                .says = Some(format!("{title}: {}", decimal(value, language)));
        }
        if value > standard * END {
            sheet
                .write(at(right + 4.0, top + 12.0), "»", 14.0, Anchor::Start)
                .bold = true;
        }
    }
    let numbers = format!(
        "{} · P90 {}",
        decimal(median, language),
        decimal(p90, language)
    );
    sheet
        .write(
            at(right + 26.0, middle - 3.0),
            format!("{} {numbers}", pick(language, "median", "median")),
            13.0,
            Anchor::Start,
        )
        .bold = true;
    sheet
        .write(at(right + 26.0, middle + 13.0), whose, 12.0, Anchor::Start)
        .colour = SOFT;
}

fn describe(summary: &RealizationSummary, language: Language) -> String {
    let of = |step: &StepSummary| {
        let say = |number: Option<f64>| {
            number.map_or_else(|| "–".to_owned(), |number| decimal(number, language))
        };
        let minutes = &step.round_minutes;
        format!(
            "{} {}: median {}, p90 {}, {} {}",
            pick(language, "langkah", "step"),
            step.step,
            say(minutes.median),
            say(minutes.p90),
            pick(language, "standar", "standard"),
            step.standard_minutes
        )
    };
    summary.steps.iter().map(of).collect::<Vec<_>>().join("; ")
}
