//! Scopes of integration keys. A scope covers the read operations with its OpenAPI tag, so new
//! operations belong to a scope by their tag.

use serde::{Deserialize, Serialize};

/// A group of operations that a key may read. No scope covers writing, complaints, identities or
/// accounts.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
pub enum Scope {
    /// Applications with their rounds, sheets and timeline (permohonan).
    #[serde(rename = "applications:read")]
    Applications,
    /// Their documents (dokumen).
    #[serde(rename = "documents:read")]
    Documents,
    /// Audit notices (surat pemberitahuan audit).
    #[serde(rename = "audit_notices:read")]
    AuditNotices,
    /// Billings and payments (tagihan).
    #[serde(rename = "billings:read")]
    Billings,
    /// The list of auditors (auditor).
    #[serde(rename = "auditors:read")]
    Auditors,
    /// Working hours and days off (kalender kerja).
    #[serde(rename = "calendars:read")]
    Calendars,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 6] = [
        Self::Applications,
        Self::Documents,
        Self::AuditNotices,
        Self::Billings,
        Self::Auditors,
        Self::Calendars,
    ];

    /// The code in JSON and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Applications => "applications:read",
            Self::Documents => "documents:read",
            Self::AuditNotices => "audit_notices:read",
            Self::Billings => "billings:read",
            Self::Auditors => "auditors:read",
            Self::Calendars => "calendars:read",
        }
    }

    /// The scope with this code, if there is one.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.code() == code)
    }

    /// The tag of its operations.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Applications => "certification",
            Self::Documents => "documents",
            Self::AuditNotices => "audit notice",
            Self::Billings => "e-billing",
            Self::Auditors => "auditors",
            Self::Calendars => "calendars",
        }
    }

    /// The scope of the operations with this tag, if they are open to keys.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.tag() == tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_has_one_code_and_one_tag() {
        for scope in Scope::ALL {
            assert_eq!(
                (Scope::from_code(scope.code()), Scope::of_tag(scope.tag())),
                (Some(scope), Some(scope))
            );
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.code());
        }
        assert_eq!(
            (
                Scope::of_tag("complaints"),
                Scope::of_tag("identity"),
                Scope::of_tag("desk")
            ),
            (None, None, None)
        );
    }
}
