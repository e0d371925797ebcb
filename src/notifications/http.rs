//! `GET /notifications`, and what was read of it.

use actix_web::{get, put};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store::{self, Place};
use super::views::NotificationView;
use crate::casework::desk::Desk;
use crate::complaint::read_transaction;
use crate::error::{Code, Error, FieldError, Result};
use crate::ids::NotificationId;
use crate::web::body::Validate;
use crate::web::page::size;
use crate::web::{At, Body, Cursor, Page, Provided, Query, Reply};

/// Which notifications to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationQuery {
    /// Only those that were not read (`true`) or were (`false`).
    pub unread: Option<bool>,
    /// With `true`, how many there are in all.
    pub count: Option<bool>,
    /// How many items, 1 to 200; 20 when not given.
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// What a cursor is bound to.
#[derive(Serialize)]
struct Bound {
    user: Uuid,
    unread: Option<bool>,
}

/// List the notifications (pemberitahuan).
///
/// What you were told, newest first: a step waits for you, your case has moved, a step has used up 75, 100 or 150 percent of its standard time. Kept for 180
/// days. Of a complaint only who may know of it is told, and only that there is work, something new from its reporter, or a disclosure to decide or decided.
#[utoipa::path(tag = "notifications", params(NotificationQuery), responses((status = 200, body = Page<NotificationView>)))]
#[get("/notifications")]
pub async fn list_notifications(
    desk: Desk,
    query: Query<NotificationQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<NotificationView>>> {
    let (query, bound) = (
        &query.0,
        Bound {
            user: desk.who().user.0,
            unread: query.0.unread,
        },
    );
    let limit = size(query.limit)?;
    let after: Option<Place> = cursor
        .0
        .read(query.cursor.as_deref(), "notifications", &bound)?;
    let (rows, count) = read_transaction::read(&desk, async |c, _, services| {
        let tag = services.keys.person_tag(desk.who().user);
        let rows = store::list(c, desk.who(), &tag, query.unread, after, limit + 1).await?;
        let count = if query.count == Some(true) {
            Some(store::count(c, desk.who(), &tag, query.unread).await?)
        } else {
            None
        };
        Ok((rows, count))
    })
    .await?;
    let page = cursor
        .0
        .page(rows, limit, "notifications", &bound, Place::of)?
        .map(NotificationView::from);
    Ok(Reply::page(Page { count, ..page }))
}

/// Mark a notification as read (tandai telah dibaca).
///
/// Again is harmless: the first reading counts.
#[utoipa::path(tag = "notifications", params(("id" = NotificationId, Path, description = "The notification")), responses((status = 204)))]
#[put("/notifications/{id}/reading")]
pub async fn mark_notification_read(desk: Desk, at: At<NotificationId>) -> Result<Reply<()>> {
    let marked = read_transaction::read(&desk, async |c, _, services| {
        store::mark(
            c,
            desk.who(),
            &services.keys.person_tag(desk.who().user),
            at.0,
            desk.request_time().now,
        )
        .await
    });
    if marked.await? {
        Ok(Reply::nothing())
    } else {
        Err(Error::new(Code::NotFound))
    }
}

/// Up to when.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadUntil {
    /// `at` of the newest that was read: what came later stays unread.
    pub until: DateTime<Utc>,
}

impl Validate for ReadUntil {
    fn errors(&self) -> Vec<FieldError> {
        Vec::new()
    }
}

/// Mark all notifications as read (tandai semua telah dibaca).
///
/// All that were told until a moment: that of the newest you have seen.
#[utoipa::path(tag = "notifications", request_body = ReadUntil, responses((status = 204)))]
#[put("/notifications/reading")]
pub async fn mark_notifications_read(desk: Desk, form: Body<ReadUntil>) -> Result<Reply<()>> {
    let marking = read_transaction::read(&desk, async |c, _, services| {
        store::mark_until(
            c,
            desk.who(),
            &services.keys.person_tag(desk.who().user),
            form.0.until,
            desk.request_time().now,
        )
        .await
    });
    marking.await.map(|()| Reply::nothing())
}
