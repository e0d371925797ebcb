//! The contract as served: the dates of its examples are moved by whole weeks, so that the examples
//! play in the week of the reader and can be sent as they stand. The committed document keeps its
//! dates.

use std::sync::{Arc, Mutex, PoisonError};

use actix_web::web::Bytes;
use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc};
use serde_json::Value;
use utoipa::openapi::OpenApi;

use crate::sop::working_time::WIB;

/// The Monday of the week in which the examples play.
const WRITTEN_ON: NaiveDate = NaiveDate::from_ymd_opt(2026, 7, 6).expect("a date");

/// The contract, written anew in each week. Clones share the text.
#[derive(Clone)]
pub(crate) struct ContractOfToday {
    document: Arc<Value>,
    written: Arc<Mutex<(TimeDelta, Bytes)>>,
}

impl ContractOfToday {
    /// The contract from this document.
    ///
    /// # Errors
    /// When the document cannot be written as JSON.
    pub(crate) fn new(document: &OpenApi) -> serde_json::Result<Self> {
        let document = serde_json::to_value(document)?;
        let text = Bytes::from(document.to_string());
        Ok(Self {
            document: Arc::new(document),
            written: Arc::new(Mutex::new((TimeDelta::zero(), text))),
        })
    }

    /// The text for this moment.
    pub(crate) fn text(&self, now: DateTime<Utc>) -> Bytes {
        let today = now.with_timezone(&WIB).date_naive();
        let monday = today - TimeDelta::days(today.weekday().num_days_from_monday().into());
        let by = monday - WRITTEN_ON;
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if written.0 != by {
            let mut document = (*self.document).clone();
            move_examples(&mut document, by);
            *written = (by, Bytes::from(document.to_string()));
        }
        written.1.clone()
    }
}

/// Moves the dates of every example below `value`.
fn move_examples(value: &mut Value, by: TimeDelta) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "example" || name == "examples" {
                    move_dates(member, by);
                } else {
                    move_examples(member, by);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| move_examples(item, by)),
        _ => {}
    }
}

fn move_dates(value: &mut Value, by: TimeDelta) {
    match value {
        Value::Object(members) => members.values_mut().for_each(|one| move_dates(one, by)),
        Value::Array(items) => items.iter_mut().for_each(|one| move_dates(one, by)),
        Value::String(text) => {
            if let Some(moved) = moved(text, by) {
                *text = moved;
            }
        }
        _ => {}
    }
}

/// A date or an instant moved by `by`; `None` for other texts.
fn moved(text: &str, by: TimeDelta) -> Option<String> {
    let (day, rest) = text.split_at_checked(10)?;
    let day: NaiveDate = day.parse().ok()?;
    let moved = day.checked_add_signed(by)?;
    (rest.is_empty() || rest.starts_with('T')).then(|| format!("{moved}{rest}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_dates_and_instants_of_examples_move() {
        let mut document = json!({
            "info": {"description": "2026-07-06"},
            "schema": {"example": {"day": "2026-07-20", "days": ["2026-07-06T01:00:00Z"], "code": "2026-07-06/1", "text": "ä"}},
        });
        move_examples(&mut document, TimeDelta::weeks(22));
        let wanted = json!({
            "info": {"description": "2026-07-06"},
            "schema": {"example": {"day": "2026-12-21", "days": ["2026-12-07T01:00:00Z"], "code": "2026-07-06/1", "text": "ä"}},
        });
        assert_eq!(document, wanted);
    }

    #[test]
    fn the_contract_of_a_week_plays_in_that_week() {
        let contract = ContractOfToday::new(&crate::app::document()).unwrap();
        let on = |day: &str| {
            let text = contract.text(format!("{day}T05:00:00Z").parse().unwrap());
            String::from_utf8(text.to_vec()).unwrap()
        };
        assert!(on("2026-07-10").contains("\"2026-07-06T"));
        let later = on("2027-03-03");
        assert!(later.contains("\"2027-03-01T"), "its Monday");
        // The text of a signed webhook keeps its time, to which its signature belongs.
        assert!(!later.contains(":\"2026-07-06T"));
        assert_eq!(later, on("2027-03-07"));
    }
}
