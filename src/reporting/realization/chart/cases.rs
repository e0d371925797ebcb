//! Applications received, by month and scheme: a column for each month, with the schemes one on the other.

use std::collections::BTreeMap;

use super::frame::{self, MARGIN, TOP, WIDTH, length, round_up};
use crate::certification::schemes::SchemeCode;
use crate::drawing::Sheet;
use crate::drawing::shape::{Anchor, Rect, at};
use crate::drawing::sheet::{RULE, SOFT};
use crate::reporting::realization::report_request::ReportRequest;
use crate::reporting::realization::summary::RealizationSummary;
use crate::reporting::realization::words::{pick, short_scheme};
use crate::web::problem::Language;

/// The colours of Okabe and Ito, in an order in which neighbours differ in lightness too.
const COLOURS: [&str; 6] = [
    "#0072b2", "#e69f00", "#009e73", "#f0e442", "#d55e00", "#56b4e9",
];
/// The most months that have room.
const MOST: usize = 24;
/// Height of the columns.
const TALL: f64 = 300.0;
/// Where they begin: below a legend of two lines.
const HEAD: f64 = TOP + 32.0;

/// A month and what was received in it, scheme by scheme.
type Month = (String, [u64; SchemeCode::ALL.len()]);

pub(super) fn draw(summary: &RealizationSummary, asked: &ReportRequest) -> Sheet {
    let language = asked.language();
    let say = |id, en| pick(language, id, en);
    let (months, left_out) = months(summary);
    let title = say(
        "Permohonan diterima tiap bulan menurut skema",
        "Applications received, by month and scheme",
    );
    let mut sheet = frame::begin(
        HEAD + TALL + 84.0,
        asked,
        (title, describe(&months, language)),
        &[],
    );
    legend(&mut sheet, language);
    if months.is_empty() {
        frame::nothing(&mut sheet, language);
        return sheet;
    }
    let most = months
        .iter()
        .map(|(_, counts)| counts.iter().sum::<u64>())
        .max()
        .unwrap_or(0);
    let end = round_up(length(most));
    let (left, right, foot) = (MARGIN + 44.0, WIDTH - MARGIN, HEAD + TALL);
    for part in 0..=4_u8 {
        let (y, value) = (
            foot - TALL * f64::from(part) / 4.0,
            end * f64::from(part) / 4.0,
        );
        sheet.rule(at(left, y), at(right, y), RULE, 1.0);
        if value.fract() == 0.0 {
            sheet
                .write(
                    at(left - 8.0, y + 4.0),
                    format!("{value}"),
                    12.0,
                    Anchor::End,
                )
                .colour = SOFT;
        }
    }
    let pitch = (right - left) / length(months.len() as u64).max(6.0);
    let mut x = left;
    for month in &months {
        column(
            &mut sheet,
            month,
            (x + pitch * 0.16, pitch * 0.68, foot, TALL / end),
            language,
        );
        x += pitch;
    }
    let words = if left_out == 0 {
        say(
            "Bulan diterima menurut WIB. Angka di atas tiang: jumlah bulan itu.",
            "Months of receipt in WIB. The number above a column is the month's sum.",
        )
        .to_owned()
    } else {
        format!(
            "{} {left_out}.",
            say(
                "Hanya 24 bulan terakhir digambar; bulan yang tidak digambar:",
                "Only the last 24 months are drawn; months left out:"
            )
        )
    };
    frame::note(&mut sheet, &words);
    sheet
}

fn legend(sheet: &mut Sheet, language: Language) {
    for (i, (code, colour)) in SchemeCode::ALL.into_iter().zip(COLOURS).enumerate() {
        let (column, line) = (length((i % 3) as u64), length((i / 3) as u64));
        let (x, y) = (MARGIN + column * 240.0, 76.0 + line * 22.0);
        sheet
            .fill(
                Rect {
                    x,
                    y,
                    w: 14.0,
                    h: 14.0,
                },
                colour,
            )
            .outline = SOFT;
        sheet.write(
            at(x + 20.0, y + 12.0),
            short_scheme(code, language),
            13.0,
            Anchor::Start,
        );
    }
}

fn column(
    sheet: &mut Sheet,
    (month, counts): &Month,
    (x, w, foot, scale): (f64, f64, f64, f64),
    language: Language,
) {
    let mut y = foot;
    for ((code, colour), count) in SchemeCode::ALL
        .into_iter()
        .zip(COLOURS)
        .zip(counts)
        .filter(|(_, count)| **count > 0)
    {
        let h = length(*count) * scale;
        y -= h;
        let bar = sheet.fill(Rect { x, y, w, h }, colour);
        bar.outline = "#ffffff";
        bar.says = Some(format!(
            "{month}, {}: {count}",
            short_scheme(code, language)
        ));
    }
    let size = if w < 30.0 { 10.0 } else { 12.0 };
    let sum = sheet.write(
        at(x + w / 2.0, y - 5.0),
        counts.iter().sum::<u64>().to_string(),
        size,
        Anchor::Middle,
    );
    (sum.bold, sum.rim) = (true, true);
    let (year, name) = month.split_once('-').unwrap_or((month, ""));
    sheet.write(
        at(x + w / 2.0, foot + 17.0),
        short_month(name, language),
        size,
        Anchor::Middle,
    );
    if name == "01" || x < MARGIN + 44.0 + w {
        sheet
            .write(at(x + w / 2.0, foot + 32.0), year, size, Anchor::Middle)
            .colour = SOFT;
    }
}

fn short_month(number: &str, language: Language) -> &'static str {
    let (id, en) = match number {
        "01" => ("Jan", "Jan"),
        "02" => ("Feb", "Feb"),
        "03" => ("Mar", "Mar"),
        "04" => ("Apr", "Apr"),
        "05" => ("Mei", "May"),
        "06" => ("Jun", "Jun"),
        "07" => ("Jul", "Jul"),
        "08" => ("Agu", "Aug"),
        "09" => ("Sep", "Sep"),
        "10" => ("Okt", "Oct"),
        "11" => ("Nov", "Nov"),
        _ => ("Des", "Dec"),
    };
    pick(language, id, en)
}

/// The last months in which anything was received, and how many earlier ones are left out.
fn months(summary: &RealizationSummary) -> (Vec<Month>, usize) {
    let mut months: BTreeMap<String, [u64; SchemeCode::ALL.len()]> = BTreeMap::new();
    for group in &summary.by_month_and_scheme {
        let Some((month, scheme)) = group.key.split_once(' ') else {
            continue;
        };
        let place = SchemeCode::ALL
            .iter()
            .position(|code| code.as_str() == scheme);
        if let Some(place) = place {
            months.entry(month.to_owned()).or_default()[place] += group.count;
        }
    }
    let left_out = months.len().saturating_sub(MOST);
    (months.into_iter().skip(left_out).collect(), left_out)
}

fn describe(months: &[Month], language: Language) -> String {
    let of = |(month, counts): &Month| {
        let parts = SchemeCode::ALL
            .into_iter()
            .zip(counts)
            .filter(|(_, count)| **count > 0);
        format!(
            "{month}: {}",
            parts
                .map(|(code, count)| format!("{} {count}", short_scheme(code, language)))
                .collect::<Vec<_>>()
                .join(", ")
        )
    };
    months.iter().map(of).collect::<Vec<_>>().join("; ")
}
