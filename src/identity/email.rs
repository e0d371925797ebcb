//! Syntax, stored form and comparison of e-mail addresses. Deliverability is not checked here.

use lettre::Address;

use crate::error::{FieldError, fault};
use crate::text::tidied;

/// Maximum length (RFC 5321).
const LONGEST: usize = 254;

/// Validates `email` at `pointer`. Only ASCII is accepted, so that Rust and PostgreSQL agree on
/// lower case.
pub fn field_error(email: &str, pointer: &str) -> Option<FieldError> {
    (!is_email(email)).then(|| {
        fault(
            pointer,
            "not_an_email",
            "Bukan alamat surel yang sah.",
            "Not a valid e-mail address.",
        )
    })
}

/// True for a deliverable address: a dot-atom, a domain of at least two labels (RFC 5321), and
/// accepted by the mail library.
pub fn is_email(email: &str) -> bool {
    let Some((local, domain)) = email.rsplit_once('@') else {
        return false;
    };
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_of_atom =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let is_atom = |atom: &str| !atom.is_empty() && atom.bytes().all(is_of_atom);
    let top = domain.rsplit_once('.').map(|(_, top)| top);
    email.len() <= LONGEST
        && local.len() <= 64
        && local.split('.').all(is_atom)
        && domain.split('.').all(is_label)
        && top.is_some_and(|top| top.bytes().any(|byte| byte.is_ascii_alphabetic()))
        && email.parse::<Address>().is_ok()
}

/// The stored form: trimmed, with the domain in lower case.
pub fn stored_form(email: &str) -> String {
    let email = tidied(email);
    match email.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_ascii_lowercase()),
        None => email,
    }
}

/// The form for comparing addresses: trimmed, in lower case.
pub fn comparison_form(email: &str) -> String {
    tidied(email).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_local_part_and_a_domain() {
        for good in ["siti@contoh.co.id", "a.b+c@sub.contoh.id"] {
            assert_eq!(field_error(good, "/email"), None, "{good}");
        }
        for good in [
            "o'brien@contoh.id",
            "a@b.id",
            "123@456.id",
            &format!("{}@contoh.id", "x".repeat(64)),
        ] {
            assert_eq!(field_error(good, "/email"), None, "{good}");
        }
        for bad in [
            "a..b@contoh.id",
            ".a@contoh.id",
            "a.@contoh.id",
            ".@contoh.id",
            "a@contoh..id",
            "a@.contoh.id",
            "a@contoh.id.",
            "a@contoh.1",
            "a@127.0.0.1",
            "a@[127.0.0.1]",
            "\"a b\"@contoh.id",
            "a\u{200b}b@contoh.id",
            "ab@con\u{ad}toh.id",
            "\u{feff}ab@contoh.id",
            "ab@contoh.id\u{200f}",
            "\u{200b}@contoh.id",
            "a b@contoh.id",
            "a@con toh.id",
            "Siti <a@contoh.id>",
            "a@contoh.id,b@contoh.id",
            "a(b)@contoh.id",
            "ａ@contoh.id",
            "a@contoh。id",
            "a@contoh.id\0",
            &format!("{}@contoh.id", "x".repeat(65)),
            &format!("a@{}.id", "x".repeat(64)),
            &format!("a@{}id", "abcdefgh.".repeat(40)),
        ] {
            assert!(field_error(bad, "/email").is_some(), "{bad}");
        }
        for bad in [
            "",
            "siti",
            "@contoh.id",
            "siti@contoh",
            "siti @contoh.id",
            "siti@-contoh.id",
            "sïti@contoh.id",
            "a@b@c.id",
            "a\n@b.id",
        ] {
            assert!(field_error(bad, "/email").is_some(), "{bad}");
        }
    }

    #[test]
    fn case_makes_no_difference() {
        assert_eq!(
            comparison_form(" Siti@Contoh.CO.id "),
            comparison_form("siti@contoh.co.id")
        );
        assert_eq!(
            comparison_form("\u{feff}Siti@Contoh.CO.id\u{a0}\u{200b}"),
            "siti@contoh.co.id"
        );
        assert_eq!(
            stored_form("\u{200e} Siti.Rahayu@Contoh.CO.id"),
            "Siti.Rahayu@contoh.co.id"
        );
    }
}
