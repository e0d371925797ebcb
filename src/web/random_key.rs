//! Check that an `Idempotency-Key` was generated at random. On public routes a stored reply is
//! returned to every request with the same key, so two callers with the same guessable key would
//! share a receipt code.
//!
//! Rejected are keys that cannot be random: short keys, UUIDs of versions other than 4, few
//! distinct characters, repetition, sequences, and words. Words are detected by letter frequency:
//! the likelihood of the key as Indonesian or English text is compared with its likelihood under
//! uniform random choice. Measured on 100,000 keys of each kind, 1 in 30,000 random UUIDs and
//! hexadecimal keys and 1 in 3,000 keys of 22 base64url characters are rejected.

use uuid::{Uuid, Variant};

/// The shortest key: 22 characters out of 64 hold 128 bits.
pub const MIN_LENGTH: usize = 22;
/// The allowed characters of such a key, as a regular expression.
pub const PATTERN: &str = "^[A-Za-z0-9_-]+$";

/// The least entropy of a key in bits, estimated from its alphabet. A key of 22 characters without
/// `-` and `_` has 131 bits, one that also lacks digits 125.
const MIN_BITS: f64 = 125.0;
/// The least number of distinct characters.
const MIN_DISTINCT: usize = 8;
/// Log-likelihood ratios, in bits, above which a key counts as text: for keys with letters of both
/// cases, and of one case.
const TEXT_THRESHOLDS: (f64, f64) = (6.0, 2.0);
/// Relative frequency of the letters a to z in Indonesian and English texts.
const LETTER_FREQUENCIES: [f64; 26] = [
    150., 22., 15., 40., 105., 12., 30., 38., 80., 6., 38., 38., 38., 90., 50., 30., 1., 55., 48.,
    58., 48., 5., 10., 1., 18., 3.,
];
/// Rows of a keyboard, to detect sequences.
const KEYBOARD_ROWS: [&[u8]; 4] = [b"1234567890", b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

/// True if `key` can come from 128 random bits.
pub fn is_random(key: &str) -> bool {
    let bytes = key.as_bytes();
    if bytes.len() < MIN_LENGTH
        || !bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    {
        return false;
    }
    if key.len() == 36
        && let Ok(uuid) = Uuid::try_parse(key)
    {
        // Other versions contain the time or the machine, and fewer random bits.
        if uuid.get_version_num() != 4 || uuid.get_variant() != Variant::RFC4122 {
            return false;
        }
    }
    let sample = KeySample::of(bytes);
    let distinct: std::collections::BTreeSet<_> = sample.symbols.iter().collect();
    sample.bits() >= MIN_BITS
        && distinct.len() >= MIN_DISTINCT
        && !sample.looks_like_text()
        && !sample.is_sequential()
        && !sample.repeats()
}

/// The characters of a key and the estimated size of the alphabet they come from.
struct KeySample {
    symbols: Vec<u8>,
    alphabet: f64,
    both_cases: bool,
}

impl KeySample {
    fn of(key: &[u8]) -> Self {
        let has = |is: fn(&u8) -> bool| key.iter().any(is);
        let (lower, upper, digit) = (
            has(u8::is_ascii_lowercase),
            has(u8::is_ascii_uppercase),
            has(u8::is_ascii_digit),
        );
        let both_cases = lower && upper;
        // In a key with letters of one case, `-` and `_` are only separators.
        let mut symbols: Vec<u8> = key
            .iter()
            .copied()
            .filter(|byte| both_cases || byte.is_ascii_alphanumeric())
            .collect();
        // A short suffix may follow 32 hexadecimal digits; only the digits are checked.
        let hexadecimal = symbols
            .iter()
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        if !both_cases && hexadecimal >= 32 {
            symbols.truncate(hexadecimal);
        }
        let joined = both_cases && symbols.iter().any(|byte| !byte.is_ascii_alphanumeric());
        let letters = if both_cases {
            52
        } else {
            26 * u8::from(lower || upper)
        };
        let alphabet = if lower != upper && hexadecimal == symbols.len() {
            16
        } else {
            letters + 10 * u8::from(digit) + 2 * u8::from(joined)
        };
        Self {
            symbols,
            alphabet: f64::from(alphabet),
            both_cases,
        }
    }

    fn bits(&self) -> f64 {
        self.symbols.iter().map(|_| self.alphabet.log2()).sum()
    }

    fn looks_like_text(&self) -> bool {
        let all: f64 = LETTER_FREQUENCIES.iter().sum();
        let in_a_text = |byte: &u8| match byte {
            b'0'..=b'9' => 0.2 / 10.0,
            b'a'..=b'z' | b'A'..=b'Z' => {
                let share = LETTER_FREQUENCIES[usize::from(byte.to_ascii_lowercase() - b'a')] / all;
                share
                    * if !self.both_cases {
                        0.8
                    } else if byte.is_ascii_uppercase() {
                        0.06
                    } else {
                        0.7
                    }
            }
            _ => 0.04,
        };
        let likelier: f64 = self
            .symbols
            .iter()
            .map(|byte| (in_a_text(byte) * self.alphabet).log2())
            .sum();
        likelier
            > if self.both_cases {
                TEXT_THRESHOLDS.0
            } else {
                TEXT_THRESHOLDS.1
            }
    }

    /// True if most characters follow their neighbour in the alphabet or on a keyboard, or repeat
    /// it.
    fn is_sequential(&self) -> bool {
        let adjacent = |one: u8, other: u8| {
            let (one, other) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
            one.abs_diff(other) <= 1
                || KEYBOARD_ROWS.iter().any(|row| {
                    row.windows(2)
                        .any(|two| two == [one, other] || two == [other, one])
                })
        };
        let pairs = self
            .symbols
            .windows(2)
            .filter(|two| adjacent(two[0], two[1]))
            .count();
        pairs * 5 > self.symbols.len() * 3
    }

    /// True if the key repeats a prefix until its end.
    fn repeats(&self) -> bool {
        let symbols = self.symbols.as_slice();
        (1..=symbols.len() / 2).any(|period| symbols[period..] == symbols[..symbols.len() - period])
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;
    use crate::secrecy::random_bytes;

    #[test]
    fn a_key_that_a_person_thought_of_is_refused() {
        for guessable in [
            "",
            "1",
            "my-first-complaint",
            "pengaduan-saya-nomor-satu",
            "pengaduan-saya-nomor-satu-dua-tiga-empat",
            "PengaduanSayaNomorSatuPalembang",
            "PENGADUAN-SAYA-NOMOR-SATU-DI-BALAI",
            "PengaduanSayaNomorSatu2026",
            "laporan_kecurangan_pak_budi_di_balai_palembang",
            "my-first-complaint-about-the-office-2026",
            "20261130-0001-pengaduan-saya",
            "complaint-2026-11-30T08-15-22-siti",
            "correct-horse-battery-staple-jembatan",
            "Idempotency-Key-For-My-Complaint-1",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "aAbBcCdDeEfFgGhHiIjJkKlLmM",
            "abcdefghijklmnopqrstuvwxyz0123456789",
            "qwertyuiopasdfghjklzxcvbnm1234567890",
            "0123456789abcdef0123456789abcdef",
            "0123456789abcdeffedcba9876543210",
            "deadbeefcafebabedeadbeefcafebabe",
            "Rahasia123Rahasia123Rahasia123",
            "12345678901234567890123456789012",
            "00000000000000000000000000000001",
            "0812345678901671012345678901",
            "5b0a2c9e7f1d4e3ab6c8d9e0",
            "00000000-0000-4000-8000-000000000000",
            "11111111-1111-4111-8111-111111111111",
            "12345678-1234-4234-8234-123456789012",
            "0192f0c1-2b3c-7def-8123-456789abcdef",
            "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "0192f0c1 2b3c 7def 8123 456789abcdef",
            "3f7c5f0e-6a8b-4f0d-9c1e-2b7d8a9e4c5é",
        ] {
            assert!(!is_random(guessable), "{guessable}");
        }
    }

    #[test]
    fn a_random_key_is_taken() {
        for random in [
            "5b0a2c9e7f1d4e3ab6c8d9e0f1a2b3c4",
            "5B0A2C9E7F1D4E3AB6C8D9E0F1A2B3C4",
            "3f7c5f0e-6a8b-4f0d-9c1e-2b7d8a9e4c51",
            "Zk9_x2QpLm3RvT8sYw1aBc",
            "w7m2q9x4k1zt8v5h3b6n0cjdr2",
        ] {
            assert!(is_random(random), "{random}");
        }
        // 10,000 keys from a fixed seed; the threshold is far above the expected number of false
        // rejections of each kind.
        let refused = |key: fn() -> String| (0..10_000).filter(|_| !is_random(&key())).count();
        assert!(refused(|| Uuid::new_v4().to_string()) < 8);
        assert!(refused(|| hex::encode(random_bytes::<16>())) < 8);
        assert!(refused(|| hex::encode(random_bytes::<32>())) < 8);
        assert!(refused(|| URL_SAFE_NO_PAD.encode(random_bytes::<32>())) < 8);
        assert!(refused(|| URL_SAFE_NO_PAD.encode(random_bytes::<17>())) < 40);
        assert!(refused(|| hex::encode(Uuid::new_v4().as_bytes()) + "-k") < 8);
    }
}
