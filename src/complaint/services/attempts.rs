//! Limit of failed passphrase attempts of custodians, counted in memory per account, so that an
//! attack on one account does not lock out the deputy.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::error::{Code, Error, Result};
use crate::ids::UserId;

/// Failures of one account within `WINDOW`.
const MAX_FAILURES: usize = 10;
/// Time for which a failure counts.
const WINDOW: TimeDelta = TimeDelta::minutes(15);

/// The counters. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct PassphraseAttempts(Arc<Mutex<HashMap<UserId, Vec<DateTime<Utc>>>>>);

impl PassphraseAttempts {
    /// Records an attempt before the passphrase is checked, so that parallel attempts all count. It
    /// counts as a failure until `refund`.
    ///
    /// # Errors
    /// `too_many_requests` with `Retry-After`; the attempt is not counted then.
    pub fn record_attempt(&self, user: UserId, now: DateTime<Utc>) -> Result<()> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, made| {
            made.retain(|at| *at + WINDOW > now);
            !made.is_empty()
        });
        let made = all.entry(user).or_default();
        if let Some(oldest) = made.first().filter(|_| made.len() >= MAX_FAILURES) {
            let wait = (*oldest + WINDOW - now).num_seconds() + 1;
            return Err(Error::new(Code::TooManyRequests).header("retry-after", wait.to_string()));
        }
        made.push(now);
        Ok(())
    }

    /// Removes the attempt made at `at`, because the passphrase was right or was not checked.
    pub fn refund(&self, user: UserId, at: DateTime<Utc>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = all.get_mut(&user)
            && let Some(place) = made.iter().position(|one| *one == at)
        {
            made.remove(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_failures_in_a_quarter_of_an_hour_are_the_limit_of_one_account_and_no_other() {
        let (attempts, start): (_, DateTime<Utc>) = (
            PassphraseAttempts::default(),
            "2026-07-06T01:00:00Z".parse().unwrap(),
        );
        let [guesser, deputy] = [1, 2].map(|n| UserId(uuid::Uuid::from_u128(n)));
        for minute in 0..10 {
            attempts
                .record_attempt(guesser, start + TimeDelta::minutes(minute))
                .unwrap();
        }
        let Err(Error::Refused(refused)) = attempts
            .clone()
            .record_attempt(guesser, start + TimeDelta::minutes(10))
        else {
            panic!("the 11th was let through")
        };
        assert_eq!(
            (refused.code, refused.headers),
            (
                Code::TooManyRequests,
                vec![("retry-after", "301".to_owned())]
            )
        );
        attempts
            .record_attempt(deputy, start + TimeDelta::minutes(10))
            .unwrap();
        attempts
            .record_attempt(guesser, start + TimeDelta::minutes(15))
            .unwrap();
        assert!(
            attempts
                .record_attempt(guesser, start + TimeDelta::minutes(15))
                .is_err(),
            "one was forgotten, not all"
        );
    }

    #[test]
    fn a_right_passphrase_is_no_failure() {
        let (attempts, now) = (
            PassphraseAttempts::default(),
            "2026-07-06T01:00:00Z".parse().unwrap(),
        );
        let user = UserId(uuid::Uuid::from_u128(1));
        for _ in 0..100 {
            attempts.record_attempt(user, now).unwrap();
            attempts.refund(user, now);
        }
    }
}
