//! Text that can be set, whatever somebody typed: characters the typeface cannot show become a box, those that are invisible or turn the direction are
//! dropped, and a word too long for a line may be broken. PDF/A would refuse the whole letter for one missing glyph.

use serde_json::Value;

/// What stands for a character that cannot be shown.
const BOX: char = '□';
/// A word longer than this may be broken; what an ordinary line takes, such as a number of a letter or an address of mail, is left as it is.
const LONGEST_WORD: usize = 40;
/// So many characters of a long word stay together.
const TOGETHER: usize = 8;
/// Where a long word may be broken: nothing is seen there.
const BREAK: char = '\u{200b}';

/// `value` with every text in it made printable; `can_show` says which characters the typeface has.
pub(super) fn printable(value: &Value, can_show: &impl Fn(char) -> bool) -> Value {
    match value {
        Value::String(text) => Value::String(line_by_line(text, can_show)),
        Value::Array(items) => items.iter().map(|item| printable(item, can_show)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), printable(member, can_show)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn line_by_line(text: &str, can_show: &impl Fn(char) -> bool) -> String {
    let text = text.replace("\r\n", "\n");
    let shown = text.chars().filter_map(|c| match c {
        '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        c if c.is_whitespace() && c != '\u{a0}' => Some(' '),
        c if is_invisible(c) => None,
        c if can_show(c) => Some(c),
        _ => Some(BOX),
    });
    let shown: Vec<char> = shown.collect();
    // A line may be broken after these without our help.
    let words = shown.split_inclusive(|c| c.is_whitespace() || matches!(c, '/' | '-'));
    words.map(broken_if_long).collect()
}

fn broken_if_long(word: &[char]) -> String {
    if word.len() <= LONGEST_WORD {
        return word.iter().collect();
    }
    let pieces: Vec<String> = word
        .chunks(TOGETHER)
        .map(|piece| piece.iter().collect())
        .collect();
    pieces.join(&BREAK.to_string())
}

/// Control characters, and those that show nothing or turn the direction of what follows.
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
        line_by_line(text, &|c| c.is_ascii() || "é□".contains(c))
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
        assert_eq!(broken.matches(BREAK).count(), 5);
        assert_eq!(broken.replace(BREAK, ""), "x".repeat(41));
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
                prop_assert!(c == '\n' || c == BREAK || c == BOX || c == '\u{a0}' || c.is_ascii_graphic() || c == ' ' || c == 'é', "{:?}", c);
            }
        }
    }
}
