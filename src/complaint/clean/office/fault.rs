//! Why a part of an office document cannot be copied.

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not XML as Office writes it.
    Broken,
    /// It is nested deeper than anybody writes, or takes more work.
    TooComplex,
}
