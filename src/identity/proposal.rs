//! The rule of two administrators: the first proposes a change of a role, a name or the state of an
//! account, and the same request by another administrator carries it out.

use crate::ids::UserId;

/// A change that a first administrator proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal<T> {
    /// The proposed value: a name, the state of an account, or whether a role is given.
    pub value: T,
    /// The author.
    pub proposed_by: UserId,
    /// True if the author is still an administrator. Otherwise the proposal no longer counts.
    pub is_valid: bool,
}

/// The effect of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// None: the caller's own proposal waits for another administrator.
    Waits,
    /// The change is carried out: this other administrator proposed it.
    Confirms(UserId),
    /// It becomes the proposal, in place of one that is open.
    Proposes,
}

/// The effect of a request for `wanted` by administrator `by`.
pub fn effect<T, V: PartialEq + ?Sized>(
    open: Option<&Proposal<T>>,
    wanted: &V,
    by: UserId,
) -> Effect
where
    T: std::borrow::Borrow<V>,
{
    match open {
        Some(first) if first.value.borrow() != wanted => Effect::Proposes,
        Some(first) if first.proposed_by == by => Effect::Waits,
        Some(first) if first.is_valid => Effect::Confirms(first.proposed_by),
        Some(_) | None => Effect::Proposes,
    }
}
