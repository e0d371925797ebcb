//! Reasons why a part of an Office file cannot be copied.

/// Reason why a part cannot be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartError {
    /// The part is not XML as Office writes it.
    Broken,
    /// The part is nested too deeply or takes too much work.
    TooComplex,
}
