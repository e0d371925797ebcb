//! Who may ask for an operation, as its security says: everybody, a reporter with the token of their session, or somebody who is signed in.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::SecurityRequirement;

use crate::web::confidential::is_below_complaints;

/// The security scheme of the staff and the customers.
pub(super) const BEARER: &str = "bearer";
/// The security scheme of keys for programs, beside that of their owners.
pub(super) const INTEGRATION: &str = "integration";
/// The security scheme of reporters.
pub(super) const REPORTER: &str = "reporter";

/// The public pages of letters.
const LETTERS: &str = "/api/v1/public/letters";

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Whoever comes: `security(())`.
    Everybody,
    /// Whoever has the token of a reporter's session: `security(("reporter" = []))`.
    Reporter,
    /// Whoever is signed in: what says nothing else.
    SignedIn,
}

impl Access {
    /// Who may ask for `operation`. Anything but the two declarations above leaves it closed.
    pub(super) fn of(operation: &Operation) -> Self {
        match operation.security.as_deref() {
            Some([]) => Self::Everybody,
            Some([only]) if *only == SecurityRequirement::default() => Self::Everybody,
            Some([only]) if *only == requirement(REPORTER) => Self::Reporter,
            Some(_) | None => Self::SignedIn,
        }
    }

    /// As the document writes it.
    pub(super) fn security(self) -> Vec<SecurityRequirement> {
        match self {
            Self::Everybody => Vec::new(),
            Self::Reporter => vec![requirement(REPORTER)],
            Self::SignedIn => vec![requirement(BEARER)],
        }
    }

    /// Whether an exchange at `path` is confidential: a reporter's, or one that may become a reporter's.
    pub(super) fn is_confidential(self, path: &str) -> bool {
        match self {
            // Who looks up a letter may be a reporter who got an answer.
            Self::Everybody => is_below_complaints(path) || path.starts_with(LETTERS),
            Self::Reporter => true,
            Self::SignedIn => false,
        }
    }
}

/// As the document writes the scheme `name`.
pub(super) fn requirement(scheme: &str) -> SecurityRequirement {
    SecurityRequirement::new(scheme, Vec::<String>::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declaring(security: Option<Vec<SecurityRequirement>>) -> Access {
        let mut operation = Operation::new();
        operation.security = security;
        Access::of(&operation)
    }

    #[test]
    fn only_the_two_declarations_leave_an_operation_without_a_signed_in_person() {
        assert_eq!(declaring(None), Access::SignedIn);
        assert_eq!(
            declaring(Some(vec![SecurityRequirement::default()])),
            Access::Everybody
        );
        assert_eq!(
            declaring(Some(vec![requirement("reporter")])),
            Access::Reporter
        );
        assert_eq!(
            declaring(Some(vec![requirement("bearer")])),
            Access::SignedIn
        );
        assert_eq!(
            declaring(Some(vec![requirement("reporter"), requirement("bearer")])),
            Access::SignedIn
        );
        assert_eq!(
            declaring(Some(vec![requirement("made up")])),
            Access::SignedIn
        );
        for access in [Access::Everybody, Access::Reporter, Access::SignedIn] {
            assert_eq!(
                declaring(Some(access.security())),
                access,
                "what is written is read again"
            );
        }
    }

    #[test]
    fn what_reporters_may_ask_is_confidential() {
        assert!(Access::Everybody.is_confidential("/api/v1/complaints/sessions"));
        assert!(Access::Reporter.is_confidential("/api/v1/complaints/mine"));
        assert!(!Access::Everybody.is_confidential("/api/v1/sops"));
        assert!(!Access::SignedIn.is_confidential("/api/v1/complaints/{id}"));
    }
}
