//! The layout of an SOP's poster: its rows in order, the lanes of the boxes of each row, and the
//! arrows between the boxes, derived from the stages at which rows start and end. An arrow that does
//! not go straight down has a channel beside the lanes. The template `poster.typ` draws it.

use serde::Serialize;

use super::view::{SopView, StepView};
use crate::table::Party;

/// The kind of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A printed step.
    Numbered,
    /// Done within the time of a printed step.
    Part,
    /// A task of the service.
    Automatic,
    /// A side row: outside the numbered steps.
    Side,
}

/// The end point of an arrow at the right side of a box: point n of m from the top, counted from 1.
pub type Port = [usize; 2];

/// The layout of a poster.
#[derive(Debug, Default, Serialize)]
pub struct Poster {
    /// The actors, one lane each.
    pub lanes: Vec<String>,
    /// The drawn rows, in the order of the table.
    pub rows: Vec<PosterRow>,
    /// The arrows between boxes.
    pub arrows: Vec<Arrow>,
    /// Indexes in the SOP's steps of the rows that never change the stage. They are listed below the
    /// table, not drawn.
    pub staying: Vec<usize>,
}

/// A row of the poster.
#[derive(Debug, Serialize)]
pub struct PosterRow {
    /// `3`, `6a`, `S1`.
    pub label: String,
    /// Step, part, task of the service, or side row.
    pub kind: Kind,
    /// The index in the SOP's steps.
    pub step: usize,
    /// The indexes of its actors in `lanes`, in ascending order.
    pub lanes: Vec<usize>,
    /// Labels of the side rows that may take a file away while it waits for this row.
    pub exits: Vec<String>,
    /// Stages after this row for which no box waits.
    pub ends: Vec<End>,
}

/// A stage for which no box waits.
#[derive(Debug, Serialize)]
pub struct End {
    /// The stage, with the labels of the rows that may still follow.
    pub text: String,
    /// The start of its arrow.
    pub port: Port,
}

/// An arrow between two boxes.
#[derive(Debug, Default, Serialize)]
pub struct Arrow {
    /// The index of the first row.
    pub from: usize,
    /// The index of the second row.
    pub to: usize,
    /// True if the second box is an alternative for the same step, false if it is the next step.
    pub either: bool,
    /// The channel, counted from the lanes; 0 for an arrow straight to the row below.
    pub channel: usize,
    /// The start at the first box, for an arrow with a channel.
    pub leaves: Port,
    /// The end at the second box, for an arrow with a channel.
    pub comes: Port,
}

/// Computes the layout for `sop`.
pub(super) fn poster(sop: &SopView) -> Poster {
    let mut builder = Builder {
        sop,
        poster: Poster::default(),
    };
    builder.add_rows();
    builder.add_arrows();
    builder.add_exits();
    let mut poster = builder.poster;
    assign_channels(&mut poster.arrows);
    assign_ports(&mut poster);
    poster
}

struct Builder<'a> {
    sop: &'a SopView,
    poster: Poster,
}

impl Builder<'_> {
    /// Adds the rows of the table, with labels and lanes.
    fn add_rows(&mut self) {
        let (mut part, mut sides) = ((0, 'a'), 0);
        for (step, row) in self.sop.steps.iter().enumerate() {
            let (kind, label) = match (row.step, row.part_of) {
                (Some(no), _) => (Kind::Numbered, no.to_string()),
                (None, Some(no)) => {
                    let next = char::from_u32(u32::from(part.1) + 1).unwrap_or('z');
                    part = (no, if part.0 == no { next } else { 'a' });
                    (Kind::Part, format!("{no}{}", part.1))
                }
                (None, None) if row.moves.iter().all(|of| of.to == [of.from]) => {
                    self.poster.staying.push(step);
                    continue;
                }
                (None, None) => {
                    sides += 1;
                    let own = row.actor_roles.is_empty() && row.party == Party::Office;
                    let kind = if own { Kind::Automatic } else { Kind::Side };
                    (kind, format!("S{sides}"))
                }
            };
            let mut lanes: Vec<_> = actors(row)
                .into_iter()
                .map(|actor| index_of(&mut self.poster.lanes, actor))
                .collect();
            lanes.sort_unstable();
            self.poster.rows.push(PosterRow {
                label,
                kind,
                step,
                lanes,
                exits: Vec::new(),
                ends: Vec::new(),
            });
        }
    }

    /// Adds the arrows between boxes, and the ends.
    fn add_arrows(&mut self) {
        for i in 0..self.poster.rows.len() {
            let moves: Vec<_> = self.moves(i).collect();
            for (from, to) in moves {
                let next = match (from == to, self.poster.rows[i].kind) {
                    (false, _) => self.next(to),
                    // A step that keeps the stage: a task of the service follows.
                    (true, Kind::Numbered) => self.starting(Kind::Automatic, to).collect(),
                    (true, _) => Vec::new(),
                };
                if next.is_empty() && from != to {
                    self.add_end(i, to);
                }
                for to in next.into_iter().filter(|to| *to != i) {
                    self.add_arrow(i, to, false);
                }
            }
        }
        // A part without an arrow to it is an alternative for its step.
        for i in 0..self.poster.rows.len() {
            let reached = self.poster.arrows.iter().any(|arrow| arrow.to == i);
            if self.poster.rows[i].kind == Kind::Part
                && !reached
                && let Some(whole) = self.numbered(self.step(i).part_of)
            {
                self.add_arrow(whole, i, true);
            }
        }
    }

    /// Adds to each box the side rows that may take a file away.
    fn add_exits(&mut self) {
        for stage in &self.sop.stages {
            let Some(first) = self.next(stage).first().copied() else {
                continue;
            };
            // A file that waits for a part of a step waits within the time of the step.
            let part_of = self.step(first).part_of;
            let Some(holder) = part_of.map_or(Some(first), |_| self.numbered(part_of)) else {
                continue;
            };
            let aside: Vec<_> = (0..self.poster.rows.len())
                .filter(|side| {
                    let kind = self.poster.rows[*side].kind;
                    let joined = |arrow: &Arrow| (arrow.from, arrow.to) == (holder, *side);
                    matches!(kind, Kind::Side | Kind::Automatic)
                        && *side != holder
                        && self.leaves(*side, stage)
                        && !self.poster.arrows.iter().any(joined)
                })
                .map(|side| self.poster.rows[side].label.clone())
                .collect();
            for label in aside {
                index_of(&mut self.poster.rows[holder].exits, label);
            }
        }
    }

    fn step(&self, row: usize) -> &StepView {
        &self.sop.steps[self.poster.rows[row].step]
    }

    fn moves(&self, row: usize) -> impl Iterator<Item = (&'static str, &'static str)> {
        let drawn = self.step(row).moves.iter().filter(|of| of.drawn);
        drawn.flat_map(|of| of.to.iter().map(|to| (of.from, *to)))
    }

    /// True if this row may take a file at `stage` to another stage.
    fn leaves(&self, row: usize, stage: &str) -> bool {
        self.moves(row)
            .any(|(from, to)| from == stage && to != from)
    }

    /// The rows of this kind that start at `stage`. A task of the service counts only if it changes
    /// the stage.
    fn starting(&self, kind: Kind, stage: &str) -> impl Iterator<Item = usize> {
        (0..self.poster.rows.len()).filter(move |row| {
            self.poster.rows[*row].kind == kind
                && self
                    .moves(*row)
                    .any(|(from, to)| from == stage && (kind != Kind::Automatic || to != from))
        })
    }

    /// The index of the numbered step `no`.
    fn numbered(&self, no: Option<u8>) -> Option<usize> {
        (0..self.poster.rows.len()).find(|row| no.is_some() && self.step(*row).step == no)
    }

    /// The boxes for which a file at `stage` waits: the numbered step, else parts of a step, else tasks
    /// of the service.
    fn next(&self, stage: &str) -> Vec<usize> {
        if let Some(step) = self.starting(Kind::Numbered, stage).next() {
            return vec![step];
        }
        let parts: Vec<_> = self.starting(Kind::Part, stage).collect();
        match parts.first().map(|first| self.step(*first).part_of) {
            Some(of) => parts
                .into_iter()
                .filter(|part| self.step(*part).part_of == of)
                .collect(),
            None => self.starting(Kind::Automatic, stage).collect(),
        }
    }

    fn add_end(&mut self, row: usize, stage: &str) {
        let after: Vec<_> = (0..self.poster.rows.len())
            .filter(|row| self.leaves(*row, stage))
            .map(|row| self.poster.rows[row].label.as_str())
            .collect();
        let text = if after.is_empty() {
            stage.to_owned()
        } else {
            format!("{stage} → {}", after.join(", "))
        };
        let ends = &mut self.poster.rows[row].ends;
        if ends.iter().all(|end| end.text != text) {
            ends.push(End {
                text,
                port: Port::default(),
            });
        }
    }

    fn add_arrow(&mut self, from: usize, to: usize, either: bool) {
        let mut known = self.poster.arrows.iter();
        if known.all(|arrow| (arrow.from, arrow.to) != (from, to)) {
            self.poster.arrows.push(Arrow {
                from,
                to,
                either,
                ..Arrow::default()
            });
        }
    }
}

fn actors(row: &StepView) -> Vec<String> {
    if row.actor_roles.is_empty() {
        return vec![row.actor_term.clone()];
    }
    let terms = row.actor_roles.iter().map(|role| role.office_term());
    terms.map(str::to_owned).collect()
}

/// The index of `item` in `all`; appends a new item.
fn index_of(all: &mut Vec<String>, item: String) -> usize {
    all.iter()
        .position(|known| *known == item)
        .unwrap_or_else(|| {
            all.push(item);
            all.len() - 1
        })
}

/// Assigns a channel to each arrow that does not go to the row below; short arrows are nearest to the
/// lanes. Arrows that pass the same row have different channels.
fn assign_channels(arrows: &mut [Arrow]) {
    arrows.sort_by_key(|arrow| (arrow.from.abs_diff(arrow.to), arrow.from));
    for place in 0..arrows.len() {
        let (before, arrow) = arrows.split_at_mut(place);
        let Some(arrow) = arrow.first_mut().filter(|one| one.to != one.from + 1) else {
            continue;
        };
        let (top, foot) = span(arrow);
        let taken = |channel: usize| {
            before
                .iter()
                .any(|one| one.channel == channel && span(one).0 <= foot && top <= span(one).1)
        };
        arrow.channel = (1..=place + 1)
            .find(|channel| !taken(*channel))
            .unwrap_or(1);
    }
}

fn span(arrow: &Arrow) -> (usize, usize) {
    (arrow.from.min(arrow.to), arrow.from.max(arrow.to))
}

/// Assigns the points at the right side of each box: arrows that go up above, arrows that go down
/// below, outer channels outermost, so that arrows do not cross at the box.
fn assign_ports(poster: &mut Poster) {
    for (i, row) in poster.rows.iter_mut().enumerate() {
        let mut ports: Vec<(isize, &mut Port)> = Vec::new();
        ports.extend(row.ends.iter_mut().map(|end| (0, &mut end.port)));
        for arrow in poster.arrows.iter_mut().filter(|arrow| arrow.channel > 0) {
            let channel = isize::try_from(arrow.channel).unwrap_or(isize::MAX);
            let side = |other: usize| if other < i { -channel } else { channel };
            if arrow.from == i {
                ports.push((side(arrow.to), &mut arrow.leaves));
            } else if arrow.to == i {
                ports.push((side(arrow.from), &mut arrow.comes));
            }
        }
        ports.sort_by_key(|(side, _)| *side);
        let of = ports.len();
        for (n, (_, port)) in (1..).zip(ports) {
            *port = [n, of];
        }
    }
}
