//! An act on a file of the demo office: one row of its story.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::Value;

use crate::sop::role::Role;

/// One act on a file.
#[derive(Clone, Copy)]
pub(super) struct Act {
    /// Minutes since the act before it on the same file.
    pub(super) after: i64,
    /// The actor.
    pub(super) by: By,
    /// The act.
    pub(super) call: Call,
}

/// The actor.
#[derive(Clone, Copy)]
pub(super) enum By {
    /// The demo account with this role.
    Role(Role),
    /// The reporter of the complaint.
    Reporter,
    /// The service itself.
    Service,
}

/// The act itself.
#[derive(Clone, Copy)]
pub(super) enum Call {
    /// The customer writes a draft and attaches its documents.
    Draft,
    /// The reporter submits the complaint.
    Complain,
    /// A `POST` at this place below the path of the file.
    Post(&'static str, fn(&Setting) -> Value),
    /// A `POST` at this place below the reporter's own complaint.
    PostOwn(&'static str),
    /// The treasurer records the payment of the e-billing.
    Pay,
    /// The work on complaints that the service does by itself when it is due.
    DueWork,
}

/// The facts that the bodies of requests need.
pub(super) struct Setting {
    /// The time of the act.
    pub(super) now: DateTime<Utc>,
    /// Two working days of the audit, one after the other, some weeks ahead.
    pub(super) audit_days: [NaiveDate; 2],
    /// The codes of the mandatory documents of the file.
    pub(super) documents: Vec<&'static str>,
    /// The ids of a lead auditor and an auditor.
    pub(super) auditors: [String; 2],
    /// The id of the team of team lead and team staff.
    pub(super) team: String,
    /// The id of the warned member of staff.
    pub(super) at_fault: String,
}

/// A file and its story.
pub(super) struct Story {
    /// The stage at its end, or a name if there is another file of that stage.
    pub(super) name: &'static str,
    /// The content of its first act: of an application or of a complaint.
    pub(super) content: Content,
    /// How long ago the last act happened.
    pub(super) ended: TimeDelta,
    /// The acts, in parts.
    pub(super) acts: &'static [&'static [Act]],
}

/// The content of a file.
#[derive(Clone, Copy)]
pub(super) enum Content {
    /// The scheme, and the company with what it makes.
    Application(&'static str, &'static str, &'static str),
    /// The subject and the account of a complaint.
    Complaint(&'static str, &'static str),
}

impl Story {
    /// The acts, each with its time.
    pub(super) fn acts(&self, begun: DateTime<Utc>) -> Vec<(DateTime<Utc>, Act)> {
        let acts: Vec<Act> = self.acts.iter().copied().flatten().copied().collect();
        let mut at = begun - self.ended;
        let mut timed: Vec<_> = acts
            .iter()
            .rev()
            .map(|act| {
                let this = (at, *act);
                at -= TimeDelta::minutes(act.after);
                this
            })
            .collect();
        timed.reverse();
        timed
    }
}
