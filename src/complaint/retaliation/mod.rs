//! Reports of retaliation (laporan pembalasan; ISO 37002 8.3.2 and 8.4.3, UU 31/2014 Pasal 10, PP 43/2018 Pasal 12): the reporter says that they suffer or fear
//! reprisals, the conflict officer, who has no part in handling the complaint, assesses it and says what protects them. Nobody who handles the complaint learns
//! that there is a report: whoever retaliates may be among them.

mod forms;
mod notify;
mod views;
mod writing;

pub use self::forms::{AssessmentForm, AtRetaliation, RetaliationForm};
pub use self::notify::tell;
pub use self::views::{RetaliationReports, RetaliationSummary, RetaliationView};
pub use self::writing::{assess, report, seen};
