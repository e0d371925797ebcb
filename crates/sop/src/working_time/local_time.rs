//! A time of day on the office's wall clock, to the minute.

use std::fmt;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const MINUTES_A_DAY: u16 = 24 * 60;

/// Local time `HH:MM`, from `00:00` to `24:00`; `24:00` is meant as a closing time.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", example = "07:30")]
pub struct LocalTime(u16);

/// The text is not a valid [`LocalTime`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a local time: write HH:MM, from 00:00 to 24:00")]
pub struct NotALocalTime;

impl LocalTime {
    /// That hour and minute of the day; `None` when there is no such time.
    pub const fn new(hour: u16, minute: u16) -> Option<Self> {
        if hour > 24 || minute > 59 || hour * 60 + minute > MINUTES_A_DAY {
            return None;
        }
        Some(Self(hour * 60 + minute))
    }

    /// The time passed since local midnight; exact, since the zone never shifts its clocks.
    pub fn since_midnight(self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.0))
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl TryFrom<&str> for LocalTime {
    type Error = NotALocalTime;

    fn try_from(text: &str) -> Result<Self, NotALocalTime> {
        // Byte by byte, because `u16::from_str` would also take "+7".
        let digit = |byte: u8| byte.is_ascii_digit().then(|| u16::from(byte - b'0'));
        let parse = || match *text.as_bytes() {
            [h1, h2, b':', m1, m2] => {
                Self::new(digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?)
            }
            _ => None,
        };
        parse().ok_or(NotALocalTime)
    }
}

impl TryFrom<String> for LocalTime {
    type Error = NotALocalTime;

    fn try_from(text: String) -> Result<Self, NotALocalTime> {
        Self::try_from(text.as_str())
    }
}

impl From<LocalTime> for String {
    fn from(time: LocalTime) -> Self {
        time.to_string()
    }
}
