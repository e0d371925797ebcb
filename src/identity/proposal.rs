//! A proposed role change that a second administrator must confirm.

use crate::ids::UserId;
use crate::sop::role::Role;

/// A role change that a first administrator proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleProposal {
    /// The role.
    pub role: Role,
    /// True if the role is to be removed, false if it is to be given.
    pub removes: bool,
    /// The author.
    pub proposed_by: UserId,
    /// True if the author is still an administrator. Otherwise the proposal no longer counts.
    pub is_valid: bool,
}
