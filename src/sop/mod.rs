//! The pure kernel: the SOP tables, the permit check, working time, and the rendering of an SOP. No
//! web, no SQL.

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
