//! Why a letter was not signed: what is recorded of the attempt, and what the caller is told. Neither holds a word the provider said, which may quote the
//! signer; only its number.

use crate::error::{Code, Error};

/// How an attempt to have a letter signed ended.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = SignatureOutcome)]
pub enum Outcome {
    /// Signed, and the letter stored.
    Signed,
    /// The provider does not accept the signer: certificate, NIK or passphrase.
    Refused,
    /// The provider did not answer in time, or is overloaded.
    Unavailable,
    /// The provider answered something that cannot be used.
    Broken,
    /// Signed, but the step was not carried out: somebody was faster, or the database refused. The signed copy was thrown away.
    NotKept,
}

impl Outcome {
    /// Every outcome with the code kept in the database.
    const CODES: [(Self, &'static str); 5] = [
        (Self::Signed, "signed"),
        (Self::Refused, "refused"),
        (Self::Unavailable, "unavailable"),
        (Self::Broken, "broken"),
        (Self::NotKept, "not_kept"),
    ];

    /// The code kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::CODES[self as usize].1
    }

    /// The outcome with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::CODES
            .iter()
            .find(|(_, known)| *known == code)
            .map(|(outcome, _)| *outcome)
    }
}

/// Why it was not signed.
#[derive(Debug)]
pub struct Failure {
    /// How the attempt ended.
    pub outcome: Outcome,
    /// The provider's own number for it, or the HTTP status; none when it did not answer.
    pub number: Option<u16>,
    error: Error,
}

impl Failure {
    /// The provider does not accept the signer.
    #[must_use]
    pub fn refused(number: Option<u16>, id: &'static str, en: &'static str) -> Self {
        Self {
            outcome: Outcome::Refused,
            number,
            error: Error::new(Code::SignatureRefused).detail(id, en),
        }
    }

    /// The provider does not answer.
    #[must_use]
    pub fn unavailable(number: Option<u16>) -> Self {
        Self {
            outcome: Outcome::Unavailable,
            number,
            error: Error::new(Code::SigningUnavailable).header("retry-after", "30"),
        }
    }

    /// The provider answers what cannot be used; `why` goes to the log and must quote nothing.
    #[must_use]
    pub fn broken(number: Option<u16>, why: &'static str) -> Self {
        tracing::warn!(
            number,
            why,
            "the signing service answered what cannot be used"
        );
        Self {
            outcome: Outcome::Broken,
            number,
            error: Error::new(Code::SigningFailed),
        }
    }

    /// Something of ours failed.
    #[must_use]
    pub fn of_our_own(error: Error) -> Self {
        Self {
            outcome: Outcome::Broken,
            number: None,
            error,
        }
    }

    /// What the caller is told.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.error
    }
}

#[cfg(test)]
mod tests {
    use super::Outcome;

    #[test]
    fn every_outcome_has_its_code() {
        for (outcome, code) in Outcome::CODES {
            assert_eq!(
                (outcome.code(), Outcome::from_code(code)),
                (code, Some(outcome))
            );
            assert_eq!(serde_json::to_value(outcome).unwrap(), code);
        }
    }
}
