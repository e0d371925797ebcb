//! The pure kernel: what an SOP is, the gate that guards it, the time it is measured in, and how it is drawn. No web, no SQL.

pub mod gate;
pub mod lead;
pub mod office_hours;
pub mod render;
pub mod rights;
pub mod road;
pub mod role;
pub mod table;
pub mod waiting;
pub mod working_time;
