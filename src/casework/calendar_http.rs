//! `GET|POST /calendars`: working hours and days off. A change is a new version; open files are measured by the newest from then on.

use actix_web::{HttpRequest, get, post};
use chrono::{DateTime, Datelike as _, Utc};
use serde::{Deserialize, Serialize};

use super::calendars::{self, StoredCalendar};
use super::desk::Desk;
use super::journal::of_act;
use crate::error::{Error, FieldError, Result, fault};
use crate::identity::signed_in::today;
use crate::journal;
use crate::sop::role::{Role, codes};
use crate::sop::working_time::{Calendar, CalendarDraft};
use crate::text::is_blank;
use crate::web::body::Validate;
use crate::web::page::{PageQuery, size};
use crate::web::{Body, Cursor, IdempotentWrite, Page, Provided, Query, Reply};

/// Who may change it.
const KEEPERS: &[Role] = &[Role::Admin];

/// A new version of the calendar.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarForm {
    /// Working hours and days off.
    pub calendar: CalendarDraft,
    /// Why: the decree, the announcement.
    #[schema(
        example = "SKB 3 Menteri tentang Hari Libur Nasional dan Cuti Bersama 2027",
        min_length = 1,
        max_length = 500
    )]
    pub reason: String,
}

impl Validate for CalendarForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        if is_blank(&self.reason) || self.reason.chars().count() > 500 {
            faults.push(fault(
                "/reason",
                "wrong_value",
                "Isi 1 sampai 500 karakter.",
                "1 to 500 characters.",
            ));
        }
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

/// Decreed years of the calendar in force that `new` does not know any more. A year to come may be taken back; one that has begun was worked by.
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
    /// Its number; the largest is in force.
    #[schema(example = 1)]
    pub version: i32,
    /// Working hours and days off; a year that is not among the decreed ones counts weekends only and is provisional.
    pub calendar: CalendarDraft,
    /// Why it was made.
    #[schema(example = "SKB 3 Menteri 2026")]
    pub reason: String,
    /// When it was made.
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
    let limit = size(query.0.limit)?;
    let before = cursor.0.read(query.0.cursor.as_deref(), "calendars", &())?;
    let rows = desk
        .database()
        .read(async |c| calendars::list(c, desk.who().office, before, limit + 1).await)
        .await?;
    let page = cursor
        .0
        .page(rows, limit, "calendars", &(), |row| row.version)?;
    Ok(Reply::page(page.map(CalendarView::from)))
}

/// Add a calendar (kalender kerja baru).
///
/// Each decreed year names the days off of its decree, and a decreed year that has begun stays. Becomes the version in force. Due times of open files follow it at once; closed files keep the version they ran under.
#[utoipa::path(
    tag = "calendars", request_body = CalendarForm, responses((status = 201, body = CalendarView)),
    extensions(("x-roles" = json!(codes(KEEPERS))), ("x-problem-codes" = json!(["overtaken"])))
)]
#[post("/calendars")]
pub async fn add_calendar(
    desk: Desk,
    form: Body<CalendarForm>,
    request: HttpRequest,
) -> Result<Reply<CalendarView>> {
    desk.who().must_be_one_of(KEEPERS)?;
    let CalendarForm { calendar, reason } = form.0;
    let checked =
        Calendar::try_from(calendar).map_err(|faults| Error::internal(faults.to_string()))?;
    let mut work = IdempotentWrite::begin(
        desk.database(),
        &request,
        desk.who().user.0,
        desk.request_time().now,
    )
    .await?;
    let now = work.now();
    let newest = desk
        .request_time()
        .calendars
        .newest(&mut work, desk.who().office)
        .await?;
    let dropped = dropped_decrees(newest.as_draft(), checked.as_draft(), today(now).year());
    if !dropped.is_empty() {
        return Err(Error::invalid(dropped));
    }
    let version = calendars::add(
        &mut work,
        desk.who().office,
        &checked,
        &reason,
        Some(desk.who().user),
        now,
    )
    .await?;
    journal::add(
        &mut work,
        &of_act(
            desk.who(),
            "office",
            desk.who().office.0,
            "add_calendar",
            Some(&reason),
        ),
        now,
    )
    .await?;
    let view = CalendarView {
        version,
        calendar: CalendarDraft::from(checked),
        reason,
        created_at: now,
    };
    work.finish(Reply::created("/api/v1/calendars", view)).await
}
