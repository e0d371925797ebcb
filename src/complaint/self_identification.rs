//! Search for the reporter's identity in the complaint's own text: numbers with any separators
//! between their digits, names in any spacing, and each longer word of a name. Text and identity
//! are in memory together only here.

use crate::complaint::identity::{Identity, IdentityField};

/// Shortest text that may identify a person, in characters.
const MIN_WORD_CHARS: usize = 4;
/// Shortest number that may identify a person, in digits.
const MIN_DIGITS: usize = 7;

/// Whether `text` contains a field of `identity`.
pub fn contains_identity(text: &str, identity: &Identity) -> bool {
    let (words, numbers) = (words(text), numbers(text));
    IdentityField::ALL.into_iter().any(|field| {
        identity.get(field).is_some_and(|given| match field {
            IdentityField::Nik | IdentityField::Phone => contains_number(&numbers, given),
            IdentityField::Name => self::words(given)
                .iter()
                .any(|word| word.chars().count() >= MIN_WORD_CHARS && words.contains(word)),
            IdentityField::Email | IdentityField::Address | IdentityField::Relation => {
                let given = self::words(given);
                given.concat().chars().count() >= MIN_WORD_CHARS
                    && words.windows(given.len()).any(|window| window == given)
            }
        })
    })
}

/// The words of a text in lower case, without punctuation.
fn words(text: &str) -> Vec<String> {
    let parts = text
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .filter(|part| !part.is_empty());
    parts
        .map(|part| part.replace(['\'', '’'], "").to_lowercase())
        .collect()
}

/// The numbers of a text, without the separators that people write between digits.
fn numbers(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| {
        !c.is_ascii_digit() && !matches!(c, ' ' | '-' | '.' | '(' | ')' | '+' | '/')
    });
    parts
        .map(digits)
        .filter(|number| number.len() >= MIN_DIGITS)
        .collect()
}

fn contains_number(numbers: &[String], given: &str) -> bool {
    let given = digits(given);
    // Prefixes before the subscriber number differ: 0812…, 62 812…
    let core = given
        .strip_prefix("62")
        .or_else(|| given.strip_prefix('0'))
        .unwrap_or(&given);
    core.len() >= MIN_DIGITS && numbers.iter().any(|number| number.contains(core))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tells(account: &str, identity: serde_json::Value) -> bool {
        contains_identity(account, &serde_json::from_value(identity).unwrap())
    }

    #[test]
    fn a_number_is_known_in_every_spelling() {
        for (written, given) in [
            ("Hubungi 0812-3456-7890.", "081234567890"),
            ("Hubungi 081234567890 saja", "0812-3456-7890"),
            ("Hubungi +62 812-3456-7890", "081234567890"),
            ("Hubungi (0812) 3456 7890", "+62 812 3456 7890"),
        ] {
            assert!(tells(written, json!({"phone": given})), "{written}");
        }
        assert!(tells(
            "NIK saya 1671 0142 0390 0001",
            json!({"nik": "1671014203900001"})
        ));
        assert!(!tells(
            "Biayanya 1.500.000 pada 2026-07-06",
            json!({"phone": "081234567890", "nik": "1671014203900001"})
        ));
    }

    #[test]
    fn a_name_is_known_by_each_of_its_longer_words() {
        for written in [
            "Saya Siti  Rahmawati",
            "saya siti\nrahmawati",
            "Bu RAHMAWATI melihatnya",
            "kata Siti",
        ] {
            assert!(
                tells(written, json!({"name": "Siti Rahmawati"})),
                "{written}"
            );
        }
        assert!(tells("Maruf yang melapor", json!({"name": "Ahmad Ma'ruf"})));
        assert!(!tells(
            "Petugas loket meminta uang",
            json!({"name": "Ng Li"})
        ));
    }

    #[test]
    fn an_address_is_known_as_a_whole() {
        assert!(tells(
            "Rumah saya Jl. Merdeka No 5, Palembang",
            json!({"address": "Jl Merdeka No. 5 Palembang"})
        ));
        assert!(!tells(
            "Di Jalan Merdeka",
            json!({"address": "Jl. Merdeka No. 5, Palembang"})
        ));
    }
}
