//! The access class of an operation, according to its declared security: public, reporters with the
//! token of their session, or signed-in users.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::SecurityRequirement;

use crate::web::confidential::is_complaint_path;

/// The security scheme of staff and customers.
pub(super) const BEARER: &str = "bearer";
/// The security scheme of integration keys, an alternative to the scheme of their owners.
pub(super) const INTEGRATION: &str = "integration";
/// The security scheme of reporters.
pub(super) const REPORTER: &str = "reporter";

/// The path of the public letter pages.
const LETTERS: &str = "/api/v1/public/letters";

/// The access class of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Public: `security(())`.
    Public,
    /// Requires the token of a reporter's session: `security(("reporter" = []))`.
    Reporter,
    /// Requires a signed-in user: every other declaration, and none.
    SignedIn,
}

impl Access {
    /// The access class of `operation`. Anything but the two declarations above requires a
    /// signed-in user.
    pub(super) fn of(operation: &Operation) -> Self {
        match operation.security.as_deref() {
            Some([]) => Self::Public,
            Some([only]) if *only == SecurityRequirement::default() => Self::Public,
            Some([only]) if *only == requirement(REPORTER) => Self::Reporter,
            Some(_) | None => Self::SignedIn,
        }
    }

    /// The `security` of the document.
    pub(super) fn security(self) -> Vec<SecurityRequirement> {
        match self {
            Self::Public => Vec::new(),
            Self::Reporter => vec![requirement(REPORTER)],
            Self::SignedIn => vec![requirement(BEARER)],
        }
    }

    /// True if requests at `path` are confidential: a reporter's, or public ones that a reporter
    /// may send.
    pub(super) fn is_confidential(self, path: &str) -> bool {
        match self {
            // A reporter may look up the letter that answers the complaint.
            Self::Public => is_complaint_path(path) || path.starts_with(LETTERS),
            Self::Reporter => true,
            Self::SignedIn => false,
        }
    }
}

/// The security requirement of a scheme.
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
            Access::Public
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
        for access in [Access::Public, Access::Reporter, Access::SignedIn] {
            assert_eq!(
                declaring(Some(access.security())),
                access,
                "what is written is read again"
            );
        }
    }

    #[test]
    fn what_reporters_may_ask_is_confidential() {
        assert!(Access::Public.is_confidential("/api/v1/complaints/sessions"));
        assert!(Access::Reporter.is_confidential("/api/v1/complaints/mine"));
        assert!(!Access::Public.is_confidential("/api/v1/sops"));
        assert!(!Access::SignedIn.is_confidential("/api/v1/complaints/{id}"));
    }
}
