//! The faults of the settings: all at once, one line each, with the setting's name and the remedy.

use std::fmt;

/// Every fault of the settings, and the selected mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors {
    /// The selected mode: private or given database, and the reason.
    pub mode: String,
    /// One line for each fault.
    pub lines: Vec<String>,
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}

impl std::error::Error for ConfigErrors {}

/// Collects faults while the settings are read, so that the first one does not hide the others.
#[derive(Debug, Default)]
pub(super) struct ErrorCollector(Vec<String>);

impl ErrorCollector {
    /// Returns the value, or collects the fault.
    pub(super) fn take<T>(&mut self, read: Result<T, String>) -> Option<T> {
        read.map_err(|fault| self.0.push(fault)).ok()
    }

    /// Returns the value if one was given and is valid.
    pub(super) fn given<T>(&mut self, read: Result<Option<T>, String>) -> Option<T> {
        self.take(read).flatten()
    }

    /// Collects `fault` unless `met`.
    pub(super) fn require(&mut self, met: bool, fault: impl Into<String>) {
        if !met {
            self.0.push(fault.into());
        }
    }

    /// The collected lines.
    pub(super) fn into_lines(self) -> Vec<String> {
        self.0
    }
}
