//! What a mail is about. The words of each kind stand in `templates/`, one file for each language.

use serde::{Deserialize, Serialize};

use super::token::Purpose;

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// How to choose a new password.
    PasswordReset,
    /// The password was changed.
    PasswordChanged,
    /// How to prove that mail arrives here.
    EmailVerification,
    /// A key for a program was made with the rights of the account.
    IntegrationCreated,
    /// Something waits in the service desk.
    Notification,
    /// How to take up an account that an administrator made.
    Invitation,
    /// An account whose roles two administrators give was changed, or is to be.
    AccountChanged,
}

impl MailKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::PasswordReset,
        Self::PasswordChanged,
        Self::EmailVerification,
        Self::IntegrationCreated,
        Self::Notification,
        Self::Invitation,
        Self::AccountChanged,
    ];

    /// The code kept in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::PasswordReset => "password_reset",
            Self::PasswordChanged => "password_changed",
            Self::EmailVerification => "email_verification",
            Self::IntegrationCreated => "integration_created",
            Self::Notification => "notification",
            Self::Invitation => "invitation",
            Self::AccountChanged => "account_changed",
        }
    }

    /// The kind with this code, if there is one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What the token in it is for, when it carries one.
    #[must_use]
    pub fn purpose(self) -> Option<Purpose> {
        match self {
            Self::PasswordReset => Some(Purpose::PasswordReset),
            Self::EmailVerification => Some(Purpose::EmailVerification),
            Self::Invitation => Some(Purpose::Invitation),
            Self::PasswordChanged
            | Self::IntegrationCreated
            | Self::Notification
            | Self::AccountChanged => None,
        }
    }
}
