//! The signature of reported payments: Standard Webhooks 1.0, HMAC-SHA-256 over id, time and the
//! raw body.

use chrono::{DateTime, TimeDelta, Utc};
use subtle::ConstantTimeEq as _;

use crate::secrecy::{SealingKey, webhook_signature};

/// The longest difference between the time of a report and the clock.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// The key that the payment office signs its reports with.
#[derive(Clone, Debug)]
pub struct CallbackKey(SealingKey);

impl CallbackKey {
    /// The key of a shared secret.
    pub fn new(secret: SealingKey) -> Self {
        Self(secret)
    }

    /// True if one of `signatures` (separated by spaces) is that of `body` at `timestamp`, and
    /// `timestamp` is within five minutes of `now`.
    pub fn verifies(
        &self,
        (id, timestamp, signatures): (&str, &str, &str),
        body: &[u8],
        now: DateTime<Utc>,
    ) -> bool {
        let at = timestamp
            .parse()
            .ok()
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        let Some(at) = at.filter(|at| (now - *at).abs() <= TOLERANCE) else {
            return false;
        };
        let wanted = webhook_signature(&self.0, id, at.timestamp(), body);
        signatures
            .split(' ')
            .any(|given| given.as_bytes().ct_eq(wanted.as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrecy::MasterKey;

    #[test]
    fn a_report_is_signed_whole_and_recently() {
        let secret = MasterKey::random().derive("x");
        let key = CallbackKey::new(secret.clone());
        let now = DateTime::from_timestamp(1_783_299_600, 0).unwrap();
        let signature = webhook_signature(&secret, "msg_1", 1_783_299_600, b"[]");
        let given = ("msg_1", "1783299600", signature.as_str());
        assert!(key.verifies(given, b"[]", now));
        assert!(key.verifies(
            ("msg_1", "1783299600", &format!("v1,x {signature}")),
            b"[]",
            now
        ));
        assert!(key.verifies(given, b"[]", now + TOLERANCE));
        assert!(!key.verifies(given, b"[]", now + TOLERANCE + TimeDelta::seconds(1)));
        assert!(!key.verifies(given, b"[] ", now));
        assert!(!key.verifies(("msg_2", given.1, given.2), b"[]", now));
        assert!(!key.verifies(("msg_1", "x", given.2), b"[]", now));
        assert!(!key.verifies(("msg_1", given.1, ""), b"[]", now));
        let other = CallbackKey::new(MasterKey::random().derive("x"));
        assert!(!other.verifies(given, b"[]", now));
    }
}
