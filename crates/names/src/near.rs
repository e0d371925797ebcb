//! Words that differ by one letter: one more, one less, another, or two neighbours exchanged.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Whether two words differ by at most one letter.
pub(crate) fn is_near(one: &str, other: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    match b.len() - a.len() {
        0 => {
            let rest = (&a[same..], &b[same..]);
            rest.0.len() < 2
                || rest.0[1..] == rest.1[1..]
                || (rest.0[0] == rest.1[1] && rest.0[1] == rest.1[0] && rest.0[2..] == rest.1[2..])
        }
        1 => a[same..] == b[same + 1..],
        _ => false,
    }
}

/// Finds the words of a list that are near to a word, without a comparison with each: words that
/// differ by one letter have a form in common from which one letter is taken.
#[derive(Default)]
pub(crate) struct NearIndex {
    forms: HashMap<u64, Vec<u32>>,
}

impl NearIndex {
    /// Adds the word with number `n`.
    pub fn add(&mut self, word: &str, n: u32) {
        forms(word, |form| {
            let known = self.forms.entry(form).or_default();
            if known.last() != Some(&n) {
                known.push(n);
            }
        });
    }

    /// The numbers of the words that may be near to `word`; the caller compares.
    pub fn candidates(&self, word: &str) -> Vec<u32> {
        let mut found = Vec::new();
        forms(word, |form| {
            found.extend(self.forms.get(&form).into_iter().flatten());
        });
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The forms of a word: itself, and itself without one of its letters.
fn forms(word: &str, mut with: impl FnMut(u64)) {
    let hash = |parts: [&str; 2]| {
        let mut hasher = DefaultHasher::new();
        for part in parts {
            hasher.write(part.as_bytes());
        }
        // Ends the word.
        u8::MAX.hash(&mut hasher);
        hasher.finish()
    };
    with(hash([word, ""]));
    for (at, c) in word.char_indices() {
        with(hash([&word[..at], &word[at + c.len_utf8()..]]));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_letter_more_less_other_or_exchanged_is_near() {
        for near in [
            "puspita", "puspit", "puspitta", "pusbita", "upspita", "puspiat", "xpuspita",
            "puspitax",
        ] {
            assert!(is_near("puspita", near), "{near}");
        }
        for far in ["puspi", "pusbida", "pupsiat", "", "puspitaxx"] {
            assert!(!is_near("puspita", far), "{far}");
        }
    }

    proptest! {
        #[test]
        fn the_index_finds_each_near_word(word in "[a-dé]{3,8}", other in "[a-dé]{3,8}") {
            let mut index = NearIndex::default();
            index.add(&word, 7);
            prop_assert!(!is_near(&word, &other) || index.candidates(&other) == [7]);
        }
    }
}
