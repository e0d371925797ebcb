//! Reasons for ending a session before it expires.

/// Reason for ending a session before it expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationReason {
    /// The user signed out.
    Logout,
    /// The password was changed.
    PasswordChange,
    /// The password was reset by mail.
    PasswordReset,
    /// The account was deactivated.
    Deactivation,
    /// A refresh token was used twice.
    Reuse,
}

impl RevocationReason {
    /// The code in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::PasswordChange => "password_change",
            Self::PasswordReset => "password_reset",
            Self::Deactivation => "deactivation",
            Self::Reuse => "refresh_token_reuse",
        }
    }
}
