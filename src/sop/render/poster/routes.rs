//! Which arrows run beside the lanes, each in a channel where it meets no other, and at which height of a box each begins and ends.

use super::ways::{Way, Ways};

/// An arrow that runs beside the lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Route {
    /// Which boxes.
    pub(super) way: Way,
    /// Its channel, counted from the lanes.
    pub(super) channel: usize,
}

/// What is fastened to the right side of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Port {
    /// The beginning of a route, by its place.
    Leaves(usize),
    /// The end of a route.
    Comes(usize),
    /// The way to the n-th end of the box.
    Ends(usize),
}

/// Whether an arrow goes straight to the row below.
pub(super) fn is_straight(way: &Way) -> bool {
    way.to == way.from + 1
}

/// The arrows that do not go straight to the row below, the short ones next to the lanes. Of two whose rows overlap each has its own channel.
pub(super) fn routes(ways: &Ways) -> Vec<Route> {
    let mut around: Vec<Way> = ways
        .between
        .iter()
        .filter(|way| !is_straight(way))
        .copied()
        .collect();
    around.sort_by_key(|way| (way.from.abs_diff(way.to), way.from));
    let mut routes: Vec<Route> = Vec::new();
    for way in around {
        let (top, foot) = span(&way);
        let taken = |channel: usize| {
            routes.iter().any(|other| {
                other.channel == channel && span(&other.way).0 <= foot && top <= span(&other.way).1
            })
        };
        let channel = (0..=routes.len())
            .find(|channel| !taken(*channel))
            .unwrap_or_default();
        routes.push(Route { way, channel });
    }
    routes
}

/// How many channels they take.
pub(super) fn channels(routes: &[Route]) -> usize {
    routes
        .iter()
        .map(|route| route.channel + 1)
        .max()
        .unwrap_or(0)
}

fn span(way: &Way) -> (usize, usize) {
    (way.from.min(way.to), way.from.max(way.to))
}

/// What is fastened to box `i`, from top to foot: what goes up, what stays, what goes down.
pub(super) fn ports(i: usize, routes: &[Route], ends: usize) -> Vec<Port> {
    let mut ports: Vec<(usize, usize, Port)> = Vec::new();
    for (place, Route { way, channel }) in routes.iter().enumerate() {
        // Of those that go up the outer ones are higher, of those that go down the outer ones are lower: so they do not cross at the box.
        let order = |other: usize| {
            if other < i {
                (0, usize::MAX - channel)
            } else {
                (2, *channel)
            }
        };
        if way.from == i {
            ports.push((order(way.to).0, order(way.to).1, Port::Leaves(place)));
        }
        if way.to == i {
            ports.push((order(way.from).0, order(way.from).1, Port::Comes(place)));
        }
    }
    ports.extend((0..ends).map(|end| (1, end, Port::Ends(end))));
    ports.sort_by_key(|(side, order, _)| (*side, *order));
    ports.into_iter().map(|(_, _, port)| port).collect()
}
