//! `GET|PUT /notifications/preferences`: notifications by mail.

use actix_web::{get, put};
use serde::{Deserialize, Serialize};

use super::store;
use crate::casework::desk::Desk;
use crate::error::{FieldError, Result};
use crate::web::body::Validate;
use crate::web::{Body, Reply};

/// Notification preferences (preferensi pemberitahuan).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationPreferences {
    /// True if notifications are also sent by mail. Default: yes for customers, no for staff.
    /// Notifications about complaints are never mailed.
    pub mail: bool,
}

impl Validate for NotificationPreferences {
    fn errors(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// Show your notification preferences (preferensi pemberitahuan).
///
/// Tells whether notifications are also sent to you by mail.
#[utoipa::path(tag = "notifications", responses((status = 200, body = NotificationPreferences)))]
#[get("/notifications/preferences")]
pub async fn show_notification_preferences(desk: Desk) -> Result<Reply<NotificationPreferences>> {
    let mail = desk
        .database()
        .read(async |c| store::wants_mail(c, desk.signed_in()).await)
        .await?;
    Ok(Reply::ok(NotificationPreferences { mail }))
}

/// Set your notification preferences (ubah preferensi pemberitahuan).
///
/// Sets whether notifications are also sent to you by mail. They appear in the inbox in any case.
#[utoipa::path(tag = "notifications", request_body = NotificationPreferences, responses((status = 204)))]
#[put("/notifications/preferences")]
pub async fn set_notification_preferences(
    desk: Desk,
    form: Body<NotificationPreferences>,
) -> Result<Reply<()>> {
    desk.database()
        .read(async |c| store::set_wants_mail(c, desk.signed_in(), form.0.mail).await)
        .await?;
    Ok(Reply::no_content())
}
