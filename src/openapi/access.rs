//! The access class of an operation, according to its declared security: public, reporters with the
//! token of their session, or signed-in users.

use utoipa::openapi::path::Operation;
use utoipa::openapi::security::SecurityRequirement;

use crate::web::operations::Access;

/// The security scheme of staff and customers.
pub(super) const BEARER: &str = "bearer";
/// The security scheme of integration keys, an alternative to the scheme of their owners.
pub(super) const INTEGRATION: &str = "integration";
/// The security scheme of reporters.
pub(super) const REPORTER: &str = "reporter";

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
}
