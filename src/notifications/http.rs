//! `GET /notifications`, and marking notifications as read.

use actix_web::{get, put};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store::{self, InboxCursor};
use super::views::NotificationView;
use crate::casework::desk::Desk;
use crate::complaint::read_transaction;
use crate::error::{Code, Error, FieldError, Result};
use crate::ids::NotificationId;
use crate::web::body::Validate;
use crate::web::page::page_size;
use crate::web::{Body, Cursor, Page, PathParam, Provided, Query, Reply};

/// Filter of the notifications.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationQuery {
    /// Only unread (`true`) or only read (`false`) notifications.
    pub unread: Option<bool>,
    /// With `true`, the reply contains the total number.
    pub count: Option<bool>,
    /// Page size, 1 to 200; default 20.
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

/// The values to which a cursor is bound.
#[derive(Serialize)]
struct CursorScope {
    user: Uuid,
    unread: Option<bool>,
}

/// List the notifications (pemberitahuan).
///
/// Newest first: a step waits for you, your case has moved, or a step has used 75, 100 or 150
/// percent of its standard time. Notifications are kept for 180 days. Notifications about a
/// complaint go only to people with access to it, and tell only that there is work, news from the
/// reporter, or a disclosure to decide or decided.
#[utoipa::path(tag = "notifications", params(NotificationQuery), responses((status = 200, body = Page<NotificationView>)))]
#[get("/notifications")]
pub async fn list_notifications(
    desk: Desk,
    query: Query<NotificationQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<NotificationView>>> {
    let (query, bound) = (
        &query.0,
        CursorScope {
            user: desk.signed_in().user.0,
            unread: query.0.unread,
        },
    );
    let limit = page_size(query.limit)?;
    let after: Option<InboxCursor> =
        cursor
            .0
            .read(query.cursor.as_deref(), "notifications", &bound)?;
    let (rows, count) = read_transaction::read(&desk, async |c, _, services| {
        let tag = services.keys.person_tag(desk.signed_in().user);
        let rows = store::list(c, desk.signed_in(), &tag, query.unread, after, limit + 1).await?;
        let count = if query.count == Some(true) {
            Some(store::count(c, desk.signed_in(), &tag, query.unread).await?)
        } else {
            None
        };
        Ok((rows, count))
    })
    .await?;
    let page = cursor
        .0
        .page(rows, limit, "notifications", &bound, InboxCursor::of)?
        .map(NotificationView::from);
    Ok(Reply::page(Page { count, ..page }))
}

/// Mark a notification as read (tandai telah dibaca).
///
/// Marking it again has no effect: the first time counts.
#[utoipa::path(tag = "notifications", params(("id" = NotificationId, Path, description = "The notification")), responses((status = 204)))]
#[put("/notifications/{id}/reading")]
pub async fn mark_notification_read(
    desk: Desk,
    at: PathParam<NotificationId>,
) -> Result<Reply<()>> {
    let marked = read_transaction::read(&desk, async |c, _, services| {
        store::mark_read(
            c,
            desk.signed_in(),
            &services.keys.person_tag(desk.signed_in().user),
            at.0,
            desk.request_time().now,
        )
        .await
    });
    if marked.await? {
        Ok(Reply::no_content())
    } else {
        Err(Error::new(Code::NotFound))
    }
}

/// The end of the period to mark as read.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadUntil {
    /// `at` of the newest notification that was read. Later ones stay unread.
    pub until: DateTime<Utc>,
}

impl Validate for ReadUntil {
    fn errors(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// Mark all notifications as read (tandai semua telah dibaca).
///
/// Marks all notifications up to a time, usually that of the newest one you have seen.
#[utoipa::path(tag = "notifications", request_body = ReadUntil, responses((status = 204)))]
#[put("/notifications/reading")]
pub async fn mark_notifications_read(desk: Desk, form: Body<ReadUntil>) -> Result<Reply<()>> {
    let marking = read_transaction::read(&desk, async |c, _, services| {
        store::mark_read_until(
            c,
            desk.signed_in(),
            &services.keys.person_tag(desk.signed_in().user),
            form.0.until,
            desk.request_time().now,
        )
        .await
    });
    marking.await.map(|()| Reply::no_content())
}
