//! What every chart has: title, what it is about, legend, note, and the words of its numbers.

use crate::drawing::shape::{Anchor, Rect, at};
use crate::drawing::sheet::{INK, SOFT};
use crate::drawing::{Sheet, text};
use crate::reporting::realization::report_request::ReportRequest;
use crate::reporting::realization::words::{self, pick};
use crate::web::problem::Language;

/// Width of a chart.
pub(super) const WIDTH: f64 = 960.0;
/// Room at both sides.
pub(super) const MARGIN: f64 = 28.0;
/// Where the plot may begin.
pub(super) const TOP: f64 = 112.0;

/// Blue: what is as it should be.
pub(super) const GOOD: &str = "#0072b2";
/// Orange: what is not. Told from the blue by whoever sees colours otherwise, and lighter in grey.
pub(super) const BAD: &str = "#e69f00";
/// Light blue.
pub(super) const PALE: &str = "#8fc9ea";

/// A sheet with title, what it is about, and legend. `keys` are colours and what they stand for.
pub(super) fn begin(
    height: f64,
    asked: &ReportRequest,
    (title, description): (&str, String),
    keys: &[(&'static str, &str)],
) -> Sheet {
    let language = asked.language();
    let mut sheet = Sheet::new(WIDTH, height, title, description, language.tag());
    let heading = sheet.write(at(MARGIN, 38.0), title, 21.0, Anchor::Start);
    heading.bold = true;
    let about = text::cut(&about(asked), 13.0, false, WIDTH - 2.0 * MARGIN);
    sheet
        .write(at(MARGIN, 61.0), about, 13.0, Anchor::Start)
        .colour = SOFT;
    let mut x = MARGIN;
    for (colour, name) in keys {
        let bar = sheet.fill(
            Rect {
                x,
                y: 76.0,
                w: 14.0,
                h: 14.0,
            },
            colour,
        );
        bar.outline = INK;
        sheet.write(at(x + 20.0, 88.0), *name, 13.0, Anchor::Start);
        x += 44.0 + text::width(name, 13.0, false);
    }
    sheet
}

/// A note at the foot.
pub(super) fn note(sheet: &mut Sheet, words: &str) {
    let (room, foot) = (sheet.w - 2.0 * MARGIN, sheet.h - 14.0);
    let lines = text::wrap(words, 11.0, false, room);
    let first = foot - 14.0 * f64::from(u32::try_from(lines.len().saturating_sub(1)).unwrap_or(0));
    for (y, line) in (0..).map(|line| first + 14.0 * f64::from(line)).zip(lines) {
        sheet.write(at(MARGIN, y), line, 11.0, Anchor::Start).colour = SOFT;
    }
}

/// Said in the middle when there is nothing to show.
pub(super) fn nothing(sheet: &mut Sheet, language: Language) {
    let middle = at(sheet.w / 2.0, sheet.h / 2.0);
    sheet
        .write(
            middle,
            pick(
                language,
                "Tidak ada data untuk saringan ini.",
                "There is nothing for this filter.",
            ),
            15.0,
            Anchor::Middle,
        )
        .colour = SOFT;
}

/// Of which files: office, period and filter.
fn about(asked: &ReportRequest) -> String {
    let (language, filter) = (asked.language(), &asked.filter);
    let say = |id, en| pick(language, id, en);
    let period = match (filter.from, filter.to) {
        (Some(from), Some(to)) => format!(
            "{} {from} {} {to}",
            say("diterima", "received"),
            say("s.d.", "to")
        ),
        (Some(from), None) => format!("{} {from}", say("diterima sejak", "received since")),
        (None, Some(to)) => format!("{} {to}", say("diterima sampai", "received until")),
        (None, None) => say("seluruh waktu", "of all time").to_owned(),
    };
    let mut parts = vec![
        say("Permohonan sertifikasi", "Applications for certification").to_owned(),
        period,
    ];
    parts.extend(
        filter
            .scheme
            .map(|scheme| words::short_scheme(scheme, language).to_owned()),
    );
    parts.extend(
        filter
            .kind
            .map(|kind| words::kind(kind, language).to_owned()),
    );
    parts.extend(
        filter
            .stage
            .map(|stage| words::stage(stage, language).to_owned()),
    );
    parts.extend(
        filter
            .officer
            .map(|_| say("satu petugas", "one officer").to_owned()),
    );
    parts.join(" · ")
}

/// A number with one decimal, with the comma or point of the language; whole numbers without.
pub(super) fn decimal(number: f64, language: Language) -> String {
    let text = format!("{number:.1}");
    let text = text.trim_end_matches(".0");
    match language {
        Language::Indonesian => text.replace('.', ","),
        Language::English => text.to_owned(),
    }
}

/// A count as a length may be reckoned with it.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of files stay far below 2^53"
)]
pub(super) fn length(count: u64) -> f64 {
    count as f64
}

/// Writes the title of a step in at most two lines, ending at `x`, around the height `y`.
pub(super) fn step_label(sheet: &mut Sheet, (x, y): (f64, f64), room: f64, label: &str) {
    let mut lines = text::wrap(label, 13.0, false, room);
    if lines.len() > 2 {
        let rest = lines.split_off(1).join(" ");
        lines.push(text::cut(&rest, 13.0, false, room));
    }
    let first = if lines.len() > 1 { y - 3.5 } else { y + 4.5 };
    for (y, line) in [first, first + 15.5].into_iter().zip(lines) {
        sheet.write(at(x, y), line, 13.0, Anchor::End);
    }
}

/// A round number not below `most` that divides well: the end of an axis.
pub(super) fn round_up(most: f64) -> f64 {
    let mut power = 1.0;
    while power * 10.0 < most {
        power *= 10.0;
    }
    [1.0, 2.0, 4.0, 5.0, 8.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|end| *end >= most)
        .unwrap_or(power * 10.0)
}

#[cfg(test)]
mod tests {
    use super::round_up;

    #[test]
    fn an_axis_ends_at_a_round_number() {
        let ends = [0.0, 1.0, 3.0, 9.0, 11.0, 81.0, 101.0]
            .map(round_up)
            .map(|end| format!("{end}"));
        assert_eq!(ends, ["1", "1", "4", "10", "20", "100", "200"]);
    }
}
