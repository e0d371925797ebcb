//! The filter of a report: period, scheme, kind, officer, stage. The same for rows, sums, charts
//! and files.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::certification::facts::ApplicationKind;
use crate::certification::schemes::SchemeCode;
use crate::certification::sop::Stage;
use crate::error::Result;
use crate::ids::UserId;
use crate::sop::working_time::midnights;
use crate::web::params::{contradiction, invalid_parameter};

/// A filter of applications.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Received on this day (WIB) or later.
    pub from: Option<NaiveDate>,
    /// Received on this day (WIB) or earlier.
    pub to: Option<NaiveDate>,
    /// Only this scheme.
    pub scheme: Option<SchemeCode>,
    /// Only this kind of application.
    pub kind: Option<ApplicationKind>,
    /// Only files on which this user did something.
    pub officer: Option<UserId>,
    /// Only files that are at this stage now.
    pub stage: Option<Stage>,
}

impl Filter {
    /// The same filter for the days of `month` (written `2026-07`), or for the days `from` to `to`.
    ///
    /// # Errors
    /// `invalid_parameter` when `month` is malformed; `invalid_content` when both are given, or
    /// when `to` is before `from`.
    pub(crate) fn for_period(self, month: Option<&str>) -> Result<Self> {
        let Some(month) = month else {
            return if self.from.zip(self.to).is_some_and(|(from, to)| from > to) {
                Err(contradiction(
                    "to",
                    "to tidak boleh sebelum from.",
                    "to must not be before from.",
                ))
            } else {
                Ok(self)
            };
        };
        if self.from.or(self.to).is_some() {
            return Err(contradiction(
                "month",
                "Pakai month, atau from dan to.",
                "Give either month, or from and to.",
            ));
        }
        let first = Some(month)
            .filter(|month| month.len() == 7)
            .and_then(|month| format!("{month}-01").parse::<NaiveDate>().ok());
        let days = first.and_then(|first| {
            Some((
                first,
                first
                    .checked_add_months(Months::new(1))?
                    .checked_sub_days(Days::new(1))?,
            ))
        });
        let Some((from, to)) = days else {
            return Err(invalid_parameter(
                "month",
                "Bulan ditulis seperti 2026-07.",
                "A month is written like 2026-07.",
            ));
        };
        Ok(Self {
            from: Some(from),
            to: Some(to),
            ..self
        })
    }

    /// The range of the time of receipt, half-open.
    pub(crate) fn time_range(&self) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        midnights(self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(from: &str, to: &str) -> Filter {
        Filter {
            from: from.parse().ok(),
            to: to.parse().ok(),
            ..Filter::default()
        }
    }

    #[test]
    fn both_days_of_a_period_belong_to_it_in_the_time_of_palembang() {
        let (from, to) = days("2026-07-01", "2026-07-31")
            .for_period(None)
            .unwrap()
            .time_range();
        assert_eq!(
            (from.unwrap().to_rfc3339(), to.unwrap().to_rfc3339()),
            (
                "2026-06-30T17:00:00+00:00".into(),
                "2026-07-31T17:00:00+00:00".into()
            )
        );
    }

    #[test]
    fn a_month_is_its_days_and_stands_alone() {
        assert_eq!(
            Filter::default().for_period(Some("2028-02")).unwrap(),
            days("2028-02-01", "2028-02-29")
        );
        for month in ["2026-13", "2026-7", "26-07", "2026-07-01", "", "9999999"] {
            assert!(
                Filter::default().for_period(Some(month)).is_err(),
                "{month}"
            );
        }
        assert!(days("2026-07-01", "").for_period(Some("2026-07")).is_err());
        assert!(days("2026-07-02", "2026-07-01").for_period(None).is_err());
    }
}
