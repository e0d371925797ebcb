//! The charts of the record as data: made from its sums alone, in the office's language or in English. A template draws them, for print and for the
//! colour-blind: colours that differ in lightness too, and the number beside every bar.

use std::collections::BTreeMap;

use serde::Serialize;

use super::asked::Asked;
use super::shapes::Chart;
use super::summary::{AgeCount, Backlog, RealizationSummary, StepSummary};
use super::words::{self, pick, short_scheme};
use crate::certification::schemes::SchemeCode;
use crate::web::problem::Language;

/// The most months that have room.
const MOST: usize = 24;
/// Where the scale of minutes ends: so many times the standard time.
const END: f64 = 2.0;

/// A chart, ready to be drawn.
#[derive(Debug, Serialize)]
pub struct ChartView {
    /// Which.
    pub chart: Chart,
    /// `id` or `en`.
    pub language: &'static str,
    /// Its name.
    pub title: &'static str,
    /// Of which files: period and filter.
    pub about: String,
    /// How it is to be read.
    pub note: String,
    /// Said in place of the rows when there are none.
    pub nothing: &'static str,
    /// What its colours stand for.
    pub keys: Vec<String>,
    /// The marks of its axis.
    pub ticks: Vec<Tick>,
    /// Its rows; months stand upright.
    pub rows: Vec<Row>,
    /// All of it in words, for readers who cannot see it.
    pub description: String,
}

/// A mark of the axis.
#[derive(Debug, Serialize)]
pub struct Tick {
    /// Where, from 0 to 1.
    pub at: f64,
    /// Its name.
    pub name: String,
    /// The standard time.
    pub standard: bool,
}

/// A row: its bars, and their numbers in words.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Its name.
    pub label: String,
    /// Its bars, one below the other.
    pub bars: Vec<Vec<Part>>,
    /// Its numbers.
    pub told: String,
    /// What they are held against.
    pub against: String,
}

/// A part of a bar.
#[derive(Debug, Serialize)]
pub struct Part {
    /// Its place in the keys.
    pub key: usize,
    /// Its length, where 1 is the axis; a longer one goes beyond it.
    pub share: f64,
    /// Its count, where the row does not tell it.
    pub count: Option<u64>,
}

/// The chart that was asked for.
#[must_use]
pub fn chart(chart: Chart, summary: &RealizationSummary, asked: &Asked) -> ChartView {
    let language = asked.language();
    let say = |id, en| pick(language, id, en);
    let mut view = ChartView {
        chart,
        language: language.tag(),
        title: "",
        about: about(asked),
        note: String::new(),
        nothing: say(
            "Tidak ada data untuk saringan ini.",
            "There is nothing for this filter.",
        ),
        keys: Vec::new(),
        ticks: Vec::new(),
        rows: Vec::new(),
        description: String::new(),
    };
    match chart {
        Chart::OnTime => on_time(&mut view, summary, language),
        Chart::Minutes => minutes(&mut view, summary, language),
        Chart::Cases => cases(&mut view, summary, language),
        Chart::Backlog => backlog(&mut view, &summary.backlog, language),
    }
    let said: Vec<_> = view.rows.iter().map(|row| said(row, &view.keys)).collect();
    view.description = said.join("; ");
    view
}

fn on_time(view: &mut ChartView, summary: &RealizationSummary, language: Language) {
    let say = |id, en| pick(language, id, en);
    view.title = say("Ketepatan waktu tiap langkah", "Time kept, step by step");
    view.note = say(
        "Bagian permohonan yang setiap putarannya selesai dalam waktu baku (menit kerja). Langkah yang masih berjalan dihitung hanya bila waktunya sudah habis.",
        "The share of files in which every round kept the standard time (minutes of working time). A step that still runs counts only once its time is used up.",
    )
    .to_owned();
    view.keys = vec![
        say("Tepat waktu", "On time").to_owned(),
        say("Terlambat", "Late").to_owned(),
    ];
    view.ticks = [0_u8, 25, 50, 75, 100]
        .map(|part| tick(f64::from(part) / 100.0, format!("{part} %")))
        .into();
    let row = |step: &StepSummary| {
        let decided = step.on_time + step.late;
        let part = |key, count| Part {
            key,
            share: length(count) / length(decided),
            count: None,
        };
        let known = step.on_time_percent.map(|percent| {
            let told = format!(
                "{} % ({}/{decided})",
                decimal(percent, language),
                step.on_time
            );
            (vec![vec![part(0, step.on_time), part(1, step.late)]], told)
        });
        of_step(step, known, String::new(), language)
    };
    view.rows = summary.steps.iter().map(row).collect();
}

/// Each row has the scale of its own standard time, because steps last from a quarter of an hour to days.
fn minutes(view: &mut ChartView, summary: &RealizationSummary, language: Language) {
    let say = |id, en| pick(language, id, en);
    view.title = say(
        "Menit kerja terhadap waktu baku",
        "Minutes used against the standard time",
    );
    view.note = say(
        "Menit kerja tiap putaran yang selesai; tiap langkah digambar pada skala waktu bakunya sendiri, dan batang yang berujung tanda » melampaui dua kalinya. \
         Langkah pelanggan diukur, tidak dihitung sebagai keterlambatan kantor.",
        "Minutes of working time of each finished round; each step is drawn on the scale of its own standard time, and a bar that ends in » goes beyond twice \
         that. The customer's steps are measured and never count as lateness of the office.",
    )
    .to_owned();
    view.keys = vec![
        "Median".to_owned(),
        say(
            "P90 (9 dari 10 tidak lebih lama)",
            "P90 (9 of 10 took no longer)",
        )
        .to_owned(),
    ];
    view.ticks = vec![
        tick(0.0, "0"),
        tick(0.5 / END, format!("{} ×", decimal(0.5, language))),
        Tick {
            standard: true,
            ..tick(1.0 / END, say("waktu baku", "standard"))
        },
        tick(1.0, "2 ×"),
    ];
    let row = |step: &StepSummary| {
        let standard = length(u64::try_from(step.standard_minutes).unwrap_or(1)).max(1.0);
        let bar = |key, minutes: f64| {
            vec![Part {
                key,
                share: minutes / standard / END,
                count: None,
            }]
        };
        let of_rounds = &step.round_minutes;
        let known = of_rounds.median.zip(of_rounds.p90).map(|(median, p90)| {
            let told = [median, p90].map(|minutes| decimal(minutes, language));
            let told = format!("median {} · P90 {}", told[0], told[1]);
            (vec![bar(0, median), bar(1, p90)], told)
        });
        let against = format!(
            "{} {} · {}",
            say("standar", "standard"),
            step.standard_minutes,
            words::party(step.party, language)
        );
        of_step(step, known, against, language)
    };
    view.rows = summary.steps.iter().map(row).collect();
}

fn of_step(
    step: &StepSummary,
    known: Option<(Vec<Vec<Part>>, String)>,
    against: String,
    language: Language,
) -> Row {
    let title = pick(language, step.title_id, step.title_en);
    let nothing = || pick(language, "belum ada data", "nothing yet").to_owned();
    let (bars, told) = known.unwrap_or_else(|| (Vec::new(), nothing()));
    Row {
        label: format!("{}. {title}", step.step),
        bars,
        told,
        against,
    }
}

fn cases(view: &mut ChartView, summary: &RealizationSummary, language: Language) {
    let say = |id, en| pick(language, id, en);
    let mut months = BTreeMap::<_, [u64; SchemeCode::ALL.len()]>::new();
    for group in &summary.by_month_and_scheme {
        let Some((month, scheme)) = group.key.split_once(' ') else {
            continue;
        };
        let mut codes = SchemeCode::ALL.iter();
        if let Some(key) = codes.position(|code| code.as_str() == scheme) {
            months.entry(month).or_default()[key] += group.count;
        }
    }
    let left_out = months.len().saturating_sub(MOST);
    view.title = say(
        "Permohonan diterima tiap bulan menurut skema",
        "Applications received, by month and scheme",
    );
    view.note = say(
        "Bulan diterima menurut WIB. Angka di atas tiang: jumlah bulan itu.",
        "Months of receipt in WIB. The number above a column is the month's sum.",
    )
    .to_owned();
    if left_out > 0 {
        let words = say(
            "Hanya 24 bulan terakhir digambar; bulan yang tidak digambar:",
            "Only the last 24 months are drawn; months left out:",
        );
        view.note = format!("{words} {left_out}.");
    }
    view.keys = SchemeCode::ALL
        .map(|code| short_scheme(code, language).to_owned())
        .into();
    let months = months.into_iter().skip(left_out);
    let months = months.map(|(month, counts)| (named_month(month, language), counts.to_vec()));
    count(view, months.collect());
}

fn backlog(view: &mut ChartView, lines: &[Backlog], language: Language) {
    let say = |id, en| pick(language, id, en);
    view.title = say(
        "Permohonan yang sedang berjalan menurut tahap dan umur",
        "Applications under way, by stage and age",
    );
    view.note = say(
        "Umur: hari sejak permohonan diterima (WIB), hari libur ikut dihitung.",
        "Age: days since receipt (WIB), days off included.",
    )
    .to_owned();
    let ages = lines.first().map_or(&[][..], |line| &line.ages);
    view.keys = ages.iter().map(|age| named_age(age, language)).collect();
    let counts = |line: &Backlog| line.ages.iter().map(|age| age.count).collect();
    let stage = |line: &Backlog| words::stage(line.stage, language).to_owned();
    count(
        view,
        lines
            .iter()
            .map(|line| (stage(line), counts(line)))
            .collect(),
    );
}

/// Rows of counts, one for each key, on an axis that ends at a round number.
fn count(view: &mut ChartView, rows: Vec<(String, Vec<u64>)>) {
    let sum = |counts: &[u64]| counts.iter().sum::<u64>();
    let most = rows.iter().map(|(_, counts)| sum(counts)).max();
    let end = round_up(most.unwrap_or_default());
    let quarter = |part: u64| {
        let name = if (end * part).is_multiple_of(4) {
            (end * part / 4).to_string()
        } else {
            String::new()
        };
        tick(length(part) / 4.0, name)
    };
    view.ticks = (0..=4).map(quarter).collect();
    let part = |(key, count): (usize, u64)| Part {
        key,
        share: length(count) / length(end),
        count: Some(count),
    };
    let row = |(label, counts): (String, Vec<u64>)| Row {
        label,
        told: sum(&counts).to_string(),
        against: String::new(),
        bars: vec![
            (0..)
                .zip(counts)
                .filter(|(_, count)| *count > 0)
                .map(part)
                .collect(),
        ],
    };
    view.rows = rows.into_iter().map(row).collect();
}

fn tick(at: f64, name: impl Into<String>) -> Tick {
    Tick {
        at,
        name: name.into(),
        standard: false,
    }
}

/// A row in words.
fn said(row: &Row, keys: &[String]) -> String {
    let counted = row.bars.iter().flatten();
    let counts: Vec<_> = counted
        .filter_map(|part| Some(format!("{} {}", keys.get(part.key)?, part.count?)))
        .chain(Some(row.against.clone()).filter(|words| !words.is_empty()))
        .collect();
    if counts.is_empty() {
        format!("{}: {}", row.label, row.told)
    } else {
        format!("{}: {} ({})", row.label, row.told, counts.join(", "))
    }
}

/// Of which files: office, period and filter.
fn about(asked: &Asked) -> String {
    let (language, filter) = (asked.language(), &asked.filter);
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

/// A number with one decimal, with the comma or point of the language; whole numbers without.
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
fn length(count: u64) -> f64 {
    count as f64
}

/// A round number not below `most` that divides well: the end of an axis.
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
    use super::super::samples::any_row;
    use super::super::shapes::Format;
    use super::super::summary::Sums;
    use super::*;
    use crate::typesetting::{Press, Template};

    fn asked(english: bool) -> Asked {
        let filter = Filter {
            from: "2026-07-01".parse().ok(),
            to: "2026-07-31".parse().ok(),
            ..Filter::default()
        };
        Asked {
            filter,
            format: Format::Svg,
            chart: Chart::OnTime,
            english,
        }
    }

    fn counted(row: &Row) -> u64 {
        let parts = row.bars.iter().flatten();
        parts.filter_map(|part| part.count).sum()
    }

    fn longest(row: &Row) -> f64 {
        let bars = row.bars.iter();
        bars.map(|bar| bar.iter().map(|part| part.share).sum())
            .fold(0.0, f64::max)
    }

    #[test]
    fn an_axis_ends_at_a_round_number() {
        let ends = [0, 1, 3, 9, 11, 81, 101].map(round_up);
        assert_eq!(ends, [1, 1, 4, 10, 20, 100, 200]);
    }

    #[test]
    fn an_empty_record_is_drawn_too_and_says_so() {
        let press = Press::new().unwrap();
        for kind in Chart::ALL {
            let view = chart(kind, &Sums::default().summary(), &asked(true));
            let data = serde_json::to_value(&view).unwrap();
            let drawn = press.draw(Template::Chart, &data).unwrap();
            assert!(
                drawn.contains(view.title) && drawn.contains("xml:lang=\"en\""),
                "{kind:?}"
            );
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
                Chart::ALL.map(|kind| chart(kind, &summary, &asked(english)));
            for (row, step) in on_time.rows.iter().zip(&summary.steps) {
                let named = format!("{}. ", step.step);
                prop_assert!(row.label.starts_with(&named));
                let decided = step.on_time + step.late;
                prop_assert_eq!(row.bars.is_empty(), decided == 0);
                if decided > 0 {
                    let told = format!(" % ({}/{decided})", step.on_time);
                    prop_assert!(row.told.ends_with(&told), "{}", &row.told);
                    prop_assert!((longest(row) - 1.0).abs() < 1e-9);
                }
            }
            for (row, step) in minutes.rows.iter().zip(&summary.steps) {
                let scale = END * length(u64::try_from(step.standard_minutes).unwrap());
                let drawn = row.bars.first().map(|bar| bar[0].share * scale);
                let median = step.round_minutes.median;
                prop_assert_eq!(drawn.is_some(), median.is_some());
                prop_assert!((drawn.unwrap_or(0.0) - median.unwrap_or(0.0)).abs() < 1e-6);
                let against = format!(" {} · ", step.standard_minutes);
                prop_assert!(row.against.contains(&against));
            }
            prop_assert_eq!((on_time.rows.len(), minutes.rows.len()), (summary.steps.len(), summary.steps.len()));
            if summary.by_month.len() <= MOST {
                prop_assert_eq!(cases.rows.iter().map(counted).sum::<u64>(), summary.count);
            }
            prop_assert_eq!(cases.rows.len(), summary.by_month.len().min(MOST));
            prop_assert_eq!(backlog.rows.iter().map(counted).sum::<u64>(), summary.open);
            for view in [&cases, &backlog] {
                for row in &view.rows {
                    prop_assert_eq!(&row.told, &counted(row).to_string());
                    prop_assert!(longest(row) <= 1.0 + 1e-9);
                }
            }
            for view in [on_time, minutes, cases, backlog] {
                for row in &view.rows {
                    let said = format!("{}: {}", row.label, row.told);
                    prop_assert!(view.description.contains(&said), "{}", &view.description);
                }
            }
        }
    }
}
