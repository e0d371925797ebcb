//! What can be wrong with the trail, named for whoever must find out why.

use serde::Serialize;

/// What was done to the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    /// An event is not there.
    Missing,
    /// An event is not what its hash says.
    Changed,
    /// An event hangs on another one than that before it.
    Unlinked,
    /// An event was written without the key.
    Forged,
    /// The chain ends before an anchor that was written outside.
    Cut,
    /// An event is another one than the anchor says: everything was written anew, by somebody with the key.
    Rewritten,
    /// An anchor was changed, or is not ours.
    AnchorForged,
}

impl Breach {
    /// For a terminal.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Missing => "an event is missing",
            Self::Changed => "an event was changed",
            Self::Unlinked => "an event does not hang on the one before it",
            Self::Forged => "an event was written without the key",
            Self::Cut => "the end was cut off: an anchor names an event that is not there",
            Self::Rewritten => "an event is not the one that an anchor names",
            Self::AnchorForged => "an anchor was changed or is not ours",
        }
    }
}
