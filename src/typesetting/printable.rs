//! Text that can be set, whatever somebody typed: characters the typeface cannot show become a box, those that are invisible or turn the direction are
//! dropped, and a word too long for a line may be broken. PDF/A would refuse the whole letter for one missing glyph.

use serde_json::Value;

/// What stands for a character that cannot be shown.
const BOX: char = '□';
/// A word longer than this may be broken anywhere.
const LONGEST_WORD: usize = 24;
/// Where a long word may be broken: nothing is seen there.
const BREAK: char = '\u{200b}';

/// `value` with every text in it made printable; `can_show` says which characters the typeface has.
pub(super) fn printable(value: &Value, can_show: &impl Fn(char) -> bool) -> Value {
    match value {
        Value::String(text) => Value::String(line_by_line(text, can_show)),
        Value::Array(items) => items.iter().map(|item| printable(item, can_show)).collect(),
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), printable(member, can_show))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn line_by_line(text: &str, can_show: &impl Fn(char) -> bool) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut in_a_row = 0;
    let text = text.replace("\r\n", "\n");
    for c in text.chars() {
        let c = match c {
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
            c if c.is_whitespace() && c != '\u{a0}' => ' ',
            c if is_invisible(c) => continue,
            c if can_show(c) => c,
            _ => BOX,
        };
        in_a_row = if c.is_whitespace() { 0 } else { in_a_row + 1 };
        if in_a_row > LONGEST_WORD {
            shown.push(BREAK);
        }
        shown.push(c);
    }
    shown
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
        assert_eq!(of("pertanggungjawaban"), "pertanggungjawaban");
        let broken = of(&"x".repeat(40));
        assert_eq!(broken.matches(BREAK).count(), 16);
        assert_eq!(broken.replace(BREAK, ""), "x".repeat(40));
    }

    #[test]
    fn names_of_fields_are_left_as_they_are() {
        assert_eq!(printable(&json!({"ë": ["🙂", 1, null]}), &|c| c.is_ascii()), json!({"ë": ["□", 1, null]}));
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
