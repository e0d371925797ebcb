//! One-time tokens in mails. A token is derived from the id of its mail with a key outside the
//! database: sending the mail again gives the same token, and the database contains only digests.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::secrecy::{MasterKey, SealingKey, sha256};
use crate::text::visible;

/// The purpose of a token. A token is valid only for its purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Purpose {
    /// Choosing a new password.
    PasswordReset,
    /// Verifying an address.
    EmailVerification,
    /// Activating an account.
    Invitation,
}

impl Purpose {
    /// The code in the database.
    pub fn code(self) -> &'static str {
        self.into()
    }
}

/// Derives tokens. Cheap to clone.
#[derive(Debug, Clone)]
pub struct MailTokens(SealingKey);

impl MailTokens {
    /// Derives the key from the master key.
    pub fn new(master: &MasterKey) -> Self {
        Self(master.derive("mail-token/v1"))
    }

    /// The token of a mail: 256 bits that cannot be guessed without the key.
    pub fn token(&self, mail: Uuid, purpose: Purpose) -> String {
        URL_SAFE_NO_PAD.encode(
            self.0
                .tag(&[purpose.code().as_bytes(), b"|", mail.as_bytes()].concat()),
        )
    }

    /// The digest of a mail's token, for storage.
    pub fn digest(&self, mail: Uuid, purpose: Purpose) -> [u8; 32] {
        Self::digest_of(&self.token(mail, purpose))
    }

    /// The digest of a received token. Characters that tokens do not contain, such as a pasted
    /// space, full stop or zero-width space, are ignored.
    pub fn digest_of(token: &str) -> [u8; 32] {
        let token: String = visible(token)
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            .collect();
        sha256(token.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_one_mail_one_purpose_and_one_key() {
        let (tokens, mail) = (MailTokens::new(&MasterKey::random()), Uuid::new_v4());
        let token = tokens.token(mail, Purpose::PasswordReset);
        assert_eq!(token.len(), 43, "256 bits");
        assert_eq!(token, tokens.token(mail, Purpose::PasswordReset));
        assert_ne!(token, tokens.token(mail, Purpose::EmailVerification));
        assert_ne!(token, tokens.token(Uuid::new_v4(), Purpose::PasswordReset));
        assert_ne!(
            token,
            MailTokens::new(&MasterKey::random()).token(mail, Purpose::PasswordReset)
        );
        for pasted in [
            token.clone(),
            format!(" {token}.\n"),
            format!("\u{feff}{token}\u{200b}"),
        ] {
            assert_eq!(
                tokens.digest(mail, Purpose::PasswordReset),
                MailTokens::digest_of(&pasted)
            );
        }
    }
}
