//! An SOP as it is read: served as data, printed as Markdown, drawn as a Mermaid diagram, laid out for a poster, and its rights as a matrix. All of it is made
//! from the one table; nothing here knows a step by name.

mod matrix;
mod mermaid;
mod page;
mod poster;
mod view;

pub use matrix::matrix;
pub use poster::{Arrow, End, Kind, Port, Poster, PosterRow};
pub use view::{HeadView, MoveView, PaperView, SopView, StepView, view};

use super::table::{Sop, Task};

/// The SOP as a page of Markdown: printed head, numbered steps row for row, sums, side rows, and the diagram.
#[must_use]
pub fn markdown<T: Task>(sop: &'static Sop<T>) -> String {
    page::page(&view(sop))
}

/// The SOP as a Mermaid `stateDiagram-v2`: stages, with step, task and actor on the arrows.
#[must_use]
pub fn mermaid<T: Task>(sop: &'static Sop<T>) -> String {
    mermaid::diagram(&view(sop))
}

/// What a poster of the SOP shows: actors as lanes, steps as boxes in order, with returns and ways out.
#[must_use]
pub fn poster<T: Task>(sop: &'static Sop<T>) -> Poster {
    poster::poster(&view(sop))
}
