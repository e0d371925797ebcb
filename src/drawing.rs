//! Drawings for print: boxes, lines and texts on a sheet, written as SVG with the text as text. Pure; whoever draws says where things go, and a sheet
//! can be asked whether things lie on each other (`overlap`).

pub mod overlap;
pub mod shape;
pub mod sheet;
pub mod text;

pub use shape::{Anchor, Bar, Line, Point, Rect, Words};
pub use sheet::Sheet;
