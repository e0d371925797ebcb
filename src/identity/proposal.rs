//! A role that one administrator proposed to give or to take away, and that another must confirm.

use crate::ids::UserId;
use crate::sop::role::Role;

/// A role that a first administrator proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// The role.
    pub role: Role,
    /// Whether it is to be taken away; else it is to be given.
    pub takes: bool,
    /// Who proposed it.
    pub by: UserId,
    /// Whether they are still an administrator: only then is their word half of a decision.
    pub stands: bool,
}
