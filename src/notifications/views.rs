//! How a notification is shown.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::store::Told;
use super::words;
use crate::casework::announce::Kind;
use crate::certification::sop::SOP as CERT;
use crate::complaint::sop::SOP as WBS;
use crate::ids::{ApplicationId, NotificationId, UserId, WebhookId};

/// A notification (pemberitahuan).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NotificationView {
    /// Its id.
    pub id: NotificationId,
    /// What is told: `step_waiting`, `case_moved`, `step_late`, `webhook_disabled`, `account_changed` or `trail_alarm`; of complaints also `disclosure_waits`,
    /// `disclosure_decided`, `reporter_wrote` and `retaliation_waits`.
    #[schema(example = "step_waiting")]
    pub kind: &'static str,
    /// The SOP it is of; null when it is of none.
    #[schema(example = "cert")]
    pub sop: Option<&'static str>,
    /// In Indonesian.
    #[schema(
        example = "Permohonan P-2026-00001 menunggu langkah Anda: Melakukan verifikasi dokumen."
    )]
    pub text_id: String,
    /// In English.
    #[schema(
        example = "Application P-2026-00001 waits for a step of yours: Verify the documents."
    )]
    pub text_en: String,
    /// The application it is about. A complaint is not named: find it on your desk, or in the list that `link` names.
    pub application: Option<ApplicationId>,
    /// The webhook it is about.
    pub webhook: Option<WebhookId>,
    /// The account it is about.
    pub account: Option<UserId>,
    /// Where to look.
    #[schema(example = "/api/v1/applications/0197dd1c-6a80-7c3e-8f5a-2b6d1e9c4a70")]
    pub link: String,
    /// The numbered step that waits, is late, or was done.
    #[schema(example = 3)]
    pub step: Option<i16>,
    /// Its task.
    #[schema(example = "verify_documents")]
    pub task: Option<String>,
    /// Where the file came to.
    #[schema(example = "filed")]
    pub stage: Option<String>,
    /// How much of the standard time was used up: 75, 100 or 150.
    #[schema(example = 75)]
    pub percent: Option<i16>,
    /// When you were told.
    pub at: DateTime<Utc>,
    /// When you read it.
    pub read_at: Option<DateTime<Utc>>,
}

impl From<Told> for NotificationView {
    fn from(told: Told) -> Self {
        let words = words::of(&told);
        let application = told.application.map(|(id, _)| id);
        let link = match (application, told.webhook) {
            (Some(id), _) => format!("/api/v1/applications/{id}"),
            (None, Some(id)) => format!("/api/v1/webhooks/{id}"),
            (None, None) => list_of(&told.kind).to_owned(),
        };
        Self {
            id: told.id,
            kind: Kind::from_code(&told.kind).map_or("", Kind::code),
            sop: if told.of_complaint {
                Some(WBS.code)
            } else {
                application.map(|_| CERT.code)
            },
            text_id: words.id.into_owned(),
            text_en: words.en.into_owned(),
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

/// The list in which one finds what a notification of a complaint is about.
fn list_of(kind: &str) -> &'static str {
    match Kind::from_code(kind) {
        Some(Kind::TrailAlarm) => "/api/v1/audit-trail/alarms",
        Some(Kind::DisclosureWaits) => "/api/v1/disclosures",
        Some(Kind::RetaliationWaits) => "/api/v1/retaliation-reports",
        Some(Kind::DisclosureDecided | Kind::ReporterWrote) => "/api/v1/complaints",
        Some(Kind::AccountChanged) => "/api/v1/colleagues",
        Some(Kind::StepWaiting | Kind::CaseMoved | Kind::StepLate | Kind::WebhookDisabled)
        | None => "/api/v1/desk",
    }
}
