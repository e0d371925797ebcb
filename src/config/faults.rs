//! The faults of the settings: all of them at once, each one line that names the setting and what to do.

use std::fmt;

/// Every fault of the settings, and the mode that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults {
    /// Private or given database, and why.
    pub mode: String,
    /// One line for each fault.
    pub lines: Vec<String>,
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}

impl std::error::Error for Faults {}

/// Collects faults while the settings are read, so that the first does not hide the others.
#[derive(Debug, Default)]
pub(super) struct Collector(Vec<String>);

impl Collector {
    /// The value, or none with its fault collected.
    pub(super) fn take<T>(&mut self, read: Result<T, String>) -> Option<T> {
        read.map_err(|fault| self.0.push(fault)).ok()
    }

    /// The value where one was given and is right.
    pub(super) fn given<T>(&mut self, read: Result<Option<T>, String>) -> Option<T> {
        self.take(read).flatten()
    }

    /// Collects `fault` unless `met`.
    pub(super) fn demand(&mut self, met: bool, fault: impl Into<String>) {
        if !met {
            self.0.push(fault.into());
        }
    }

    /// What was collected.
    pub(super) fn into_lines(self) -> Vec<String> {
        self.0
    }
}
