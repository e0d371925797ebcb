//! The content of a notification: codes and ids, never free text.

use crate::ids::{ApplicationId, ComplaintId, OfficeId, WebhookId};
use crate::sop::table::{Row, Task};

/// The task of switching a webhook off, in the journal and in the notification to its owners.
pub const DEACTIVATE_WEBHOOK: &str = "deactivate_webhook";

/// The kinds of notification.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    strum::IntoStaticStr,
    strum::EnumString,
    strum::VariantArray,
    utoipa::ToSchema,
)]
#[strum(serialize_all = "snake_case")]
#[schema(rename_all = "snake_case")]
pub enum NotificationKind {
    /// A step waits for the reader.
    StepWaiting,
    /// A case of the reader changed its stage.
    CaseMoved,
    /// A step has used up much or all of its standard time.
    StepLate,
    /// A webhook of the reader was switched off: after failed calls, or by an administrator.
    WebhookDisabled,
    /// A request for a disclosure waits for the reader's decision.
    DisclosureWaits,
    /// A disclosure request of the reader was decided.
    DisclosureDecided,
    /// The reporter of a complaint has written.
    ReporterWrote,
    /// The audit trail raised an alarm.
    TrailAlarm,
    /// The reporter of a complaint suffers or fears retaliation, and the reader protects reporters.
    RetaliationWaits,
    /// A change of an account that needs two administrators was made or proposed. Written
    /// by `identity`.
    AccountChanged,
    /// A payment, or a report of one, waits for the treasurer.
    PaymentWaits,
    /// The payment office refused a request of a billing code.
    BillingCodeRefused,
}

impl NotificationKind {
    /// Every kind.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The stable code.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The kind with this code, if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }
}

/// The subject of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// An application.
    Application(ApplicationId),
    /// A complaint: recipients are stored as tags.
    Complaint(ComplaintId),
    /// A webhook.
    Webhook(WebhookId),
    /// The audit trail as a whole: recipients are stored as tags too.
    Trail,
    /// The reports of payments of the office: no application is known for them.
    PaymentReports,
}

/// A notification without its recipients.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// The office.
    pub office: OfficeId,
    /// The kind.
    pub kind: NotificationKind,
    /// The subject.
    pub about: About,
    /// The numbered step that waits, is late, or was done.
    pub step: Option<u8>,
    /// The code of the task.
    pub task: Option<&'a str>,
    /// The current stage of the file.
    pub stage: Option<&'a str>,
    /// How much of the standard time is used up, in percent.
    pub percent: Option<u8>,
}

impl Notice<'_> {
    /// A notification that contains its kind and subject only.
    pub const fn of(office: OfficeId, about: About, kind: NotificationKind) -> Self {
        Self {
            office,
            kind,
            about,
            step: None,
            task: None,
            stage: None,
            percent: None,
        }
    }

    /// The same with the step and the task of `row`, if there is one.
    #[must_use]
    pub fn of_step<T: Task>(self, row: Option<&Row<T>>) -> Self {
        Self {
            step: row.and_then(|row| row.no.or(row.part_of)),
            task: row.map(|row| row.task.code()),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_read_back_from_its_code() {
        for &kind in NotificationKind::ALL {
            assert_eq!(NotificationKind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(NotificationKind::from_code("complaint_received"), None);
    }
}
