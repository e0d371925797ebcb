//! The results as one Markdown table and a few lines.

use std::fmt::Write as _;

use crate::client::LoadResult;
use crate::operations::Operation;

/// One cell: one competitor, one operation, one round.
#[derive(Debug, Clone)]
pub struct Cell {
    pub operation: Operation,
    pub competitor: &'static str,
    pub rate: f64,
    pub p50: f64,
    pub p99: f64,
    /// Microseconds of the server's processor time for each request.
    pub processor: f64,
    /// The proportional set size of the server after the cell, in MB.
    pub memory: f64,
}

impl Cell {
    /// The cell of a load; `processor` is the server's processor time during the load, in seconds.
    #[expect(clippy::cast_precision_loss, reason = "counts of a benchmark")]
    pub fn of(
        operation: Operation,
        competitor: &'static str,
        found: &LoadResult,
        processor: f64,
        memory: f64,
    ) -> Self {
        let processor = processor * 1e6 / found.done().max(1) as f64;
        Self {
            operation,
            competitor,
            rate: found.rate(),
            p50: found.percentile(50),
            p99: found.percentile(99),
            processor,
            memory,
        }
    }
}

/// The names of the service under test, of the earlier build, of the bare server, of the peers and
/// of the database alone.
pub const OURS: &str = "service";
pub const BEFORE: &str = "before";
pub const BARE: &str = "bare";
pub const NESTJS: &str = "NestJS";
pub const FASTAPI: &str = "FastAPI";
pub const DATABASE: &str = "pgbench";

/// The table. Figures are medians of all rounds; a ratio is the median of each round's ratio.
pub fn table(cells: &[Cell]) -> String {
    let mut page = String::from(
        "| operation | competitor | requests/s | p50 ms | p99 ms | server CPU µs | memory MB | service ÷ this |\n|---|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for operation in Operation::ALL {
        for competitor in [OURS, BEFORE, BARE, NESTJS, FASTAPI, DATABASE] {
            let of = |competitor| {
                cells.iter().filter(move |cell| {
                    cell.operation == operation && cell.competitor == competitor
                })
            };
            if of(competitor).next().is_none() {
                continue;
            }
            let pick = |field: fn(&Cell) -> f64| median(of(competitor).map(field).collect());
            let ratio = median(
                of(OURS)
                    .zip(of(competitor))
                    .map(|(ours, theirs)| ours.rate / theirs.rate)
                    .collect(),
            );
            let ratio = if competitor == OURS {
                String::new()
            } else {
                format!("**{ratio:.2}**")
            };
            let rest = if competitor == DATABASE {
                " | | | ".to_owned()
            } else {
                let (p50, p99) = (pick(|cell| cell.p50), pick(|cell| cell.p99));
                format!(
                    "{p50:.1} | {p99:.1} | {:.0} | {:.0}",
                    pick(|cell| cell.processor),
                    pick(|cell| cell.memory)
                )
            };
            let (name, rate) = (operation.name(), pick(|cell| cell.rate));
            // Writing to a String cannot fail.
            let _ = writeln!(
                page,
                "| {name} | {competitor} | {rate:.0} | {rest} | {ratio} |"
            );
        }
    }
    page
}

/// The median.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
