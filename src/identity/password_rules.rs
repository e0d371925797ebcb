//! What a password must be (NIST SP 800-63B): long, and not one of the first that an attacker tries. No rules about which characters it has.

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::error::{Fault, fault};

/// The shortest, in characters.
const SHORTEST: usize = 12;
/// The longest, in characters: a phrase fits, a novel would cost us time.
pub const LONGEST: usize = 200;

/// The commonest with at least 12 characters, and those that this office would choose first. In lower case.
const COMMONEST: [&str; 36] = [
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "passw0rd1234",
    "p@ssw0rd1234",
    "p@ssword1234",
    "katasandi123",
    "katasandi1234",
    "kata sandi 123",
    "rahasia12345",
    "rahasiarahasia",
    "123456789012",
    "1234567890123",
    "12345678901234",
    "123456789123",
    "1234567891011",
    "987654321098",
    "123123123123",
    "123412341234",
    "112233445566",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwerty123456",
    "qwertyuiopasdfghjkl",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "abcdefghijkl",
    "abcd12345678",
    "iloveyou1234",
    "indonesia123",
    "indonesia1945",
    "bismillah123",
    "palembang123",
    "administrator",
    "selamatpagi123",
];

/// A password as somebody typed it. Cannot be shown, copied or written; its memory is wiped.
pub struct Password(Zeroizing<String>);

impl Password {
    /// From text that did not come as JSON.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Its bytes, for the hash.
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether it is too long to be anybody's.
    #[must_use]
    pub fn is_too_long(&self) -> bool {
        self.0.chars().count() > LONGEST
    }

    /// Why it may not become the password of the account `email`, at `pointer`.
    #[must_use]
    pub fn fault_of(&self, email: &str, pointer: &str) -> Option<Fault> {
        let folded = self.0.trim().to_lowercase();
        let email = email.trim().to_lowercase();
        let length = self.0.chars().count();
        if length < SHORTEST {
            Some(fault(pointer, "too_short", "Kata sandi paling sedikit 12 karakter.", "A password has at least 12 characters."))
        } else if length > LONGEST {
            Some(too_long(pointer))
        } else if !email.is_empty() && (folded == email || folded.split('@').next() == email.split('@').next()) {
            Some(fault(pointer, "like_the_email", "Kata sandi tidak boleh sama dengan surel.", "The password must not be the e-mail address."))
        } else if is_common(&folded) {
            Some(fault(pointer, "too_common", "Kata sandi ini terlalu umum dan mudah ditebak.", "This password is too common and is guessed first."))
        } else {
            None
        }
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(secret)")
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::new)
    }
}

/// The fault of a password that is too long to be looked at.
#[must_use]
pub fn too_long(pointer: &str) -> Fault {
    fault(pointer, "too_long", "Kata sandi paling banyak 200 karakter.", "A password has at most 200 characters.")
}

fn is_common(folded: &str) -> bool {
    let mut characters = folded.chars();
    let first = characters.next();
    COMMONEST.contains(&folded) || characters.all(|other| Some(other) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str) -> Option<&'static str> {
        Password::new(password.to_owned()).fault_of("siti.rahayu@contoh.co.id", "/password").map(|fault| fault.code)
    }

    #[test]
    fn length_is_what_counts() {
        assert_eq!(code("abc def ghi"), Some("too_short"));
        assert_eq!(code("abc def ghij"), None);
        assert_eq!(code("kuda benar baterai staples"), None);
        assert_eq!(code(&"ñandú ".repeat(34)), Some("too_long"));
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        assert_eq!(code("Password1234"), Some("too_common"));
        assert_eq!(code("aaaaaaaaaaaaaaaa"), Some("too_common"));
        assert_eq!(code("Siti.Rahayu@Contoh.co.id"), Some("like_the_email"));
    }

    #[test]
    fn the_list_holds_only_what_length_lets_through_and_in_lower_case() {
        assert!(COMMONEST.iter().all(|password| password.chars().count() >= SHORTEST && password.to_lowercase() == *password));
    }

    #[test]
    fn a_password_does_not_show_itself() {
        assert!(!format!("{:?}", Password::new("abc def ghij".to_owned())).contains("abc"));
    }
}
