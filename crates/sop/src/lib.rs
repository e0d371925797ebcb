//! The pure kernel: the SOP tables, the permit check, working time, and the rendering of an SOP. No
//! web, no SQL.

pub mod gate;
pub mod office_hours;
pub mod render;
pub mod rights;
pub mod role;
pub mod table;
pub mod text;
pub mod working_time;
