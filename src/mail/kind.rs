//! The kinds of mails. Their texts are in `templates/`, one file per kind and language.

use serde::{Deserialize, Serialize};

use super::token::Purpose;

/// The kind of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(strum::IntoStaticStr, strum::EnumString, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
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
    /// A second factor of the account was enrolled, removed, reset, or bypassed by a recovery code.
    SecondFactorChanged,
    /// Wrong second factors were sent with the right password until no further ones were accepted.
    SecondFactorGuessed,
    /// A registration was tried with the address of an account.
    AccountExists,
}

impl MailKind {
    /// Every kind.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// The code in the database.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The kind with this code, if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        code.parse().ok()
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
            | Self::AccountChanged
            | Self::SecondFactorChanged
            | Self::SecondFactorGuessed
            | Self::AccountExists => None,
        }
    }
}
