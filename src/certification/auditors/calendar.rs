//! The calendar of an auditor: audits, leave and other work, as JSON and as iCalendar.

use chrono::{DateTime, NaiveDate, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};
use serde::Serialize;

use super::TeamRole;
use super::store::bookings::CalendarRow;
use crate::error::{Error, Result};
use crate::ids::{ApplicationId, AuditorId};

/// The kind of an entry of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum EntryKind {
    /// Cuti.
    Leave,
    /// Tugas lain.
    OtherWork,
    /// An audit that was proposed to the customer.
    Tentative,
    /// An audit that the customer agreed to.
    Firm,
}

/// An entry of an auditor's calendar.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CalendarEntry {
    /// The kind.
    pub kind: EntryKind,
    /// The first day.
    #[schema(example = "2026-07-20")]
    pub first_day: NaiveDate,
    /// The last day, included.
    #[schema(example = "2026-07-21")]
    pub last_day: NaiveDate,
    /// The role in the audit team; null for leave and other work.
    pub role: Option<TeamRole>,
    /// The audited application, if you may see it.
    pub application_id: Option<ApplicationId>,
    /// Its number.
    #[schema(example = "P-2026-00001")]
    pub application_number: Option<String>,
    /// Its company.
    #[schema(example = "PT Tirta Musi Sejahtera")]
    pub company: Option<String>,
    /// A remark on leave or other work.
    #[schema(example = "Cuti tahunan")]
    pub note: Option<String>,
    #[serde(skip)]
    uid: String,
    #[serde(skip)]
    booked_at: DateTime<Utc>,
}

/// The calendar of an auditor.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AuditorCalendar {
    /// The entries, in order.
    pub items: Vec<CalendarEntry>,
}

impl AuditorCalendar {
    /// The calendar of `auditor` with these rows.
    pub fn of(auditor: AuditorId, rows: Vec<CalendarRow>) -> Result<Self> {
        let items = rows.into_iter().map(|row| CalendarEntry::of(auditor, row));
        Ok(Self {
            items: items.collect::<Result<_>>()?,
        })
    }

    /// The calendar as iCalendar: whole days, tentative or confirmed.
    pub fn to_icalendar(&self, name: &str) -> String {
        let mut calendar = Calendar::new();
        // The library escapes a NAME (RFC 7986) only if its type is stated.
        let mut stated = Property::new("NAME", name);
        stated.add_parameter("VALUE", "TEXT");
        calendar.append_property(stated);
        calendar.append_property(Property::new("X-WR-CALNAME", name));
        for entry in &self.items {
            let mut event = Event::new();
            event
                .uid(&entry.uid)
                .timestamp(entry.booked_at)
                .summary(&entry.title())
                .starts(entry.first_day)
                .ends(entry.last_day.succ_opt().unwrap_or(entry.last_day))
                .status(if entry.kind == EntryKind::Tentative {
                    EventStatus::Tentative
                } else {
                    EventStatus::Confirmed
                });
            if let Some(note) = &entry.note {
                event.description(note);
            }
            calendar.push(event.done());
        }
        calendar.append_property(Property::new("METHOD", "PUBLISH"));
        calendar.to_string()
    }
}

impl CalendarEntry {
    fn of(auditor: AuditorId, row: CalendarRow) -> Result<Self> {
        let kind = row.kind.parse().map_err(Error::internal)?;
        let role = row.role.as_deref().map(str::parse).transpose();
        Ok(Self {
            kind,
            first_day: row.days.0,
            last_day: row.days.1,
            role: role.map_err(Error::internal)?,
            application_id: row.application.map(ApplicationId),
            application_number: row.number,
            company: row.company,
            note: row.note,
            // Bookings are replaced as a whole, so the identity of an entry is person and day.
            uid: format!("{auditor}-{}", row.days.0),
            booked_at: row.created_at,
        })
    }

    fn title(&self) -> String {
        match (self.kind, &self.company) {
            (EntryKind::Leave, _) => "Cuti".to_owned(),
            (EntryKind::OtherWork, _) => "Tugas lain".to_owned(),
            (EntryKind::Tentative | EntryKind::Firm, Some(company)) => format!(
                "Audit {company} ({})",
                self.application_number.as_deref().unwrap_or_default()
            ),
            (EntryKind::Tentative | EntryKind::Firm, None) => "Audit".to_owned(),
        }
    }
}
