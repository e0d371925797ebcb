//! The initial calendar of an office: civil-service hours, Ramadan 2026 and the days off decreed
//! for 2026.
//! It is a seed and may be wrong: each figure states its source and our confidence, and the office
//! can correct it.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::working_time::{
    Calendar, CalendarDraft, DayOff, DayOffKind, LocalTime, Span, SpecialPeriod, Week,
};

#[cfg(test)]
mod tests;

/// The year of the decree entered below.
const DECREED_YEAR: i32 = 2026;

// Perpres 21/2023 (read on setneg.go.id, and in the press; high confidence): Monday to Friday, 37 h
// 30 min a week without breaks, from 07:30 local time, break 60 min, on Friday 90 min. The closing
// times follow by arithmetic: with a 90 min break, Friday must last to 16:30, since 16:00 gives
// only 37 h. The law does not say when the breaks lie. 12:00 and 11:30 are general knowledge,
// unverified; ask the office.
const MONDAY_TO_THURSDAY: [Span; 2] = [span((7, 30), (12, 0)), span((13, 0), (16, 0))];
const FRIDAY: [Span; 2] = [span((7, 30), (11, 30)), span((13, 0), (16, 30))];

// The same Perpres for Ramadan (high confidence): 32 h 30 min a week, from 08:00, break 30 min, on
// Friday 60 min.
// The closing times follow by arithmetic; the position of the breaks is again general knowledge,
// unverified.
const RAMADAN_MONDAY_TO_THURSDAY: [Span; 2] = [span((8, 0), (12, 0)), span((12, 30), (15, 0))];
const RAMADAN_FRIDAY: [Span; 2] = [span((8, 0), (11, 30)), span((12, 30), (15, 30))];

// The beginning of Ramadan is announced a day or so ahead. These days are general knowledge,
// unverified: edit them when the announcement is made.
const RAMADAN_2026: (&str, NaiveDate, NaiveDate) = ("Ramadan 1447 Hijriah", day(2, 19), day(3, 20));

// SKB 3 Menteri (No. 1497, 2 and 5 of 2025) for 2026: 17 holidays and 8 days of collective leave.
// Medium to high confidence: two sources agree on the counts, a third list was wrong, so check the
// dates against the decree itself. The names are general knowledge; the wording of the decree may
// differ.
const HOLIDAYS_2026: [(NaiveDate, &str); 17] = [
    (day(1, 1), "Tahun Baru 2026 Masehi"),
    (day(1, 16), "Isra Mikraj Nabi Muhammad SAW"),
    (day(2, 17), "Tahun Baru Imlek 2577 Kongzili"),
    (day(3, 19), "Hari Suci Nyepi (Tahun Baru Saka 1948)"),
    (day(3, 21), "Idul Fitri 1447 Hijriah"),
    (day(3, 22), "Idul Fitri 1447 Hijriah"),
    (day(4, 3), "Wafat Yesus Kristus"),
    (day(4, 5), "Kebangkitan Yesus Kristus (Paskah)"),
    (day(5, 1), "Hari Buruh Internasional"),
    (day(5, 14), "Kenaikan Yesus Kristus"),
    (day(5, 27), "Idul Adha 1447 Hijriah"),
    (day(5, 31), "Hari Raya Waisak 2570 BE"),
    (day(6, 1), "Hari Lahir Pancasila"),
    (day(6, 16), "1 Muharam, Tahun Baru Islam 1448 Hijriah"),
    (day(8, 17), "Proklamasi Kemerdekaan"),
    (day(8, 25), "Maulid Nabi Muhammad SAW"),
    (day(12, 25), "Kelahiran Yesus Kristus (Natal)"),
];
const COLLECTIVE_LEAVE_2026: [(NaiveDate, &str); 8] = [
    (day(2, 16), "Cuti bersama Tahun Baru Imlek"),
    (day(3, 18), "Cuti bersama Hari Suci Nyepi"),
    (day(3, 20), "Cuti bersama Idul Fitri"),
    (day(3, 23), "Cuti bersama Idul Fitri"),
    (day(3, 24), "Cuti bersama Idul Fitri"),
    (day(5, 15), "Cuti bersama Kenaikan Yesus Kristus"),
    (day(5, 28), "Cuti bersama Idul Adha"),
    (day(12, 24), "Cuti bersama Kelahiran Yesus Kristus (Natal)"),
];

/// The calendar of a new office. Only 2026 is decreed; any other year has weekends and no holidays.
///
/// # Panics
/// Never: the tables satisfy the rules of a calendar, and a test calls this function.
pub fn default_calendar() -> Calendar {
    let (name, first_day, last_day) = RAMADAN_2026;
    let ramadan = SpecialPeriod {
        name: name.to_owned(),
        first_day,
        last_day,
        week: five_days(RAMADAN_MONDAY_TO_THURSDAY, RAMADAN_FRIDAY),
    };
    let holidays = HOLIDAYS_2026.map(|row| day_off(row, DayOffKind::Holiday));
    let leave = COLLECTIVE_LEAVE_2026.map(|row| day_off(row, DayOffKind::CollectiveLeave));
    let draft = CalendarDraft {
        week: five_days(MONDAY_TO_THURSDAY, FRIDAY),
        special_periods: vec![ramadan],
        days_off: holidays.into_iter().chain(leave).collect(),
        decreed_years: BTreeSet::from([DECREED_YEAR]),
    };
    Calendar::try_from(draft)
        .expect("the tables above keep the rules of a calendar, as the tests show")
}

fn five_days(monday_to_thursday: [Span; 2], friday: [Span; 2]) -> Week {
    Week {
        monday: monday_to_thursday.to_vec(),
        tuesday: monday_to_thursday.to_vec(),
        wednesday: monday_to_thursday.to_vec(),
        thursday: monday_to_thursday.to_vec(),
        friday: friday.to_vec(),
        saturday: Vec::new(),
        sunday: Vec::new(),
    }
}

fn day_off((date, name): (NaiveDate, &str), kind: DayOffKind) -> DayOff {
    DayOff {
        date,
        name: name.to_owned(),
        kind,
    }
}

// The tables are constants, so a wrong time or date in them does not compile.

const fn span(opens: (u16, u16), closes: (u16, u16)) -> Span {
    Span {
        opens: time(opens),
        closes: time(closes),
    }
}

const fn time((hour, minute): (u16, u16)) -> LocalTime {
    LocalTime::new(hour, minute).expect("the tables hold times of day")
}

const fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(DECREED_YEAR, month, day).expect("the tables hold dates of the year")
}
