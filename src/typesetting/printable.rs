//! Makes user input printable: replaces characters without a glyph by a box, drops invisible and
//! bidirectional control characters, and allows breaks in words longer than a line. PDF/A rejects
//! the whole letter if one glyph is missing.

use serde_json::Value;

/// Replaces a character that has no glyph.
const REPLACEMENT: char = '□';
/// Words longer than this may be broken. Ordinary words fit within a line and are never broken, nor
/// are letter numbers and e-mail addresses.
const LONGEST_WORD: usize = 40;
/// Number of characters of a long word between two break opportunities.
const PIECE_LENGTH: usize = 8;
/// An invisible break opportunity (zero-width space).
const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// Makes every string in `value` printable. `can_show` tells whether the fonts have a glyph.
pub(super) fn printable(value: &Value, can_show: &impl Fn(char) -> bool) -> Value {
    match value {
        Value::String(text) => Value::String(printable_text(text, can_show)),
        Value::Array(items) => items.iter().map(|item| printable(item, can_show)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), printable(member, can_show)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn printable_text(text: &str, can_show: &impl Fn(char) -> bool) -> String {
    let text = text.replace("\r\n", "\n");
    let shown = text.chars().filter_map(|c| match c {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        c if c.is_whitespace() && c != '\u{a0}' => Some(' '),
        c if is_invisible(c) => None,
        c if can_show(c) => Some(c),
        _ => Some(REPLACEMENT),
    });
    let shown: Vec<char> = shown.collect();
    // A line may already be broken after these characters.
    let words = shown.split_inclusive(|c| c.is_whitespace() || matches!(c, '/' | '-'));
    words.map(breakable_if_long).collect()
}

fn breakable_if_long(word: &[char]) -> String {
    if word.len() <= LONGEST_WORD {
        return word.iter().collect();
    }
    let pieces: Vec<String> = word
        .chunks(PIECE_LENGTH)
        .map(|piece| piece.iter().collect())
        .collect();
    pieces.join(&ZERO_WIDTH_SPACE.to_string())
}

/// True for control characters, invisible characters and bidirectional controls.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn of(text: &str) -> String {
        printable_text(text, &|c| c.is_ascii() || "é□".contains(c))
    }

    #[test]
    fn what_cannot_be_shown_becomes_a_box_and_what_shows_nothing_is_dropped() {
        assert_eq!(of("Café 🙂 مرحبا"), "Café □ □□□□□");
        assert_eq!(of("a\u{202e}b\u{200b}c\u{0}d\u{fe0f}"), "abcd");
        assert_eq!(of("a\r\nb\u{2028}c\td"), "a\nb\nc d");
    }

    #[test]
    fn a_long_word_may_be_broken_and_an_ordinary_one_may_not() {
        for ordinary in [
            "pertanggungjawaban",
            "B/42/BSKJI/BSPJI-Palembang/PA/VII/2026",
            "https://layanan.example.go.id/api/v1/public/letters/7K3F9QX2M8VW4B1N",
        ] {
            assert_eq!(of(ordinary), ordinary);
        }
        let broken = of(&"x".repeat(41));
        assert_eq!(broken.matches(ZERO_WIDTH_SPACE).count(), 5);
        assert_eq!(broken.replace(ZERO_WIDTH_SPACE, ""), "x".repeat(41));
    }

    #[test]
    fn names_of_fields_are_left_as_they_are() {
        assert_eq!(
            printable(&json!({"ë": ["🙂", 1, null]}), &|c| c.is_ascii()),
            json!({"ë": ["□", 1, null]})
        );
    }

    proptest! {
        #[test]
        fn nothing_is_left_that_the_typeface_cannot_show(text in any::<String>()) {
            for c in of(&text).chars() {
                prop_assert!(c == '\n' || c == ZERO_WIDTH_SPACE || c == REPLACEMENT || c == '\u{a0}' || c.is_ascii_graphic() || c == ' ' || c == 'é', "{:?}", c);
            }
        }
    }
}
