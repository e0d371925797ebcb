//! Which rows of the table are drawn, what each is called on the poster, and in whose lanes it stands.

use crate::sop::render::view::{SopView, StepView};
use crate::sop::table::Party;

/// What a row is on the poster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A printed step.
    Numbered,
    /// Done within the time of a printed step.
    Part,
    /// What the service does itself.
    Automatic,
    /// A way aside.
    Side,
}

/// A row that is drawn.
pub(super) struct Station<'a> {
    /// `3`, `6a`, `S1`.
    pub(super) label: String,
    /// What it is.
    pub(super) kind: Kind,
    /// Its row.
    pub(super) row: &'a StepView,
    /// The lanes of its actors, in order; the print's actor is the first of the row.
    pub(super) lanes: Vec<usize>,
}

impl Station<'_> {
    /// Its moves, one by one: from which stage to which.
    pub(super) fn moves(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.row
            .moves
            .iter()
            .filter(|of| of.drawn)
            .flat_map(|of| of.to.iter().map(|to| (of.from, *to)))
    }

    /// Whether a file at `stage` may be taken here to another stage.
    pub(super) fn leaves(&self, stage: &str) -> bool {
        self.moves().any(|(from, to)| from == stage && to != from)
    }

    /// Whether it starts at `stage`.
    pub(super) fn starts_at(&self, stage: &str) -> bool {
        self.row.moves.iter().any(|of| of.drawn && of.from == stage)
    }
}

/// What is drawn.
pub(super) struct Road<'a> {
    /// The rows, in the order of the table.
    pub(super) stations: Vec<Station<'a>>,
    /// The names of the lanes.
    pub(super) lanes: Vec<String>,
    /// Rows that leave the file where it is: named below, not drawn.
    pub(super) staying: Vec<&'a StepView>,
}

/// Sorts the rows of the table.
pub(super) fn road(sop: &SopView) -> Road<'_> {
    let mut road = Road {
        stations: Vec::new(),
        lanes: Vec::new(),
        staying: Vec::new(),
    };
    let (mut parts, mut sides) = ((0, 0_u8), 0_u16);
    for row in &sop.steps {
        let moving = row
            .moves
            .iter()
            .any(|of| of.to.iter().any(|to| *to != of.from));
        let (kind, label) = match (row.step, row.part_of) {
            (Some(no), _) => (Kind::Numbered, no.to_string()),
            (None, Some(no)) => {
                parts = if parts.0 == no {
                    (no, parts.1 + 1)
                } else {
                    (no, 0)
                };
                (
                    Kind::Part,
                    format!("{no}{}", char::from(b'a' + parts.1.min(25))),
                )
            }
            (None, None) if !moving => {
                road.staying.push(row);
                continue;
            }
            (None, None) => {
                sides += 1;
                (
                    if is_automatic(row) {
                        Kind::Automatic
                    } else {
                        Kind::Side
                    },
                    format!("S{sides}"),
                )
            }
        };
        let mut lanes: Vec<usize> = actors(row)
            .into_iter()
            .map(|actor| lane(&mut road.lanes, actor))
            .collect();
        lanes.sort_unstable();
        road.stations.push(Station {
            label,
            kind,
            row,
            lanes,
        });
    }
    road
}

fn is_automatic(row: &StepView) -> bool {
    row.actor_roles.is_empty() && row.party == Party::Office
}

fn actors(row: &StepView) -> Vec<String> {
    if row.actor_roles.is_empty() {
        vec![row.actor_term.clone()]
    } else {
        row.actor_roles
            .iter()
            .map(|role| role.office_term().to_owned())
            .collect()
    }
}

fn lane(lanes: &mut Vec<String>, actor: String) -> usize {
    lanes
        .iter()
        .position(|known| *known == actor)
        .unwrap_or_else(|| {
            lanes.push(actor);
            lanes.len() - 1
        })
}
