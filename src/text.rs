//! Normalisation of text that people type and paste: invisible characters, Unicode forms, and codes
//! with surrounding characters.

use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use unicode_normalization::UnicodeNormalization as _;

/// True for characters without a visible form: Unicode's default-ignorable characters (zero-width
/// spaces, joiners, direction marks, soft hyphens, byte order marks, fillers, tags), control
/// characters, and two characters that are drawn blank.
pub fn is_invisible(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || matches!(c, '\u{2800}' | '\u{1d159}')
}

/// True if `text` contains no visible character.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_empty)
}

/// The stored form of `text`: NFC, without white space and invisible characters at both ends.
/// Characters inside are left to validation.
pub fn tidied(text: &str) -> String {
    let text = text.trim_matches(is_empty);
    if text.is_ascii() {
        text.to_owned()
    } else {
        text.nfc().collect()
    }
}

/// True for characters that a printed line must not contain: invisible characters, direction marks
/// and line separators. Joiners and variation selectors are allowed, because scripts and emoji need
/// them.
pub fn misleads(c: char) -> bool {
    let joins = matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
    (is_invisible(c) && !joins) || matches!(c, '\u{2028}' | '\u{2029}')
}

/// True for exactly `length` ASCII digits.
pub fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The line of another system in `text`, at most `longest` characters of it: without characters that
/// mislead or that the database does not take. None if nothing is left.
pub fn foreign_line(text: &str, longest: usize) -> Option<String> {
    let kept: String = text.chars().filter(|c| !misleads(*c)).collect();
    let line: String = kept.trim().chars().take(longest).collect();
    Some(line.trim_end().to_owned()).filter(|line| !line.is_empty())
}

/// The form of `text` for comparing words: NFKC without invisible characters.
pub fn visible(text: &str) -> impl Iterator<Item = char> {
    text.nfkc()
        .filter(|c| c.is_whitespace() || !is_invisible(*c))
}

/// A pasted code in NFKC, without white space, invisible characters and surrounding punctuation.
pub fn pasted(text: &str) -> String {
    let code: String = visible(text).filter(|c| !c.is_whitespace()).collect();
    let around = |c: char| !c.is_alphanumeric() && c != '-' && c != '_';
    code.trim_matches(around).to_owned()
}

fn is_empty(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_not_kept() {
        for blank in [
            "",
            " ",
            "\u{a0}",
            "\u{200b}",
            "\u{200d}\u{200c}",
            "\u{feff}",
            "\u{ad}",
            "\u{3164}",
            "\u{ffa0}",
            "\u{115f}",
            "\u{2800}",
            "\u{202e}\u{2066}",
            "\u{e0041}",
            "\u{180e}\u{2060}",
            "\u{fe0f}",
            "\t\n\u{85}",
        ] {
            assert!(is_blank(blank), "{blank:?}");
            assert_eq!(tidied(blank), "", "{blank:?}");
        }
        assert_eq!(
            tidied("\u{feff} Budi\u{a0}Santoso\u{200f} "),
            "Budi\u{a0}Santoso"
        );
        assert_eq!(tidied("Rene\u{301}"), "Ren\u{e9}");
        assert_eq!(tidied("\u{202a}+62 811\u{202c}"), "+62 811");
        assert_eq!(tidied("satu\n\tdua"), "satu\n\tdua");
        for inside in [
            "a\u{202e}b",
            "a\u{200b}b",
            "a\u{ad}b",
            "a\u{2028}b",
            "a\u{feff}b",
        ] {
            assert!(
                tidied(inside) == inside && inside.chars().any(misleads),
                "{inside:?}"
            );
        }
        assert!(!"Kopi\u{2122}\u{fe0f} Musi".chars().any(misleads));
        assert!(!is_blank("x") && !is_blank("-"));
    }

    #[test]
    fn a_code_is_read_however_it_was_pasted() {
        for pasted_as in [
            "\u{feff}Ab-9_x",
            " Ab-9_x.",
            "\u{201c}Ab-9_x\u{201d},",
            "A\u{ad}b-9_\u{200b}x",
            "\u{ff21}b-\u{ff19}_x",
            "(A b -\u{a0}9 _x)",
            "<Ab-9_x>",
        ] {
            assert_eq!(pasted(pasted_as), "Ab-9_x", "{pasted_as:?}");
        }
    }

    proptest! {
        #[test]
        fn tidying_twice_changes_nothing_more(text in "\\PC{0,20}[\u{200b}\u{200d}\u{301}\u{fe0f} a]{0,6}") {
            let once = tidied(&text);
            prop_assert_eq!(tidied(&once), once.clone());
            prop_assert_eq!(once.is_empty(), is_blank(&text));
        }
    }
}
