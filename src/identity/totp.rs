//! Codes of authenticator apps (TOTP, RFC 6238): six digits for each half minute, computed with
//! SHA-1, which is what every app supports. A code is also accepted in the half minute before and
//! after its own; the caller makes sure that no time step is accepted twice.

use chrono::{DateTime, Utc};
use totp_rs::{Algorithm, Builder, Totp};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::secrecy::random_bytes;

/// Length of a secret in bytes: that of the hash (RFC 4226, section 4).
const SECRET_BYTES: usize = 20;
/// Half minutes before and after the present one that are accepted as well.
const SKEW: u16 = 1;
/// Length of a time step in seconds.
const STEP: u64 = 30;

/// A new secret.
pub(super) fn new_secret() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(random_bytes::<SECRET_BYTES>().to_vec())
}

/// The secret for typing (base 32), and the address for the QR code that an app scans.
pub(super) fn presentation(secret: &[u8], account: &str, issuer: &str) -> Result<(String, String)> {
    // The format separates issuer and account by a colon.
    let app = builder(secret)
        .with_account_name(account.replace(':', " "))
        .with_issuer(Some(issuer.replace(':', " ")))
        .build()
        .map_err(|error| Error::internal(error.to_string()))?;
    let uri = app
        .to_url()
        .map_err(|error| Error::internal(error.to_string()))?;
    Ok((app.secret().to_base32(), uri))
}

/// The time step whose code `code` is, if it is one of those accepted at `now`.
pub(super) fn matching_step(secret: &[u8], code: &str, now: DateTime<Utc>) -> Option<i64> {
    let app: Totp = builder(secret).build().ok()?;
    let step = app.check(code, u64::try_from(now.timestamp()).ok()?)?;
    i64::try_from(step).ok()
}

fn builder(secret: &[u8]) -> Builder {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(SKEW)
        .with_step_duration(STEP)
        .with_secret(secret.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, shortened to six digits.
    const SECRET: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_standard_and_live_for_a_minute_and_a_half() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(
                matching_step(SECRET, code, at(seconds)),
                Some(seconds / 30),
                "{code}"
            );
        }
        let accepted = |seconds| matching_step(SECRET, "287082", at(seconds)).is_some();
        assert!(accepted(0) && accepted(30) && accepted(89));
        assert!(!accepted(90));
        for wrong in ["", "28708", "2870820", "28708a", "287083"] {
            assert_eq!(matching_step(SECRET, wrong, at(59)), None, "{wrong}");
        }
    }

    #[test]
    fn an_app_is_given_the_account_and_the_issuer() {
        let (secret, uri) = presentation(SECRET, "siti@contoh.id", "Balai: Palembang").unwrap();
        assert_eq!(secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(uri.starts_with("otpauth://totp/"), "{uri}");
        assert!(uri.contains(&secret), "{uri}");
    }
}
