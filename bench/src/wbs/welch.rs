//! Whether two kinds of request take different times: Welch's t over all samples, and over the
//! samples without the slowest tenth, which are mostly noise of the machine.

/// Two kinds can be told apart when the absolute t is above this limit (the usual limit of leakage
/// tests).
pub const THRESHOLD: f64 = 4.5;

/// Times of one kind of request, in microseconds.
pub struct Sample {
    pub name: &'static str,
    pub micros: Vec<f64>,
}

/// The comparison of two kinds.
pub struct Comparison {
    /// t over all samples.
    pub whole: f64,
    /// t without the slowest tenth of both together.
    pub cropped: f64,
    /// The mean of the first minus the mean of the second, cropped, in microseconds.
    pub mean_difference: f64,
    /// The smallest difference that the test would have detected, in microseconds.
    pub detectable_from: f64,
}

impl Comparison {
    pub fn of(one: &Sample, other: &Sample) -> Self {
        let mut all = [one.micros.as_slice(), &other.micros].concat();
        all.sort_by(f64::total_cmp);
        let limit = all.get(all.len() * 9 / 10).copied().unwrap_or(f64::MAX);
        let below = |sample: &Sample| {
            sample
                .micros
                .iter()
                .copied()
                .filter(|micros| *micros <= limit)
                .collect::<Vec<_>>()
        };
        let (left, right) = (below(one), below(other));
        let detectable_from = THRESHOLD * standard_error(&left, &right);
        Self {
            whole: welch_t(&one.micros, &other.micros),
            cropped: welch_t(&left, &right),
            mean_difference: moments(&left).0 - moments(&right).0,
            detectable_from,
        }
    }

    pub fn are_distinguishable(&self) -> bool {
        self.whole.abs() > THRESHOLD || self.cropped.abs() > THRESHOLD
    }
}

impl Sample {
    pub fn median(&self) -> f64 {
        crate::report::median(self.micros.clone())
    }

    pub fn mean(&self) -> f64 {
        moments(&self.micros).0
    }
}

/// Welch's t.
fn welch_t(one: &[f64], other: &[f64]) -> f64 {
    (moments(one).0 - moments(other).0) / standard_error(one, other)
}

/// The standard error of the difference of the means.
fn standard_error(one: &[f64], other: &[f64]) -> f64 {
    let ((_, v, n), (_, w, k)) = (moments(one), moments(other));
    (v / n + w / k).sqrt()
}

/// Mean, variance, number.
#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark")]
fn moments(values: &[f64]) -> (f64, f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (
        mean,
        values
            .iter()
            .map(|value| (value - mean).powi(2))
            .sum::<f64>()
            / (n - 1.0),
        n,
    )
}
