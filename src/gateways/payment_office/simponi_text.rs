//! Texts within the limits of SIMPONI: 50 characters for the payer's name, 200 for the note, and no
//! special characters such as apostrophe, hyphen and slash (design: certification 2.2).

use unicode_normalization::UnicodeNormalization as _;

/// The longest name of a payer.
pub const PAYER: usize = 50;
/// The longest note.
pub const NOTE: usize = 200;

/// `text` as SIMPONI takes it, at most `longest` characters. Accents are dropped, an apostrophe
/// disappears, every other special character becomes a space.
pub fn simponi_text(text: &str, longest: usize) -> String {
    let mut kept = String::new();
    for c in text.nfkd() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | ',' | '&' | '(' | ')' => kept.push(c),
            // Apostrophes, and the accents that the decomposition parts from their letters.
            '\'' | '`' | '\u{2018}' | '\u{2019}' | '\u{02bc}' | '\u{300}'..='\u{36f}' => {}
            _ if kept.is_empty() || kept.ends_with(' ') => {}
            _ => kept.push(' '),
        }
    }
    // All characters are ASCII by now.
    kept.truncate(longest);
    let kept = kept.trim_end();
    if kept.chars().any(|c| c.is_ascii_alphanumeric()) {
        kept.to_owned()
    } else {
        // A name in another script leaves nothing; the office completes it at SIMPONI.
        "WAJIB BAYAR".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_stay_readable() {
        for (name, sent) in [
            ("PT Tirta Musi Sejahtera", "PT Tirta Musi Sejahtera"),
            ("CV Ma'ruf & Anak-anak", "CV Maruf & Anak anak"),
            (
                "PT Sawit/Karet  (Persero), Tbk.",
                "PT Sawit Karet (Persero), Tbk.",
            ),
            ("PT Café – Jambi", "PT Cafe Jambi"),
            ("شركة", "WAJIB BAYAR"),
            ("...", "WAJIB BAYAR"),
        ] {
            assert_eq!(simponi_text(name, PAYER), sent);
        }
    }

    proptest! {
        #[test]
        fn any_text_fits(text in "\\PC{0,300}", longest in prop::sample::select(vec![PAYER, NOTE])) {
            let sent = simponi_text(&text, longest);
            prop_assert!((1..=longest).contains(&sent.chars().count()));
            prop_assert!(sent.chars().all(|c| c.is_ascii_alphanumeric() || " .,&()".contains(c)), "{}", sent);
            prop_assert_eq!(sent.trim(), &sent);
            prop_assert!(!sent.contains("  "));
            prop_assert_eq!(simponi_text(&sent, longest), sent, "what fits stays");
        }
    }
}
