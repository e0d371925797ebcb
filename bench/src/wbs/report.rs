//! The results under load, as one Markdown table against the targets.

use std::fmt::Write as _;
use std::time::Duration;

use super::operations::Operation;
use crate::client::LoadResult;
use crate::report::{BARE, OURS, median};

/// The request rate of the callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Each caller pauses for a quarter of a second: 200 requests a second in all.
    Calm,
    /// Each caller sends its next request as soon as it has the reply.
    Saturating,
}

impl Pace {
    pub const ALL: [Self; 2] = [Self::Calm, Self::Saturating];

    pub fn pause(self) -> Duration {
        if self == Self::Calm {
            Duration::from_millis(250)
        } else {
            Duration::ZERO
        }
    }

    pub fn name(self) -> &'static str {
        if self == Self::Calm {
            "200/s"
        } else {
            "saturating"
        }
    }
}

/// One competitor, one operation, one pace, one round.
pub struct Cell {
    pub operation: Operation,
    pub pace: Pace,
    pub competitor: &'static str,
    pub found: LoadResult,
    /// Seconds of the server's processor time during the load.
    pub processor: f64,
}

/// The table. Figures are medians of all rounds. A ratio compares rates, or processor time where
/// both servers get the same number of requests.
pub fn table(cells: &[Cell]) -> String {
    let mut page = "| operation | pace | competitor | requests/s | p50 ms | p95 ms | p99 ms | server CPU µs | service ÷ bare | p95 target |\n|---|---|---|--:|--:|--:|--:|--:|--:|---|\n".to_owned();
    for operation in Operation::ALL {
        for pace in Pace::ALL {
            for competitor in [OURS, BARE] {
                let of = |competitor| {
                    cells.iter().filter(move |cell| {
                        cell.operation == operation
                            && cell.pace == pace
                            && cell.competitor == competitor
                    })
                };
                let pick = |competitor, field: &dyn Fn(&Cell) -> f64| {
                    median(of(competitor).map(field).collect())
                };
                let percentile = |percent| pick(competitor, &|cell| cell.found.percentile(percent));
                let rate = |competitor| pick(competitor, &|cell| cell.found.rate());
                let processor = |competitor| pick(competitor, &Cell::micros);
                let (p50, p95, p99) = (percentile(50), percentile(95), percentile(99));
                let (ratio, verdict) = if competitor == BARE {
                    (String::new(), String::new())
                } else {
                    let ratio = if pace == Pace::Calm {
                        format!("{:.1} × CPU", processor(OURS) / processor(BARE))
                    } else {
                        format!("**{:.2}**", rate(OURS) / rate(BARE))
                    };
                    (
                        ratio,
                        if p95 < operation.target() {
                            format!("< {}: reached", operation.target())
                        } else {
                            format!("< {}: **missed**", operation.target())
                        },
                    )
                };
                let (what, at) = (operation.name(), pace.name());
                // Writing to a String cannot fail.
                let _ = writeln!(
                    page,
                    "| {what} | {at} | {competitor} | {:.0} | {p50:.1} | {p95:.1} | {p99:.1} | {:.0} | {ratio} | {verdict} |",
                    rate(competitor),
                    processor(competitor)
                );
            }
        }
    }
    page
}

impl Cell {
    #[expect(clippy::cast_precision_loss, reason = "counts of a benchmark")]
    fn micros(&self) -> f64 {
        self.processor * 1e6 / self.found.done().max(1) as f64
    }
}
