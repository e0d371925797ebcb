//! The kinds of mails. Their texts are in `templates/`, one file per kind and language.

use serde::{Deserialize, Serialize};

use super::token::Purpose;

/// The kind of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// Link for choosing a new password.
    PasswordReset,
    /// The password was changed.
    PasswordChanged,
    /// Link for verifying the address.
    EmailVerification,
    /// An integration key with the rights of the account was created.
    IntegrationCreated,
    /// New notifications in the service desk.
    Notification,
    /// Invitation to activate an account that an administrator created.
    Invitation,
    /// An account with roles that two administrators give was changed, or a change was proposed.
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

    /// The code in the database.
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
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The purpose of its token, if it contains one.
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
