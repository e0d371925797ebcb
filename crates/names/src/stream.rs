//! A text without the gaps between its words, to find what is written together, apart, or broken.

use std::collections::HashMap;

use crate::fold::{Gap, Word, squeezed};

/// Endings of Indonesian words in their squeezed form.
const ENDINGS: [&str; 9] = ["nya", "iah", "kah", "pun", "ku", "mu", "nyo", "nye", "s"];

/// The letters of a text in one run.
pub(crate) struct Stream<'a> {
    pub words: &'a [Word],
    letters: String,
    /// Where each word begins, and the end of the last.
    starts: Vec<usize>,
}

/// A find: its first and its last word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub first: usize,
    pub last: usize,
}

impl<'a> Stream<'a> {
    pub fn new(words: &'a [Word]) -> Self {
        let (mut letters, mut starts) = (String::new(), Vec::with_capacity(words.len() + 1));
        for word in words {
            starts.push(letters.len());
            letters.push_str(&squeezed(&word.key));
        }
        starts.push(letters.len());
        Self {
            words,
            letters,
            starts,
        }
    }

    /// Calls `with` for each phrase of `phrases` that stands from the beginning of a word to the end
    /// of one, perhaps with an ending.
    pub fn find(&self, phrases: &Phrases, mut with: impl FnMut(usize, Span)) {
        for (first, start) in self.starts[..self.words.len()].iter().enumerate() {
            let rest = &self.letters[*start..];
            for n in phrases.candidates(rest) {
                let phrase = &phrases.texts[n];
                if rest.starts_with(phrase) {
                    let end = start + phrase.len();
                    let last = self.word_before(end);
                    let ending = &self.letters[end..self.starts[last + 1]];
                    if ending.is_empty()
                        || ENDINGS.contains(&ending)
                        || ending.bytes().all(|b| b.is_ascii_digit())
                    {
                        with(n, Span { first, last });
                    }
                }
            }
        }
    }

    /// Calls `with` for each phrase that stands anywhere, also within words.
    pub fn find_within(&self, phrases: &Phrases, mut with: impl FnMut(usize, Span)) {
        for (start, _) in self.letters.char_indices() {
            let rest = &self.letters[start..];
            for n in phrases.candidates(rest) {
                if rest.starts_with(&phrases.texts[n]) {
                    let first = self.word_before(start + 1);
                    let last = self.word_before(start + phrases.texts[n].len());
                    with(n, Span { first, last });
                }
            }
        }
    }

    /// Whether no space stands within a span.
    pub fn is_tight(&self, span: Span) -> bool {
        self.words[span.first..=span.last]
            .iter()
            .skip(1)
            .all(|word| word.gap == Gap::Tight)
    }

    /// The word that holds the letter before `end`.
    fn word_before(&self, end: usize) -> usize {
        self.starts.partition_point(|start| *start < end) - 1
    }
}

/// Phrases in their squeezed form, found by their first letters.
#[derive(Default)]
pub(crate) struct Phrases {
    texts: Vec<String>,
    by_start: HashMap<[u8; 3], Vec<usize>>,
}

impl Phrases {
    /// Adds a phrase of at least three letters and returns its number; none when it is shorter.
    pub fn add(&mut self, phrase: &str) -> Option<usize> {
        let phrase: String = squeezed(phrase).split_whitespace().collect();
        let start = *phrase.as_bytes().first_chunk()?;
        let n = self.texts.len();
        self.by_start.entry(start).or_default().push(n);
        self.texts.push(phrase);
        Some(n)
    }

    fn candidates(&self, rest: &str) -> impl Iterator<Item = usize> {
        rest.as_bytes()
            .first_chunk()
            .and_then(|start| self.by_start.get(start))
            .into_iter()
            .flatten()
            .copied()
    }
}
