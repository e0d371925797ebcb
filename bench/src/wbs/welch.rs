//! Whether two kinds of request take different times: Welch's t over the samples, and over them without the slowest tenth, which are mostly the machine's.

/// Beyond this, either way, two kinds can be told apart (the usual bound of leakage tests).
pub const THRESHOLD: f64 = 4.5;

/// Times of one kind of request, in microseconds.
pub struct Sample {
    pub name: &'static str,
    pub micros: Vec<f64>,
}

/// What was found of two kinds.
pub struct Found {
    /// Over all.
    pub whole: f64,
    /// Without the slowest tenth of both together.
    pub cropped: f64,
    /// How much slower the first was on average, cropped, in microseconds.
    pub apart: f64,
    /// From how many microseconds on such a difference would have been seen.
    pub seen_from: f64,
}

impl Found {
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
        let seen_from = THRESHOLD * error(&left, &right);
        Self {
            whole: t(&one.micros, &other.micros),
            cropped: t(&left, &right),
            apart: moments(&left).0 - moments(&right).0,
            seen_from,
        }
    }

    pub fn can_be_told(&self) -> bool {
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
fn t(one: &[f64], other: &[f64]) -> f64 {
    (moments(one).0 - moments(other).0) / error(one, other)
}

/// The standard error of the difference of the means.
fn error(one: &[f64], other: &[f64]) -> f64 {
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
