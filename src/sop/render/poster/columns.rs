//! Where the columns and rows of the poster are.

use super::stations::Road;
use super::ways::Ways;
use crate::drawing::text::{width, wrap};
use crate::sop::render::view::PaperView;

/// A3, landscape, in quarters of a millimetre.
pub(super) const WIDTH: f64 = 1680.0;
/// Its height.
pub(super) const HEIGHT: f64 = 1188.0;
/// Room at the edges.
pub(super) const MARGIN: f64 = 32.0;
/// Size of the letters: 7 points on A3.
pub(super) const SIZE: f64 = 10.0;
/// From one line to the next.
pub(super) const LINE: f64 = 11.2;
/// Where the rows begin.
pub(super) const TOP: f64 = 136.0;
/// Height of a box.
pub(super) const BOX: f64 = 28.0;
/// Size of a chip in the column of exits.
pub(super) const CHIP: (f64, f64) = (26.0, 16.0);
/// From one channel of arrows to the next.
pub(super) const CHANNEL: f64 = 9.0;
/// Room between a text and the edge of its column.
pub(super) const PAD: f64 = 7.0;

/// What goes back: a dark vermilion, dashed, so that it is told apart without colours too.
pub(super) const BACK: &str = "#b34700";
/// The ways out: a dark blue.
pub(super) const OUT: &str = "#1f5f9e";
const NUMBER: f64 = 40.0;
const TITLE: f64 = 288.0;
const TIME: f64 = 62.0;
const PAPERS: f64 = 118.0;
/// The least height of a row: the box, and arrows above and below.
const LEAST: f64 = 39.0;

/// The left sides of the columns, and the widths that depend on what is drawn.
pub(super) struct Columns {
    pub(super) title: f64,
    pub(super) exits: f64,
    pub(super) lanes: f64,
    pub(super) lane: f64,
    pub(super) channels: f64,
    pub(super) ends: f64,
    pub(super) takes: f64,
    pub(super) time: f64,
    pub(super) gives: f64,
    pub(super) right: f64,
    /// Upper side of each row, and the lower side of the last.
    pub(super) rows: Vec<f64>,
}

/// Lays the columns and rows out. `channels` says how many arrows stand side by side beside the lanes, and `foot` how much room is kept below.
pub(super) fn columns(road: &Road<'_>, ways: &Ways, channels: usize, foot: f64) -> Columns {
    let chips = ways.exits.iter().map(Vec::len).max().unwrap_or(0);
    let ends = ways
        .ends
        .iter()
        .flatten()
        .map(|end| width(end, SIZE - 1.0, false) + 12.0)
        .fold(0.0, f64::max);
    let title = MARGIN + NUMBER;
    let exits = title + TITLE;
    let lanes = exits + count(chips) * (CHIP.0 + 3.0) + 18.0;
    let right = WIDTH - MARGIN;
    let gives = right - PAPERS;
    let time = gives - TIME;
    let takes = time - PAPERS;
    let ends = takes - ends - 8.0;
    let channels = ends - count(channels + 1) * CHANNEL - 8.0;
    let lane = (channels - lanes) / count(road.lanes.len());
    Columns {
        title,
        exits,
        lanes,
        lane,
        channels,
        ends,
        takes,
        time,
        gives,
        right,
        rows: rows(road, foot),
    }
}

/// A row is as high as its texts, and what is left of the sheet is shared out.
fn rows(road: &Road<'_>, foot: f64) -> Vec<f64> {
    let heights: Vec<f64> = road
        .stations
        .iter()
        .map(|station| (count(lines(station.row)) * LINE + 8.0).max(LEAST))
        .collect();
    let spare = (HEIGHT - foot - TOP - heights.iter().sum::<f64>()).max(0.0) / count(heights.len());
    let mut at = TOP;
    let mut rows = vec![at];
    for height in heights {
        at += height + spare.min(30.0);
        rows.push(at);
    }
    rows
}

fn lines(row: &crate::sop::render::view::StepView) -> usize {
    let titles = title_lines(row.title_id).len() + subtitle_lines(row.title_en).len();
    titles
        .max(paper_lines(&row.takes).len())
        .max(paper_lines(&row.gives).len())
}

/// The title of a row, in lines.
pub(super) fn title_lines(title: &str) -> Vec<String> {
    wrap(title, SIZE, true, TITLE - 2.0 * PAD)
}

/// Its English title, in lines.
pub(super) fn subtitle_lines(title: &str) -> Vec<String> {
    wrap(title, SIZE - 0.5, false, TITLE - 2.0 * PAD)
}

/// Papers, in lines.
pub(super) fn paper_lines(papers: &[PaperView]) -> Vec<String> {
    papers
        .iter()
        .flat_map(|paper| wrap(&format!("• {}", paper.id), SIZE, false, PAPERS - 2.0 * PAD))
        .collect()
}

/// A count as a length may be reckoned with it.
pub(super) fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
