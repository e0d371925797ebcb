//! The audit-time table of IAF MD 5, in half days for stage 1 and stage 2 together. Three
//! independent sources give these figures; they were not compared with the issue that IAF has in
//! force. A corrected table is a new version.

use super::Complexity;
use crate::sop::text::Term;

/// The version of the table, kept with each calculation.
pub const VERSION: u16 = 1;

/// The source of the table, kept with each calculation.
pub const SOURCE: Term = Term {
    id: "IAF MD 5, angka menurut tiga sumber yang sama",
    en: "IAF MD 5, figures as three independent sources give them",
};

/// A band of the table.
#[derive(Debug)]
pub struct Band {
    /// The largest number of effective personnel.
    pub up_to: u32,
    /// Half days for quality management.
    pub quality: u32,
    /// Half days for environmental management, by complexity: high, medium, low, limited.
    /// Occupational health and safety has the same numbers, without limited.
    pub by_complexity: [u32; 4],
}

const fn band(up_to: u32, quality: u32, by_complexity: [u32; 4]) -> Band {
    Band {
        up_to,
        quality,
        by_complexity,
    }
}

/// The bands in order.
pub const BANDS: [Band; 23] = [
    band(5, 3, [6, 5, 5, 5]),
    band(10, 4, [7, 6, 6, 6]),
    band(15, 5, [9, 7, 6, 6]),
    band(25, 6, [11, 9, 7, 6]),
    band(45, 8, [14, 11, 8, 6]),
    band(65, 10, [16, 12, 9, 7]),
    band(85, 12, [18, 14, 10, 7]),
    band(125, 14, [22, 16, 11, 8]),
    band(175, 16, [24, 18, 12, 9]),
    band(275, 18, [26, 20, 14, 10]),
    band(425, 20, [30, 22, 16, 11]),
    band(625, 22, [32, 24, 18, 12]),
    band(875, 24, [34, 26, 20, 12]),
    band(1175, 26, [38, 30, 22, 14]),
    band(1550, 28, [40, 32, 24, 15]),
    band(2025, 30, [42, 34, 24, 16]),
    band(2675, 32, [46, 36, 26, 17]),
    band(3450, 34, [50, 38, 28, 18]),
    band(4350, 36, [54, 40, 30, 20]),
    band(5450, 38, [56, 42, 32, 22]),
    band(6800, 40, [60, 46, 34, 24]),
    band(8500, 42, [64, 50, 38, 26]),
    band(10_700, 44, [68, 54, 40, 28]),
];

/// The half days of `personnel` people. `None` above the last band: the time is set by hand.
pub fn half_days(personnel: u32, complexity: Option<Complexity>) -> Option<u32> {
    let band = BANDS.iter().find(|band| personnel <= band.up_to)?;
    Some(complexity.map_or(band.quality, |complexity| {
        let [high, medium, low, limited] = band.by_complexity;
        match complexity {
            Complexity::High => high,
            Complexity::Medium => medium,
            Complexity::Low => low,
            Complexity::Limited => limited,
        }
    }))
}
