//! The rules of a calendar draft. All violations are collected, each with its location in the
//! draft.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::fault::DECREED_DAYS_OFF;
use super::{
    BrokenRule, CalendarDraft, CalendarFault, CalendarFaults, DayOff, FIRST_DAY, LAST_DAY, Span,
    SpecialPeriod, Week,
};

/// The faults found so far.
#[derive(Default)]
struct Faults(Vec<CalendarFault>);

impl CalendarDraft {
    /// Refuses a draft that breaks a rule, with every fault in it.
    pub(super) fn check(&self) -> Result<(), CalendarFaults> {
        let mut faults = Faults::default();
        faults.check_week(&self.week, "/week");
        faults.check_periods(&self.special_periods);
        faults.check_days_off(&self.days_off);
        for year in &self.decreed_years {
            // A set does not keep the input order, so the pointer names the list and the text names
            // the year.
            faults.check_year(*year, "/decreed_years");
        }
        CalendarFaults::refuse_any(faults.0)
    }

    /// Decreed years without entered days off. Checked for a new version only; stored versions are
    /// not checked again.
    pub fn undecreed_years(&self) -> Vec<CalendarFault> {
        let mut faults = Faults::default();
        let mut entered = BTreeMap::<i32, usize>::new();
        for day in &self.days_off {
            *entered.entry(day.date.year()).or_default() += 1;
        }
        for year in &self.decreed_years {
            let found = entered.get(year).copied().unwrap_or_default();
            if found < DECREED_DAYS_OFF {
                faults.add(
                    "/days_off",
                    BrokenRule::TooFewDaysOff { year: *year, found },
                );
            }
        }
        faults.0
    }
}

impl Faults {
    fn add(&mut self, pointer: impl Into<String>, rule: BrokenRule) {
        self.0.push(CalendarFault {
            pointer: pointer.into(),
            rule,
        });
    }

    fn check_week(&mut self, week: &Week, pointer: &str) {
        let days = [
            ("monday", &week.monday),
            ("tuesday", &week.tuesday),
            ("wednesday", &week.wednesday),
            ("thursday", &week.thursday),
            ("friday", &week.friday),
            ("saturday", &week.saturday),
            ("sunday", &week.sunday),
        ];
        if days.iter().all(|(_, spans)| spans.is_empty()) {
            self.add(pointer, BrokenRule::NoWorkingTime);
        }
        for (day, spans) in days {
            self.check_spans(spans, &format!("{pointer}/{day}"));
        }
    }

    fn check_spans(&mut self, spans: &[Span], pointer: &str) {
        let mut in_front: Option<Span> = None;
        for (index, span) in spans.iter().copied().enumerate() {
            let Span { opens, closes } = span;
            if closes <= opens {
                self.add(
                    format!("{pointer}/{index}"),
                    BrokenRule::EmptySpan { opens, closes },
                );
            }
            if let Some(before) = in_front.filter(|before| opens < before.opens) {
                self.add(
                    format!("{pointer}/{index}/opens"),
                    BrokenRule::UnsortedSpans {
                        opens,
                        earlier: before.opens,
                    },
                );
            } else if let Some(before) = in_front.filter(|before| opens < before.closes) {
                self.add(
                    format!("{pointer}/{index}/opens"),
                    BrokenRule::OverlappingSpans {
                        opens,
                        closes: before.closes,
                    },
                );
            }
            in_front = Some(span);
        }
    }

    fn check_periods(&mut self, periods: &[SpecialPeriod]) {
        for (
            index,
            SpecialPeriod {
                name,
                first_day,
                last_day,
                week,
            },
        ) in periods.iter().enumerate()
        {
            let pointer = format!("/special_periods/{index}");
            self.check_name(name, &format!("{pointer}/name"));
            self.check_year(first_day.year(), &format!("{pointer}/first_day"));
            self.check_year(last_day.year(), &format!("{pointer}/last_day"));
            if last_day < first_day {
                let rule = BrokenRule::InvertedPeriod {
                    first_day: *first_day,
                    last_day: *last_day,
                };
                self.add(format!("{pointer}/last_day"), rule);
            }
            self.check_week(week, &format!("{pointer}/week"));
        }
        self.check_overlaps(periods);
    }

    fn check_overlaps(&mut self, periods: &[SpecialPeriod]) {
        // In order of the first days it is enough to compare each period with the one that ends
        // last so far.
        let mut in_order: Vec<_> = periods.iter().enumerate().collect();
        in_order.sort_by_key(|(_, period)| period.first_day);
        let mut farthest: Option<(usize, NaiveDate)> = None;
        for (
            index,
            SpecialPeriod {
                first_day,
                last_day,
                ..
            },
        ) in in_order
        {
            if let Some((other, _)) = farthest.filter(|(_, reach)| first_day <= reach) {
                let other = format!("/special_periods/{other}");
                let rule = BrokenRule::OverlappingPeriods {
                    first_day: *first_day,
                    other,
                };
                self.add(format!("/special_periods/{index}/first_day"), rule);
            }
            if farthest.is_none_or(|(_, reach)| *last_day > reach) {
                farthest = Some((index, *last_day));
            }
        }
    }

    fn check_days_off(&mut self, days_off: &[DayOff]) {
        let mut seen = BTreeMap::new();
        for (
            index,
            DayOff {
                date,
                name,
                kind: _,
            },
        ) in days_off.iter().enumerate()
        {
            let pointer = format!("/days_off/{index}/date");
            self.check_name(name, &format!("/days_off/{index}/name"));
            self.check_year(date.year(), &pointer);
            let first = *seen.entry(*date).or_insert(index);
            if first != index {
                let other = format!("/days_off/{first}");
                self.add(pointer, BrokenRule::DuplicateDayOff { date: *date, other });
            }
        }
    }

    fn check_name(&mut self, name: &str, pointer: &str) {
        if name.trim().is_empty() {
            self.add(pointer, BrokenRule::BlankName);
        }
    }

    fn check_year(&mut self, year: i32, pointer: &str) {
        if !(FIRST_DAY.year()..=LAST_DAY.year()).contains(&year) {
            self.add(pointer, BrokenRule::YearOutOfRange { year });
        }
    }
}
