//! How large a share of the files kept the standard time, step by step.

use super::frame::{self, BAD, GOOD, MARGIN, TOP, WIDTH, decimal, length};
use crate::drawing::Sheet;
use crate::drawing::shape::{Anchor, Rect, at};
use crate::drawing::sheet::{RULE, SOFT};
use crate::reporting::realization::report_request::ReportRequest;
use crate::reporting::realization::summary::{RealizationSummary, StepSummary};
use crate::reporting::realization::words::pick;
use crate::web::problem::Language;

/// Width of the labels.
const LABELS: f64 = 310.0;
/// Width of the numbers at the end.
const NUMBERS: f64 = 190.0;
/// Height of a row.
const ROW: f64 = 44.0;

pub(super) fn draw(summary: &RealizationSummary, asked: &ReportRequest) -> Sheet {
    let language = asked.language();
    let say = |id, en| pick(language, id, en);
    let rows = length(summary.steps.len() as u64);
    let title = say("Ketepatan waktu tiap langkah", "Time kept, step by step");
    let keys = [
        (GOOD, say("Tepat waktu", "On time")),
        (BAD, say("Terlambat", "Late")),
    ];
    let mut sheet = frame::begin(
        TOP + rows * ROW + 66.0,
        asked,
        (title, describe(summary, language)),
        &keys,
    );
    let (left, right) = (MARGIN + LABELS + 12.0, WIDTH - MARGIN - NUMBERS);
    let foot = TOP + rows * ROW;
    for part in 0..=4_u8 {
        let x = left + (right - left) * f64::from(part) / 4.0;
        sheet.rule(at(x, TOP), at(x, foot), RULE, 1.0);
        sheet
            .write(
                at(x, foot + 17.0),
                format!("{} %", 25 * u16::from(part)),
                12.0,
                Anchor::Middle,
            )
            .colour = SOFT;
    }
    let mut y = TOP;
    for step in &summary.steps {
        row(&mut sheet, step, (left, right, y), language);
        y += ROW;
    }
    let words = say(
        "Bagian permohonan yang setiap putarannya selesai dalam waktu baku (menit kerja). Langkah yang masih berjalan dihitung hanya bila waktunya sudah habis.",
        "The share of files in which every round kept the standard time (minutes of working time). A step that still runs counts only once its time is used up.",
    );
    frame::note(&mut sheet, words);
    sheet
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
    let (decided, middle) = (step.on_time + step.late, y + ROW / 2.0 + 4.5);
    let Some(percent) = step.on_time_percent else {
        sheet
            .write(
                at(right + 12.0, middle),
                pick(language, "belum ada data", "nothing yet"),
                13.0,
                Anchor::Start,
            )
            .colour = SOFT;
        return;
    };
    let split = left + (right - left) * length(step.on_time) / length(decided);
    for (x, w, colour) in [(left, split - left, GOOD), (split, right - split, BAD)] {
        if w > 0.0 {
            sheet
                .fill(
                    Rect {
                        x,
                        y: y + 9.0,
                        w,
                        h: ROW - 18.0,
                    },
                    colour,
                )
                .says = Some(format!("{title}: {} %", decimal(percent, language)));
        }
    }
    let numbers = format!(
        "{} %  ({}/{decided})",
        decimal(percent, language),
        step.on_time
    );
    sheet
        .write(at(right + 12.0, middle), numbers, 13.0, Anchor::Start)
        .bold = true;
}

fn describe(summary: &RealizationSummary, language: Language) -> String {
    let of = |step: &StepSummary| {
        let percent = step.on_time_percent.map_or_else(
            || "–".to_owned(),
            |percent| format!("{} %", decimal(percent, language)),
        );
        format!(
            "{} {}: {percent}",
            pick(language, "langkah", "step"),
            step.step
        )
    };
    summary.steps.iter().map(of).collect::<Vec<_>>().join("; ")
}
