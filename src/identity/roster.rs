//! The roster of the office, for whoever must know all of it: who holds a role today, and everybody who works here. It shows names and roles, no accounts.

pub use super::store::roster::{Acting, Holder, RosterEntry, holders, roster};
