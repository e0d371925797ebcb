//! The charts of the record as data, computed from its sums alone, in Indonesian or English. The
//! template `grafik.typ` draws them, for print and for colour-blind readers: colours differ in
//! lightness too, and every bar has its number beside it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::formats::Chart;
use super::report_request::ReportRequest;
use super::summary::{AgeCount, Backlog, GroupTally, RealizationSummary, StepSummary};
use super::words::{self, pick, short_scheme};
use crate::certification::schemes::SchemeCode;
use crate::web::problem::Language;

/// The most months that fit into the chart of applications by month.
const MAX_MONTHS: usize = 24;

/// A chart, ready to be drawn. Its title and the texts of its legend and axis are in the template.
#[derive(Debug, Serialize)]
pub struct ChartView {
    /// The chart.
    pub chart: Chart,
    /// The language, `id` or `en`.
    pub language: &'static str,
    /// The files it covers: period and filter.
    pub about: String,
    /// The legend: one name per colour. Empty if the template has the legend.
    pub keys: Vec<String>,
    /// The count at the end of the axis; 0 in a chart without counts.
    pub end: u64,
    /// The number of earlier months that are not drawn.
    pub left_out: usize,
    /// The rows of bars. The template draws months as columns.
    pub rows: Vec<Row>,
}

/// A row of a chart: bars with a label.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The step, month or stage.
    pub label: String,
    /// The bars, from top to bottom, each a list of segments.
    pub bars: Vec<Vec<Segment>>,
    /// The numbers of the bars, as text.
    pub numbers: String,
    /// The standard time and the responsible party, as text; empty in the other charts.
    pub standard: String,
}

/// A segment of a bar.
#[derive(Debug, Serialize)]
pub struct Segment {
    /// The index of its name and colour in `keys`.
    pub key: usize,
    /// The length as a share of the axis; above 1 it extends beyond the axis.
    pub share: f64,
    /// The count that is printed in the segment.
    pub count: Option<u64>,
}

/// Computes `chart` from the sums.
pub fn chart(chart: Chart, summary: &RealizationSummary, request: &ReportRequest) -> ChartView {
    let language = request.language();
    let mut view = ChartView {
        chart,
        language: language.tag(),
        about: about(request),
        keys: Vec::new(),
        end: 0,
        left_out: 0,
        rows: Vec::new(),
    };
    let steps = summary.steps.iter();
    match chart {
        Chart::OnTime => view.rows = steps.map(|step| on_time(step, language)).collect(),
        Chart::Minutes => view.rows = steps.map(|step| minutes(step, language)).collect(),
        Chart::Cases => cases(&mut view, &summary.by_month_and_scheme, language),
        Chart::Backlog => backlog(&mut view, &summary.backlog, language),
    }
    view
}

fn on_time(step: &StepSummary, language: Language) -> Row {
    let decided = step.on_time + step.late;
    let known = step.on_time_percent.map(|percent| {
        let shares = [step.on_time, step.late].map(|count| to_f64(count) / to_f64(decided));
        let bar = vec![segment(0, shares[0]), segment(1, shares[1])];
        let percent = decimal(percent, language);
        (
            vec![bar],
            format!("{percent} % ({}/{decided})", step.on_time),
        )
    });
    step_row(step, known, String::new(), language)
}

/// Minutes of a step, on an axis that ends at twice its standard time: steps last from a quarter of
/// an hour to days.
fn minutes(step: &StepSummary, language: Language) -> Row {
    let end = 2.0 * to_f64(u64::try_from(step.standard_minutes).unwrap_or(1)).max(1.0);
    let of_rounds = &step.round_minutes;
    let known = of_rounds.median.zip(of_rounds.p90).map(|(median, p90)| {
        let bars = vec![vec![segment(0, median / end)], vec![segment(1, p90 / end)]];
        let [median, p90] = [median, p90].map(|minutes| decimal(minutes, language));
        (bars, format!("median {median} · P90 {p90}"))
    });
    let standard = format!(
        "{} {} · {}",
        pick(language, "standar", "standard"),
        step.standard_minutes,
        words::party(step.party, language)
    );
    step_row(step, known, standard, language)
}

fn step_row(
    step: &StepSummary,
    known: Option<(Vec<Vec<Segment>>, String)>,
    standard: String,
    language: Language,
) -> Row {
    let title = language.select(&step.title);
    let nothing = pick(language, "belum ada data", "nothing yet");
    let (bars, numbers) = known.unwrap_or_else(|| (Vec::new(), nothing.to_owned()));
    Row {
        label: format!("{}. {title}", step.step),
        bars,
        numbers,
        standard,
    }
}

fn cases(view: &mut ChartView, groups: &[GroupTally], language: Language) {
    let mut months = BTreeMap::<_, [u64; SchemeCode::ALL.len()]>::new();
    for group in groups {
        let (month, scheme) = group.key.split_once(' ').unwrap_or_default();
        let mut codes = SchemeCode::ALL.iter();
        if let Some(key) = codes.position(|code| code.as_str() == scheme) {
            months.entry(month).or_default()[key] += group.count;
        }
    }
    view.left_out = months.len().saturating_sub(MAX_MONTHS);
    let schemes = SchemeCode::ALL.map(|code| short_scheme(code, language).to_owned());
    view.keys = schemes.into();
    let months = months.into_iter().skip(view.left_out);
    let months = months.map(|(month, counts)| (named_month(month, language), counts.to_vec()));
    add_counts(view, months.collect());
}

fn backlog(view: &mut ChartView, lines: &[Backlog], language: Language) {
    let ages = lines.first().map_or(&[][..], |line| &line.ages);
    view.keys = ages.iter().map(|age| named_age(age, language)).collect();
    let line = |line: &Backlog| {
        let counts = line.ages.iter().map(|age| age.count).collect();
        (words::stage(line.stage, language).to_owned(), counts)
    };
    add_counts(view, lines.iter().map(line).collect());
}

/// Adds rows of counts, one count for each key, with an axis that ends at a round number.
fn add_counts(view: &mut ChartView, rows: Vec<(String, Vec<u64>)>) {
    let sum = |counts: &[u64]| counts.iter().sum::<u64>();
    let most = rows.iter().map(|(_, counts)| sum(counts)).max();
    let end = round_up(most.unwrap_or_default());
    let row = |(label, counts): (String, Vec<u64>)| {
        let numbers = sum(&counts).to_string();
        let counts = (0..).zip(counts).filter(|(_, count)| *count > 0);
        let bar = counts.map(|(key, count)| Segment {
            count: Some(count),
            ..segment(key, to_f64(count) / to_f64(end))
        });
        Row {
            label,
            bars: vec![bar.collect()],
            numbers,
            standard: String::new(),
        }
    };
    view.end = end;
    view.rows = rows.into_iter().map(row).collect();
}

fn segment(key: usize, share: f64) -> Segment {
    Segment {
        key,
        share,
        count: None,
    }
}

/// The files covered by the chart: service, period and filter.
fn about(request: &ReportRequest) -> String {
    let (language, filter) = (request.language(), &request.filter);
    let say = |id, en| pick(language, id, en);
    let period = match (filter.from, filter.to) {
        (Some(from), Some(to)) => {
            let (received, until) = (say("diterima", "received"), say("s.d.", "to"));
            format!("{received} {from} {until} {to}")
        }
        (Some(from), None) => format!("{} {from}", say("diterima sejak", "received since")),
        (None, Some(to)) => format!("{} {to}", say("diterima sampai", "received until")),
        (None, None) => say("seluruh waktu", "of all time").to_owned(),
    };
    let narrowed = [
        filter.scheme.map(|scheme| short_scheme(scheme, language)),
        filter.kind.map(|kind| words::kind(kind, language)),
        filter.stage.map(|stage| words::stage(stage, language)),
        filter.officer.map(|_| say("satu petugas", "one officer")),
    ];
    [
        say("Permohonan sertifikasi", "Applications for certification"),
        &period,
    ]
    .into_iter()
    .chain(narrowed.into_iter().flatten())
    .collect::<Vec<_>>()
    .join(" · ")
}

/// `2026-05` as `Mei 2026`.
fn named_month(month: &str, language: Language) -> String {
    let names = pick(
        language,
        "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    );
    let (year, number) = month.split_once('-').unwrap_or((month, ""));
    let place = number.parse::<usize>().unwrap_or(1).saturating_sub(1);
    let name = names.split(' ').nth(place).unwrap_or(number);
    format!("{name} {year}")
}

fn named_age(age: &AgeCount, language: Language) -> String {
    let days = pick(language, "hari", "days");
    age.to_days.map_or_else(
        || format!("> {} {days}", age.from_days - 1),
        |to| format!("{}–{to} {days}", age.from_days),
    )
}

/// A number with one decimal, separated by the comma or point of the language; whole numbers have
/// no decimal.
fn decimal(number: f64, language: Language) -> String {
    let text = format!("{number:.1}");
    let text = text.trim_end_matches(".0");
    match language {
        Language::Indonesian => text.replace('.', ","),
        Language::English => text.to_owned(),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of files stay far below 2^53"
)]
fn to_f64(count: u64) -> f64 {
    count as f64
}

/// The end of an axis: the next round number from `most` upwards that divides well.
fn round_up(most: u64) -> u64 {
    let mut power = 1;
    while power * 10 < most {
        power *= 10;
    }
    [1, 2, 4, 5, 8, 10]
        .into_iter()
        .map(|factor| factor * power)
        .find(|end| *end >= most)
        .unwrap_or(power * 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::filter::Filter;
    use super::super::formats::Format;
    use super::super::samples::any_row;
    use super::super::summary::Sums;
    use super::*;
    use crate::typesetting::{Compiler, Template};

    fn request(english: bool) -> ReportRequest {
        let filter = Filter {
            from: "2026-07-01".parse().ok(),
            to: "2026-07-31".parse().ok(),
            ..Filter::default()
        };
        ReportRequest {
            filter,
            format: Format::Svg,
            chart: Chart::OnTime,
            english,
        }
    }

    fn counted(row: &Row) -> u64 {
        let segments = row.bars.iter().flatten();
        segments.filter_map(|segment| segment.count).sum()
    }

    fn longest(row: &Row) -> f64 {
        let bars = row.bars.iter();
        bars.map(|bar| bar.iter().map(|segment| segment.share).sum())
            .fold(0.0, f64::max)
    }

    #[test]
    fn an_axis_ends_at_a_round_number() {
        let ends = [0, 1, 3, 9, 11, 81, 101].map(round_up);
        assert_eq!(ends, [1, 1, 4, 10, 20, 100, 200]);
    }

    fn drawn(view: &ChartView) -> String {
        let data = serde_json::to_value(view).unwrap();
        Compiler::new()
            .unwrap()
            .draw(Template::Chart, &data)
            .unwrap()
    }

    #[test]
    fn an_empty_record_is_drawn_too() {
        for kind in Chart::ALL {
            let svg = drawn(&chart(kind, &Sums::default().summary(), &request(true)));
            assert!(svg.contains("xml:lang=\"en\""), "{kind:?}");
        }
    }

    #[test]
    fn the_numbers_are_told_to_readers_who_cannot_see_them() {
        for view in super::super::specimens::charts() {
            let svg = drawn(&view);
            let description = svg.split("desc\">").nth(1).unwrap();
            for row in &view.rows {
                let said = format!("{}: {}", row.label, row.numbers);
                assert!(description.contains(&said), "{said}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn the_numbers_of_a_chart_are_those_of_the_sums(rows in proptest::collection::vec(any_row(), 0..80), english: bool) {
            let mut sums = Sums::default();
            for row in &rows {
                sums.add(row);
            }
            let summary = sums.summary();
            let [on_time, minutes, cases, backlog] =
                Chart::ALL.map(|kind| chart(kind, &summary, &request(english)));
            for (row, step) in on_time.rows.iter().zip(&summary.steps) {
                let named = format!("{}. ", step.step);
                prop_assert!(row.label.starts_with(&named));
                let decided = step.on_time + step.late;
                prop_assert_eq!(row.bars.is_empty(), decided == 0);
                if decided > 0 {
                    let numbers = format!(" % ({}/{decided})", step.on_time);
                    prop_assert!(row.numbers.ends_with(&numbers), "{}", &row.numbers);
                    prop_assert!((longest(row) - 1.0).abs() < 1e-9);
                }
            }
            for (row, step) in minutes.rows.iter().zip(&summary.steps) {
                let scale = 2.0 * to_f64(u64::try_from(step.standard_minutes).unwrap());
                let drawn = row.bars.first().map(|bar| bar[0].share * scale);
                let median = step.round_minutes.median;
                prop_assert_eq!(drawn.is_some(), median.is_some());
                prop_assert!((drawn.unwrap_or(0.0) - median.unwrap_or(0.0)).abs() < 1e-6);
                let standard = format!(" {} · ", step.standard_minutes);
                prop_assert!(row.standard.contains(&standard));
            }
            prop_assert_eq!((on_time.rows.len(), minutes.rows.len()), (summary.steps.len(), summary.steps.len()));
            if summary.by_month.len() <= MAX_MONTHS {
                prop_assert_eq!(cases.rows.iter().map(counted).sum::<u64>(), summary.count);
            }
            prop_assert_eq!(cases.rows.len(), summary.by_month.len().min(MAX_MONTHS));
            prop_assert_eq!(backlog.rows.iter().map(counted).sum::<u64>(), summary.open);
            for view in [&cases, &backlog] {
                for row in &view.rows {
                    prop_assert_eq!(&row.numbers, &counted(row).to_string());
                    prop_assert!(longest(row) <= 1.0 + 1e-9);
                }
            }
        }
    }
}
