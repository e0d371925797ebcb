//! The roster of the office, for code outside identity: the holders of a role today, and all staff.
//! It contains names and roles, but no accounts.

pub use super::store::roster::{Holder, RolePeriod, RosterEntry, holders, roster};
