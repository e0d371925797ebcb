//! What a notification says: codes and ids, never a word that anybody wrote.

use crate::ids::{ApplicationId, ComplaintId, OfficeId, WebhookId};

/// The task by which an administrator switches a webhook off: in the journal, and in what its keepers are told.
pub const DEACTIVATE_WEBHOOK: &str = "deactivate_webhook";

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A step waits for the reader.
    StepWaiting,
    /// The reader's case has moved.
    CaseMoved,
    /// A step has used up much or all of its standard time.
    StepLate,
    /// A webhook of the reader's was switched off: its calls failed, or an administrator did.
    WebhookDisabled,
    /// A request for a disclosure waits for the reader's decision.
    DisclosureWaits,
    /// A request of the reader's for a disclosure was decided.
    DisclosureDecided,
    /// The reporter of a complaint has written.
    ReporterWrote,
    /// The audit trail holds something that must be looked at.
    TrailAlarm,
    /// The reporter of a complaint suffers or fears reprisals, and the reader protects them.
    RetaliationWaits,
    /// An account whose roles two administrators give was changed, or is to be. Written by `identity`.
    AccountChanged,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::StepWaiting,
        Self::CaseMoved,
        Self::StepLate,
        Self::WebhookDisabled,
        Self::DisclosureWaits,
        Self::DisclosureDecided,
        Self::ReporterWrote,
        Self::TrailAlarm,
        Self::RetaliationWaits,
        Self::AccountChanged,
    ];

    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::StepWaiting => "step_waiting",
            Self::CaseMoved => "case_moved",
            Self::StepLate => "step_late",
            Self::WebhookDisabled => "webhook_disabled",
            Self::DisclosureWaits => "disclosure_waits",
            Self::DisclosureDecided => "disclosure_decided",
            Self::ReporterWrote => "reporter_wrote",
            Self::TrailAlarm => "trail_alarm",
            Self::RetaliationWaits => "retaliation_waits",
            Self::AccountChanged => "account_changed",
        }
    }

    /// The kind with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// An application.
    Application(ApplicationId),
    /// A complaint: its readers are named by tags.
    Complaint(ComplaintId),
    /// A webhook.
    Webhook(WebhookId),
    /// The audit trail as a whole: its readers are named by tags too.
    Trail,
}

/// What is told, whoever it is told to.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// The office.
    pub office: OfficeId,
    /// What is told.
    pub kind: Kind,
    /// About what.
    pub about: About,
    /// The numbered step that waits, is late, or was done.
    pub step: Option<u8>,
    /// Code of its task.
    pub task: Option<&'a str>,
    /// Where the file is now.
    pub stage: Option<&'a str>,
    /// How much of the standard time is used up, in percent.
    pub percent: Option<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_back_from_its_code() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(Kind::from_code("complaint_received"), None);
    }
}
