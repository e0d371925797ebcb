//! Renders an SOP: as data, as a Markdown page, as a Mermaid diagram, as the layout of a poster, and
//! its rights as a matrix. Everything derives from the one table; nothing here knows a step by name.

mod matrix;
mod mermaid;
mod page;
mod poster;
mod view;

pub use matrix::matrix;
pub use poster::{Arrow, End, Kind, Port, Poster, PosterRow};
pub use view::{HeadView, MoveView, SopView, StepView, view};

use super::table::{Sop, Task};

/// The SOP as a page of Markdown: printed head, numbered steps row for row, sums, side rows, and
/// the diagram.
pub fn markdown<T: Task>(sop: &'static Sop<T>) -> String {
    page::page(&view(sop))
}

/// The SOP as a Mermaid `stateDiagram-v2`: stages, with step, task and actor on the arrows.
pub fn mermaid<T: Task>(sop: &'static Sop<T>) -> String {
    mermaid::diagram(&view(sop))
}

/// The layout of a poster: actors as lanes, steps as boxes in order, with returns and ways out.
pub fn poster<T: Task>(sop: &'static Sop<T>) -> Poster {
    poster::poster(&view(sop))
}
