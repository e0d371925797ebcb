//! Which box leads to which: found from the stages the rows start at and lead to, and from nothing else.

use super::stations::{Kind, Road, Station};

/// An arrow between two boxes, by their places in the road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Another way to do the same step, rather than what comes after.
    pub(super) either: bool,
}

/// Every arrow.
#[derive(Debug, Default)]
pub(super) struct Ways {
    /// Between boxes.
    pub(super) between: Vec<Way>,
    /// The stages at which a box ends the road or leaves it, each with the labels of what may still follow.
    pub(super) ends: Vec<Vec<String>>,
    /// The rows aside by which a file may leave while it waits for a box, by their places.
    pub(super) exits: Vec<Vec<usize>>,
}

/// Finds them.
pub(super) fn ways(road: &Road<'_>, stages: &[&'static str]) -> Ways {
    let stations = &road.stations;
    let mut ways = Ways {
        between: Vec::new(),
        ends: vec![Vec::new(); stations.len()],
        exits: vec![Vec::new(); stations.len()],
    };
    for (i, station) in stations.iter().enumerate() {
        for (from, to) in station.moves() {
            let next = if from == to {
                acknowledged(stations, station, to)
            } else {
                next(stations, to)
            };
            if next.is_empty() && from != to {
                push(&mut ways.ends[i], end(stations, to));
            }
            for to in next.into_iter().filter(|to| *to != i) {
                push(
                    &mut ways.between,
                    Way {
                        from: i,
                        to,
                        either: false,
                    },
                );
            }
        }
    }
    for (i, part) in stations
        .iter()
        .enumerate()
        .filter(|(_, station)| station.kind == Kind::Part)
    {
        let whole = stations
            .iter()
            .position(|station| station.row.step.is_some() && station.row.step == part.row.part_of);
        if let Some(whole) = whole.filter(|_| ways.between.iter().all(|way| way.to != i)) {
            ways.between.push(Way {
                from: whole,
                to: i,
                either: true,
            });
        }
    }
    for stage in stages {
        let Some(holder) = holder(stations, stage) else {
            continue;
        };
        for (side, station) in stations.iter().enumerate() {
            let known = ways
                .between
                .iter()
                .any(|way| (way.from, way.to) == (holder, side));
            let aside = matches!(station.kind, Kind::Side | Kind::Automatic) && side != holder;
            if aside && !known && station.leaves(stage) {
                push(&mut ways.exits[holder], side);
            }
        }
    }
    ways
}

/// The boxes a file at `stage` goes to: the numbered step it waits for, else the parts of one, else what the service does.
fn next(stations: &[Station<'_>], stage: &str) -> Vec<usize> {
    let starting = |kind: Kind| {
        (0..stations.len())
            .filter(move |i| stations[*i].kind == kind && stations[*i].starts_at(stage))
    };
    if let Some(step) = starting(Kind::Numbered).next() {
        return vec![step];
    }
    if let Some(first) = starting(Kind::Part).next() {
        let of = stations[first].row.part_of;
        return starting(Kind::Part)
            .filter(|part| stations[*part].row.part_of == of)
            .collect();
    }
    starting(Kind::Automatic)
        .filter(|own| stations[*own].leaves(stage))
        .collect()
}

/// What follows a step that leaves the file where it is: what the service then does.
fn acknowledged(stations: &[Station<'_>], station: &Station<'_>, stage: &str) -> Vec<usize> {
    let follows = |i: &usize| stations[*i].kind == Kind::Automatic && stations[*i].leaves(stage);
    if station.kind == Kind::Numbered {
        (0..stations.len()).filter(follows).collect()
    } else {
        Vec::new()
    }
}

/// The box in whose time a file at `stage` is.
fn holder(stations: &[Station<'_>], stage: &str) -> Option<usize> {
    let first = *next(stations, stage).first()?;
    let of = stations[first].row.part_of;
    if of.is_none() {
        Some(first)
    } else {
        stations.iter().position(|station| station.row.step == of)
    }
}

/// A stage that no box of the road waits at, with the rows aside that may follow.
fn end(stations: &[Station<'_>], stage: &str) -> String {
    let after: Vec<&str> = stations
        .iter()
        .filter(|station| station.leaves(stage))
        .map(|station| station.label.as_str())
        .collect();
    if after.is_empty() {
        stage.to_owned()
    } else {
        format!("{stage} → {}", after.join(", "))
    }
}

fn push<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}
