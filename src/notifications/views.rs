//! JSON view of a notification.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::store::Notification;
use super::texts;
use crate::casework::announce::NotificationKind;
use crate::certification::sop::SOP as CERT;
use crate::complaint::sop::SOP as WBS;
use crate::error::Text;
use crate::ids::{ApplicationId, NotificationId, UserId, WebhookId};
use crate::sop::code_schema;
use crate::sop::codes::{SopCode, StageCode};

code_schema!(
    NotificationTaskCode,
    "Code of the task of an SOP, or of the act on an account or a webhook, that a notification tells of.",
    texts::task_codes()
);

/// A notification (pemberitahuan).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NotificationView {
    /// Its id.
    pub id: NotificationId,
    /// Kind.
    #[schema(value_type = NotificationKind)]
    pub kind: &'static str,
    /// The SOP, if there is one.
    #[schema(value_type = Option<SopCode>)]
    pub sop: Option<&'static str>,
    /// The text.
    pub text: Text,
    /// The application. A complaint is not named: find it on your desk, or in the list at `link`.
    pub application: Option<ApplicationId>,
    /// The webhook.
    pub webhook: Option<WebhookId>,
    /// The account.
    pub account: Option<UserId>,
    /// Path of the subject, or of a list that contains it.
    #[schema(example = "/api/v1/applications/0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70")]
    pub link: String,
    /// The numbered step that waits, is late, or was done.
    #[schema(example = 3)]
    pub step: Option<i16>,
    /// Code of the task.
    #[schema(value_type = Option<NotificationTaskCode>)]
    pub task: Option<String>,
    /// The new stage of the file.
    #[schema(value_type = Option<StageCode>)]
    pub stage: Option<String>,
    /// Used part of the standard time: 75, 100 or 150 percent.
    #[schema(example = 75)]
    pub percent: Option<i16>,
    /// When it was created.
    pub at: DateTime<Utc>,
    /// When you read it.
    pub read_at: Option<DateTime<Utc>>,
}

impl From<Notification> for NotificationView {
    fn from(told: Notification) -> Self {
        let text = texts::text_of(&told);
        let application = told.application.map(|(id, _)| id);
        let link = match (application, told.webhook) {
            (Some(id), _) => format!("/api/v1/applications/{id}"),
            (None, Some(id)) => format!("/api/v1/webhooks/{id}"),
            (None, None) => list_path(&told.kind).to_owned(),
        };
        Self {
            id: told.id,
            kind: NotificationKind::from_code(&told.kind).map_or("", NotificationKind::code),
            sop: if told.of_complaint {
                Some(WBS.code)
            } else {
                application.map(|_| CERT.code)
            },
            text,
            application,
            webhook: told.webhook,
            account: told.account.map(|(id, _)| id),
            link,
            step: told.step,
            task: told.task,
            stage: told.stage,
            percent: told.percent,
            at: told.at,
            read_at: told.read_at,
        }
    }
}

/// The list that contains the subject of a notification, for subjects without a path of their own.
fn list_path(kind: &str) -> &'static str {
    match NotificationKind::from_code(kind) {
        Some(NotificationKind::TrailAlarm) => "/api/v1/audit-trail/alarms",
        Some(NotificationKind::DisclosureWaits) => "/api/v1/disclosures",
        Some(NotificationKind::RetaliationWaits) => "/api/v1/retaliation-reports",
        Some(NotificationKind::DisclosureDecided | NotificationKind::ReporterWrote) => {
            "/api/v1/complaints"
        }
        Some(NotificationKind::AccountChanged) => "/api/v1/colleagues",
        Some(NotificationKind::PaymentWaits) => "/api/v1/payment-reports",
        Some(
            NotificationKind::StepWaiting
            | NotificationKind::CaseMoved
            | NotificationKind::StepLate
            | NotificationKind::WebhookDisabled
            | NotificationKind::BillingCodeRefused,
        )
        | None => "/api/v1/desk",
    }
}
