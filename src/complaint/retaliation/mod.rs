//! Reports of retaliation (laporan pembalasan; ISO 37002 8.3.2 and 8.4.3, UU 31/2014 Pasal 10, PP
//! 43/2018 Pasal 12). The reporter reports retaliation, suffered or feared. A protector, a conflict
//! officer without a part in the handling of the complaint, assesses the report and orders
//! protective measures. Handlers of the complaint do not learn of a report, because the retaliator
//! may be one of them.

mod forms;
mod notify;
mod views;
mod writing;

pub use self::forms::{AssessmentForm, AtRetaliation, RetaliationForm};
pub use self::notify::notify_protectors;
pub use self::views::{RetaliationReports, RetaliationSummary, RetaliationView};
pub use self::writing::{assess, current_version, report};
