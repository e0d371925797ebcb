//! The poster of an SOP for A3, landscape: a row for each step in order, a lane for each actor, a box where they meet; papers and standard time beside
//! it; arrows for the road, for what goes back, and for the ways out. Drawn from the table alone.

mod columns;
mod legend;
mod paint;
mod routes;
mod stations;
mod ways;

use super::view::SopView;
use crate::drawing::Sheet;

/// The whole poster.
pub(super) fn poster(sop: &SopView) -> Sheet {
    let road = stations::road(sop);
    let ways = ways::ways(&road, &sop.stages);
    paint::paint(sop, &road, &ways)
}
