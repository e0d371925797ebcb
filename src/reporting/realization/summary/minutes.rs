//! A histogram of minutes: it holds one entry per distinct value, not per row, and gives exact
//! quantiles.

use std::collections::BTreeMap;

use serde::Serialize;

/// A histogram of minutes.
#[derive(Debug, Clone, Default)]
pub struct Minutes {
    counts: BTreeMap<i64, u64>,
    total: u64,
}

/// The statistics of a histogram. Quantiles are interpolated (as `percentile_cont` and a
/// spreadsheet's `PERCENTILE.INC`).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, utoipa::ToSchema)]
pub struct MinutesView {
    /// The number of values.
    #[schema(example = 28)]
    pub count: u64,
    /// The median; null without values.
    #[schema(required, example = 92.5)]
    pub median: Option<f64>,
    /// The 90th percentile; null without values.
    #[schema(required, example = 131.0)]
    pub p90: Option<f64>,
}

impl Minutes {
    /// Adds a value.
    pub fn add(&mut self, minutes: i64) {
        *self.counts.entry(minutes).or_default() += 1;
        self.total += 1;
    }

    /// The statistics.
    pub fn view(&self) -> MinutesView {
        MinutesView {
            count: self.total,
            median: self.quantile(1, 2),
            p90: self.quantile(9, 10),
        }
    }

    /// The quantile `part`/`whole`, to a tenth of a minute, interpolated between the values next to
    /// its rank.
    fn quantile(&self, part: u64, whole: u64) -> Option<f64> {
        let rank = part * self.total.checked_sub(1)?;
        let (below, rest) = (rank / whole, rank % whole);
        let low = self.at(below)?;
        let high = if rest == 0 { low } else { self.at(below + 1)? };
        // In tenths, with integer arithmetic: rounded half up.
        let parts = i64::try_from(rest)
            .ok()?
            .checked_mul(high.checked_sub(low)?)?
            .checked_mul(10)?;
        let whole = i64::try_from(whole).ok()?;
        let tenths = low
            .checked_mul(10)?
            .checked_add((2 * parts + whole).div_euclid(2 * whole))?;
        Some(f64::from(i32::try_from(tenths).unwrap_or(i32::MAX)) / 10.0)
    }

    /// The value at `rank`, from 0.
    fn at(&self, rank: u64) -> Option<i64> {
        let mut before = 0;
        self.counts.iter().find_map(|(minutes, count)| {
            before += count;
            (before > rank).then_some(*minutes)
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[i64]) -> MinutesView {
        let mut minutes = Minutes::default();
        for value in values {
            minutes.add(*value);
        }
        minutes.view()
    }

    #[test]
    fn quantiles_are_those_of_a_spreadsheet() {
        assert_eq!(
            of(&[]),
            MinutesView {
                count: 0,
                median: None,
                p90: None
            }
        );
        assert_eq!(
            of(&[7]),
            MinutesView {
                count: 1,
                median: Some(7.0),
                p90: Some(7.0)
            }
        );
        assert_eq!(
            of(&[10, 20]),
            MinutesView {
                count: 2,
                median: Some(15.0),
                p90: Some(19.0)
            }
        );
        assert_eq!(
            of(&[4, 1, 3, 2]),
            MinutesView {
                count: 4,
                median: Some(2.5),
                p90: Some(3.7)
            }
        );
        assert_eq!(
            of(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
            MinutesView {
                count: 11,
                median: Some(6.0),
                p90: Some(10.0)
            }
        );
    }

    proptest! {
        #[test]
        fn quantiles_do_not_depend_on_the_order_and_agree_with_sorting(mut values in proptest::collection::vec(0_i32..5000, 1..60)) {
            let shuffled = of(&values.iter().copied().map(i64::from).collect::<Vec<_>>());
            values.sort_unstable();
            let sorted = |tenths: usize| {
                let rank = tenths * (values.len() - 1);
                let (low, high) = (values[rank / 10], values[rank.div_ceil(10)]);
                f64::from(low * 10 + i32::try_from(rank % 10).unwrap() * (high - low)) / 10.0
            };
            prop_assert!((shuffled.median.unwrap() - sorted(5)).abs() < 1e-9);
            prop_assert!((shuffled.p90.unwrap() - sorted(9)).abs() < 1e-9);
        }
    }
}
