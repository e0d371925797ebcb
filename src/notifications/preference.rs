//! `GET|PUT /notifications/preferences`: whether what one is told is mailed too.

use actix_web::{get, put};
use serde::{Deserialize, Serialize};

use super::store;
use crate::casework::desk::Desk;
use crate::error::{FieldError, Result};
use crate::web::body::Validate;
use crate::web::{Body, Reply};

/// How one is told (preferensi pemberitahuan).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationPreferences {
    /// Whether notifications are mailed too: at first yes for customers, no for staff. Those of complaints never are.
    pub mail: bool,
}

impl Validate for NotificationPreferences {
    fn errors(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// Show how you are told (preferensi pemberitahuan).
///
/// Whether notifications are mailed to you.
#[utoipa::path(tag = "notifications", responses((status = 200, body = NotificationPreferences)))]
#[get("/notifications/preferences")]
pub async fn show_notification_preferences(desk: Desk) -> Result<Reply<NotificationPreferences>> {
    let mail = desk
        .database()
        .read(async |c| store::mails(c, desk.who()).await)
        .await?;
    Ok(Reply::ok(NotificationPreferences { mail }))
}

/// Say how you want to be told (ubah preferensi pemberitahuan).
///
/// Whether notifications are mailed to you. The inbox has them all the same.
#[utoipa::path(tag = "notifications", request_body = NotificationPreferences, responses((status = 204)))]
#[put("/notifications/preferences")]
pub async fn set_notification_preferences(
    desk: Desk,
    form: Body<NotificationPreferences>,
) -> Result<Reply<()>> {
    desk.database()
        .read(async |c| store::set_mails(c, desk.who(), form.0.mail).await)
        .await?;
    Ok(Reply::nothing())
}
