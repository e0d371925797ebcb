//! The poster of an SOP as data: its rows in order, the lanes in which the boxes of a row stand, and the arrows between them, each in a channel of its own
//! beside the lanes where it does not go straight down. Found from the stages rows start at and lead to; a template draws it.

use serde::Serialize;

use super::view::{SopView, StepView};
use crate::sop::table::Party;

/// The kinds of row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A printed step.
    Numbered,
    /// Done within the time of a printed step.
    Part,
    /// Done by the service itself.
    Automatic,
    /// A way aside.
    Side,
}

/// Where an arrow is fastened at the right side of a box: the n-th of so many places from above, counted from 1.
pub type Port = [usize; 2];

/// The poster of an SOP.
#[derive(Debug, Default, Serialize)]
pub struct Poster {
    /// The actors, a lane for each.
    pub lanes: Vec<String>,
    /// The rows that are drawn, in the order of the table.
    pub rows: Vec<PosterRow>,
    /// The arrows between boxes.
    pub arrows: Vec<Arrow>,
    /// Places in the SOP's steps of those that leave the file where it is: named below, not drawn.
    pub staying: Vec<usize>,
}

/// A row of the poster.
#[derive(Debug, Serialize)]
pub struct PosterRow {
    /// `3`, `6a`, `S1`.
    pub label: String,
    /// Its kind.
    pub kind: Kind,
    /// Its place in the SOP's steps.
    pub step: usize,
    /// The lanes of its actors, from left to right.
    pub lanes: Vec<usize>,
    /// Labels of the rows aside by which a file may leave while it waits for this row.
    pub exits: Vec<String>,
    /// Where the road ends or leaves it.
    pub ends: Vec<End>,
}

/// A stage that no box of the road waits at.
#[derive(Debug, Serialize)]
pub struct End {
    /// The stage, with the labels of rows that may still follow.
    pub says: String,
    /// Where its arrow begins.
    pub port: Port,
}

/// An arrow between two boxes, by the places of their rows.
#[derive(Debug, Default, Serialize)]
pub struct Arrow {
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// Another way to do the same step, rather than the next step.
    pub either: bool,
    /// Its channel, counted from the lanes; 0 for an arrow straight to the row below.
    pub channel: usize,
    /// Where it leaves the first box, when it has a channel.
    pub leaves: Port,
    /// Where it comes to the second box, when it has a channel.
    pub comes: Port,
}

/// The poster of `sop`.
pub(super) fn poster(sop: &SopView) -> Poster {
    let mut road = Road {
        sop,
        poster: Poster::default(),
    };
    road.sort();
    road.connect();
    road.leave();
    let mut poster = road.poster;
    dig(&mut poster.arrows);
    fasten(&mut poster);
    poster
}

struct Road<'a> {
    sop: &'a SopView,
    poster: Poster,
}

impl Road<'_> {
    /// Sorts the rows of the table and gives each its label and lanes.
    fn sort(&mut self) {
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
                .map(|actor| place(&mut self.poster.lanes, actor))
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

    /// Finds the arrows between boxes, and the ends.
    fn connect(&mut self) {
        for i in 0..self.poster.rows.len() {
            let moves: Vec<_> = self.moves(i).collect();
            for (from, to) in moves {
                let next = match (from == to, self.poster.rows[i].kind) {
                    (false, _) => self.next(to),
                    // A step that leaves the file where it is: the service goes on from there.
                    (true, Kind::Numbered) => self.starting(Kind::Automatic, to).collect(),
                    (true, _) => Vec::new(),
                };
                if next.is_empty() && from != to {
                    self.end(i, to);
                }
                for to in next.into_iter().filter(|to| *to != i) {
                    self.join(i, to, false);
                }
            }
        }
        // A part that nothing leads to is another way to do its step.
        for i in 0..self.poster.rows.len() {
            let reached = self.poster.arrows.iter().any(|arrow| arrow.to == i);
            if self.poster.rows[i].kind == Kind::Part
                && !reached
                && let Some(whole) = self.numbered(self.step(i).part_of)
            {
                self.join(whole, i, true);
            }
        }
    }

    /// Finds the rows aside by which a file may leave each box.
    fn leave(&mut self) {
        for stage in &self.sop.stages {
            let Some(first) = self.next(stage).first().copied() else {
                continue;
            };
            // A file that waits for parts of a step is in the time of the step.
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
                place(&mut self.poster.rows[holder].exits, label);
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

    /// Whether a file at `stage` may be taken to another stage by this row.
    fn leaves(&self, row: usize, stage: &str) -> bool {
        self.moves(row)
            .any(|(from, to)| from == stage && to != from)
    }

    /// The rows of this kind that start at `stage`; of the service's own only those that move the file.
    fn starting(&self, kind: Kind, stage: &str) -> impl Iterator<Item = usize> {
        (0..self.poster.rows.len()).filter(move |row| {
            self.poster.rows[*row].kind == kind
                && self
                    .moves(*row)
                    .any(|(from, to)| from == stage && (kind != Kind::Automatic || to != from))
        })
    }

    /// The row of the numbered step `no`.
    fn numbered(&self, no: Option<u8>) -> Option<usize> {
        (0..self.poster.rows.len()).find(|row| no.is_some() && self.step(*row).step == no)
    }

    /// The boxes a file at `stage` goes to: the numbered step it waits for, else the parts of one, else what the service does.
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

    fn end(&mut self, row: usize, stage: &str) {
        let after: Vec<_> = (0..self.poster.rows.len())
            .filter(|row| self.leaves(*row, stage))
            .map(|row| self.poster.rows[row].label.as_str())
            .collect();
        let says = if after.is_empty() {
            stage.to_owned()
        } else {
            format!("{stage} → {}", after.join(", "))
        };
        let ends = &mut self.poster.rows[row].ends;
        if ends.iter().all(|end| end.says != says) {
            ends.push(End {
                says,
                port: Port::default(),
            });
        }
    }

    fn join(&mut self, from: usize, to: usize, either: bool) {
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

/// The place of `one` in `all`, at the end when it is new.
fn place(all: &mut Vec<String>, one: String) -> usize {
    all.iter()
        .position(|known| *known == one)
        .unwrap_or_else(|| {
            all.push(one);
            all.len() - 1
        })
}

/// Gives a channel to each arrow that does not go to the row below, the short ones next to the lanes. Arrows that pass the same row never share one.
fn dig(arrows: &mut [Arrow]) {
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

/// Shares out the right side of each box: above what goes up, below what goes down, the outer channels outermost, so that they do not cross at the box.
fn fasten(poster: &mut Poster) {
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
