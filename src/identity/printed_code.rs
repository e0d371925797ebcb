//! Codes that people read from paper and type: random symbols of Crockford's base 32, which has no
//! ambiguous ones, five bits each.

use crate::secrecy::random_bytes;
use crate::text::visible;

/// The alphabet.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A new random code of `length` symbols.
pub(super) fn new_code(length: usize) -> String {
    (0..length)
        .map(|_| {
            let [byte] = random_bytes::<1>();
            char::from(SYMBOLS[usize::from(byte % 32)])
        })
        .collect()
}

/// The code in groups of four, as it is shown.
pub(super) fn grouped(code: &str) -> String {
    let groups: Vec<_> = code
        .as_bytes()
        .chunks(4)
        .map(String::from_utf8_lossy)
        .collect();
    groups.join("-")
}

/// At most `most` symbols of `text` as people type and paste them: lower-case or full-width letters,
/// spaces, hyphens, line breaks and invisible characters are accepted, and `O` for `0`, `I` or `L`
/// for `1`.
pub(super) fn symbols(text: &str, most: usize) -> String {
    let symbols =
        visible(text)
            .filter(char::is_ascii_alphanumeric)
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            });
    symbols.take(most).collect()
}
