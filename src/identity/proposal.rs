//! A role that one administrator proposed and another must confirm.

use crate::ids::UserId;
use crate::sop::role::Role;

/// A role that a first administrator proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// The role.
    pub role: Role,
    /// Who proposed it.
    pub by: UserId,
    /// Whether they are still an administrator: only then is their word half of a decision.
    pub stands: bool,
}
