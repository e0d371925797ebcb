//! `GET|POST /calendars`: working hours and days off. A change adds a new version; open files are
//! measured by the newest version from then on.

use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Datelike as _, Utc};
use serde::{Deserialize, Serialize};

use super::calendars::{self, StoredCalendar};
use super::desk::Desk;
use super::journal::{add_office_act, reason_error};
use crate::error::{Error, FieldError, Result, fault};
use crate::identity::signed_in::today;
use crate::identity::{AllowedRoles, Restricted};
use crate::sop::role::{Role, codes};
use crate::sop::working_time::{Calendar, CalendarDraft};
use crate::web::body::Validate;
use crate::web::page::{PageQuery, page_size};
use crate::web::{Body, Cursor, IdempotentWrite, Page, Provided, Query, Reply};

/// The roles that set the office's calendar.
#[derive(Debug)]
pub struct CalendarEditors;

impl AllowedRoles for CalendarEditors {
    const ROLES: &'static [Role] = &[Role::Admin];
}

/// A new version of the calendar.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarForm {
    /// Working hours and days off.
    pub calendar: CalendarDraft,
    /// The reason for the change: the decree, the announcement.
    #[schema(
        example = "SKB 3 Menteri tentang Hari Libur Nasional dan Cuti Bersama 2027",
        min_length = 1,
        max_length = 500
    )]
    pub reason: String,
}

impl Validate for CalendarForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::from_iter(reason_error(&self.reason));
        if let Err(wrong) = Calendar::try_from(self.calendar.clone()) {
            let said = wrong.as_slice().iter().map(|item| {
                fault(
                    format!("/calendar{}", item.pointer),
                    item.rule.code(),
                    item.rule.to_string(),
                    item.rule.to_string(),
                )
            });
            faults.extend(said);
        }
        let undecreed = self.calendar.undecreed_years().into_iter();
        faults.extend(undecreed.map(|item| {
            fault(
                format!("/calendar{}", item.pointer),
                item.rule.code(),
                item.rule.to_string(),
                item.rule.to_string(),
            )
        }));
        faults
    }
}

/// Refuses a new calendar that drops a decreed year of the calendar in force. A future year may be
/// taken back; a year that has begun was already worked by.
fn dropped_decrees(
    in_force: &CalendarDraft,
    new: &CalendarDraft,
    this_year: i32,
) -> Vec<FieldError> {
    let dropped = in_force
        .decreed_years
        .difference(&new.decreed_years)
        .filter(|year| **year <= this_year);
    let dropped = dropped.map(|year| {
        let (id, en) = (
            format!("Tahun {year} sudah ditetapkan dan harus tetap ada."),
            format!("{year} is decreed already and must stay."),
        );
        fault("/calendar/decreed_years", "decree_dropped", id, en)
    });
    dropped.collect()
}

/// A version of the calendar (kalender kerja).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CalendarView {
    /// The version number; the largest version is in force.
    #[schema(example = 1)]
    pub version: i32,
    /// Working hours and days off. A year that is not decreed counts weekends only and is
    /// provisional.
    pub calendar: CalendarDraft,
    /// The reason for this version.
    #[schema(example = "SKB 3 Menteri 2026")]
    pub reason: String,
    /// When this version was added.
    pub created_at: DateTime<Utc>,
}

impl From<StoredCalendar> for CalendarView {
    fn from(stored: StoredCalendar) -> Self {
        Self {
            version: stored.version,
            calendar: stored.definition,
            reason: stored.reason,
            created_at: stored.created_at,
        }
    }
}

/// List the calendars (kalender kerja).
///
/// The newest version, which is in force, first.
#[utoipa::path(tag = "calendars", params(PageQuery), responses((status = 200, body = Page<CalendarView>)))]
#[get("/calendars")]
pub async fn list_calendars(
    desk: Desk,
    query: Query<PageQuery>,
    cursor: Provided<Cursor>,
) -> Result<Reply<Page<CalendarView>>> {
    let limit = page_size(query.0.limit)?;
    let before = cursor.0.read(query.0.cursor.as_deref(), "calendars", &())?;
    let rows = desk
        .database()
        .read(async |c| calendars::list(c, desk.signed_in().office, before, limit + 1).await)
        .await?;
    let page = cursor
        .0
        .page(rows, limit, "calendars", &(), |row| row.version)?;
    Ok(Reply::page(page.map(CalendarView::from)))
}

/// Add a calendar (kalender kerja baru).
///
/// A decreed year lists the days off of its decree; a decreed year that has begun must stay. The
/// new version is in force at once: due times of open files follow it, closed files keep the
/// version they ran under.
#[utoipa::path(
    tag = "calendars", request_body = CalendarForm, responses((status = 201, body = CalendarView)),
    extensions(("x-roles" = json!(codes(CalendarEditors::ROLES))), ("x-problem-codes" = json!(["overtaken"])))
)]
#[post("/calendars")]
pub async fn add_calendar(
    desk: Restricted<CalendarEditors, Desk>,
    form: Body<CalendarForm>,
    request: HttpRequest,
) -> Result<Reply<CalendarView>> {
    let desk = desk.0;
    let CalendarForm { calendar, reason } = form.0;
    let checked =
        Calendar::try_from(calendar).map_err(|faults| Error::internal(faults.to_string()))?;
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.signed_in().user.0,
        desk.request_time().now,
    )
    .await?;
    let now = work.now();
    let newest = desk
        .request_time()
        .calendars
        .newest(&mut work, desk.signed_in().office)
        .await?;
    let dropped = dropped_decrees(newest.as_draft(), checked.as_draft(), today(now).year());
    if !dropped.is_empty() {
        return Err(Error::invalid(dropped));
    }
    let version = calendars::add(
        &mut work,
        desk.signed_in().office,
        &checked,
        &reason,
        Some(desk.signed_in().user),
        now,
    )
    .await?;
    add_office_act(&mut work, desk.signed_in(), "add_calendar", &reason).await?;
    let view = CalendarView {
        version,
        calendar: CalendarDraft::from(checked),
        reason,
        created_at: now,
    };
    work.finish(Reply::created("/api/v1/calendars", view)).await
}
