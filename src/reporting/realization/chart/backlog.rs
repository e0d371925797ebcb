//! What is under way, by stage and age: a bar for each stage, the older the darker.

use super::frame::{self, MARGIN, TOP, WIDTH, length, round_up};
use crate::drawing::shape::{Anchor, Rect, at};
use crate::drawing::sheet::{RULE, SOFT};
use crate::drawing::{Sheet, text};
use crate::reporting::realization::report_request::ReportRequest;
use crate::reporting::realization::summary::{AgeCount, Backlog, RealizationSummary};
use crate::reporting::realization::words::{self, pick};
use crate::web::problem::Language;

/// One hue from light to dark: read the same in grey, and by everybody.
const COLOURS: [&str; 5] = ["#dcebf7", "#a8cde8", "#64a3d0", "#2a6faf", "#08306b"];
/// What is legible on each.
const ON: [&str; 5] = ["#1a1a1a", "#1a1a1a", "#1a1a1a", "#ffffff", "#ffffff"];
const LABELS: f64 = 190.0;
const NUMBERS: f64 = 70.0;
const ROW: f64 = 38.0;
/// The least room a chart without rows takes.
const LEAST: f64 = 160.0;

pub(super) fn draw(summary: &RealizationSummary, asked: &ReportRequest) -> Sheet {
    let language = asked.language();
    let say = |id, en| pick(language, id, en);
    let rows = length(summary.backlog.len() as u64);
    let tall = (rows * ROW).max(LEAST);
    let title = say(
        "Permohonan yang sedang berjalan menurut tahap dan umur",
        "Applications under way, by stage and age",
    );
    let names: Vec<String> = summary
        .backlog
        .first()
        .map(|line| line.ages.iter().map(|age| named(age, language)).collect())
        .unwrap_or_default();
    let keys: Vec<(&'static str, &str)> = COLOURS
        .into_iter()
        .zip(names.iter().map(String::as_str))
        .collect();
    let mut sheet = frame::begin(
        TOP + tall + 62.0,
        asked,
        (title, describe(&summary.backlog, language)),
        &keys,
    );
    if summary.backlog.is_empty() {
        frame::nothing(&mut sheet, language);
        return sheet;
    }
    let most = summary
        .backlog
        .iter()
        .map(|line| line.count)
        .max()
        .unwrap_or(0);
    let (left, right, foot, end) = (
        MARGIN + LABELS + 12.0,
        WIDTH - MARGIN - NUMBERS,
        TOP + rows * ROW,
        round_up(length(most)),
    );
    for part in 0..=4_u8 {
        let (x, value) = (
            left + (right - left) * f64::from(part) / 4.0,
            end * f64::from(part) / 4.0,
        );
        sheet.rule(at(x, TOP), at(x, foot), RULE, 1.0);
        if value.fract() == 0.0 {
            sheet
                .write(at(x, foot + 17.0), format!("{value}"), 12.0, Anchor::Middle)
                .colour = SOFT;
        }
    }
    let mut y = TOP;
    for line in &summary.backlog {
        row(&mut sheet, line, (left, y, (right - left) / end), language);
        y += ROW;
    }
    let words = say(
        "Umur: hari sejak permohonan diterima (WIB), hari libur ikut dihitung.",
        "Age: days since receipt (WIB), days off included.",
    );
    frame::note(&mut sheet, words);
    sheet
}

fn row(sheet: &mut Sheet, line: &Backlog, (left, y, scale): (f64, f64, f64), language: Language) {
    let middle = y + ROW / 2.0 + 4.5;
    let stage = words::stage(line.stage, language);
    sheet.write(at(left - 12.0, middle), stage, 13.0, Anchor::End);
    let mut x = left;
    for (age, (fill, on)) in line
        .ages
        .iter()
        .zip(COLOURS.into_iter().zip(ON))
        .filter(|(age, _)| age.count > 0)
    {
        let w = length(age.count) * scale;
        let bar = sheet.fill(
            Rect {
                x,
                y: y + 7.0,
                w,
                h: ROW - 14.0,
            },
            fill,
        );
        bar.outline = SOFT;
        bar.says = Some(format!("{stage}, {}: {}", named(age, language), age.count));
        let count = age.count.to_string();
        if text::width(&count, 12.0, false) + 6.0 < w {
            sheet
                .write(at(x + w / 2.0, middle), count, 12.0, Anchor::Middle)
                .colour = on;
        }
        x += w;
    }
    let sum = sheet.write(
        at(x + 8.0, middle),
        line.count.to_string(),
        13.0,
        Anchor::Start,
    );
    (sum.bold, sum.rim) = (true, true);
}

fn named(age: &AgeCount, language: Language) -> String {
    let days = pick(language, "hari", "days");
    age.to_days.map_or_else(
        || format!("> {} {days}", age.from_days - 1),
        |to| format!("{}–{to} {days}", age.from_days),
    )
}

fn describe(backlog: &[Backlog], language: Language) -> String {
    let of = |line: &Backlog| {
        let ages = line
            .ages
            .iter()
            .filter(|age| age.count > 0)
            .map(|age| format!("{} {}", named(age, language), age.count));
        format!(
            "{}: {} ({})",
            words::stage(line.stage, language),
            line.count,
            ages.collect::<Vec<_>>().join(", ")
        )
    };
    backlog.iter().map(of).collect::<Vec<_>>().join("; ")
}
