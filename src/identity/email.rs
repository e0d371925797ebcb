//! E-mail addresses as names of accounts: what one looks like and when two are the same. Whether mail arrives there is not known here.

use crate::error::{Fault, fault};

/// The longest address (RFC 5321).
const LONGEST: usize = 254;

/// The fault of `email` at `pointer`, if it has one. Only ASCII is taken, so that Rust and PostgreSQL agree on lower case.
#[must_use]
pub fn fault_of(email: &str, pointer: &str) -> Option<Fault> {
    (!looks_right(email)).then(|| fault(pointer, "not_an_email", "Bukan alamat surel yang sah.", "Not a valid e-mail address."))
}

/// The form in which two addresses are compared.
#[must_use]
pub fn folded(email: &str) -> String {
    email.trim().to_ascii_lowercase()
}

fn looks_right(email: &str) -> bool {
    let Some((local, domain)) = email.rsplit_once('@') else { return false };
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_local = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&byte);
    email.len() <= LONGEST
        && !local.is_empty()
        && local.len() <= 64
        && local.bytes().all(is_local)
        && domain.contains('.')
        && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_local_part_and_a_domain() {
        for good in ["siti@contoh.co.id", "a.b+c@sub.contoh.id"] {
            assert_eq!(fault_of(good, "/email"), None, "{good}");
        }
        for bad in ["", "siti", "@contoh.id", "siti@contoh", "siti @contoh.id", "siti@-contoh.id", "sïti@contoh.id", "a@b@c.id", "a\n@b.id"] {
            assert!(fault_of(bad, "/email").is_some(), "{bad}");
        }
    }

    #[test]
    fn case_makes_no_difference() {
        assert_eq!(folded(" Siti@Contoh.CO.id "), folded("siti@contoh.co.id"));
    }
}
