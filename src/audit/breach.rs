//! The kinds of damage that verification can find in the trail.

use serde::Serialize;

/// The kind of damage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    /// An event is missing.
    Missing,
    /// An event does not match its hash.
    Changed,
    /// The previous hash of an event is not the hash of the event before it.
    Unlinked,
    /// The MAC of an event is invalid: it was written without the key.
    Forged,
    /// The chain ends before an event that an anchor names.
    Cut,
    /// An event differs from the one that an anchor names: the chain was rewritten with the key.
    Rewritten,
    /// The MAC of an anchor is invalid.
    AnchorForged,
}

impl Breach {
    /// English description for the log and the terminal.
    pub fn description(self) -> &'static str {
        match self {
            Self::Missing => "an event is missing",
            Self::Changed => "an event was changed",
            Self::Unlinked => "an event does not continue the one before it",
            Self::Forged => "an event was written without the key",
            Self::Cut => "the end was cut off: an anchor names an event that is not there",
            Self::Rewritten => "an event is not the one that an anchor names",
            Self::AnchorForged => "an anchor has an invalid MAC",
        }
    }
}
