//! Failures of a signing attempt: the recorded outcome and the error for the caller. Neither
//! contains text from the provider, which may quote the signer; only the provider's error number is
//! kept.

use crate::error::{Code, Error};

/// The outcome of a signing attempt.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = SignatureOutcome)]
#[derive(strum::IntoStaticStr, strum::EnumString, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// The letter was signed and stored.
    Signed,
    /// The provider does not accept the signer: certificate, NIK or passphrase.
    Refused,
    /// The provider did not answer in time or is overloaded.
    Unavailable,
    /// The provider sent an unusable response.
    Broken,
    /// The letter was signed, but the step failed: another user was faster, or the database
    /// refused. The signed copy was discarded.
    NotKept,
}

impl Outcome {
    /// The code in the database.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The outcome with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
    }
}

/// A failed attempt.
#[derive(Debug)]
pub struct SigningFailure {
    /// The outcome to record.
    pub outcome: Outcome,
    /// The provider's error number, or the HTTP status; `None` without a response.
    pub number: Option<u16>,
    error: Error,
}

impl SigningFailure {
    /// The provider does not accept the signer.
    pub fn refused(number: Option<u16>, id: &'static str, en: &'static str) -> Self {
        Self {
            outcome: Outcome::Refused,
            number,
            error: Error::new(Code::SignatureRefused).detail(id, en),
        }
    }

    /// The provider does not answer.
    pub fn unavailable(number: Option<u16>) -> Self {
        Self {
            outcome: Outcome::Unavailable,
            number,
            error: Error::new(Code::SigningUnavailable).header("retry-after", "30"),
        }
    }

    /// The provider sent an unusable response; `why` goes to the log and must not quote the
    /// response.
    pub fn broken(number: Option<u16>, why: &'static str) -> Self {
        tracing::warn!(number, why, "the signing service sent an unusable response");
        Self {
            outcome: Outcome::Broken,
            number,
            error: Error::new(Code::SigningFailed),
        }
    }

    /// The attempt failed in the service itself.
    pub fn internal(error: Error) -> Self {
        Self {
            outcome: Outcome::Broken,
            number: None,
            error,
        }
    }

    /// The error for the caller.
    pub fn into_error(self) -> Error {
        self.error
    }
}

#[cfg(test)]
mod tests {
    use strum::VariantArray as _;

    use super::Outcome;

    #[test]
    fn every_outcome_has_its_code() {
        let codes = ["signed", "refused", "unavailable", "broken", "not_kept"];
        for (&outcome, code) in Outcome::VARIANTS.iter().zip(codes) {
            assert_eq!(
                (outcome.code(), Outcome::from_code(code)),
                (code, Some(outcome))
            );
            assert_eq!(serde_json::to_value(outcome).unwrap(), code);
        }
    }
}
