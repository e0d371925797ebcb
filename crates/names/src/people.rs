//! The names and addresses of people, and where a text speaks of them.

mod in_text;

use std::collections::{BTreeSet, HashMap};

use self::in_text::Text;
use crate::fold::{Word, keys, shape, sound};
use crate::near::{NearIndex, is_near};
use crate::posts::fits_mask;
use crate::stream::{Phrases, Stream};
use crate::words::{Kind, is_derived, kinds, stems};

/// Fewest letters of a word that identifies a person.
const MIN_PART: usize = 3;
/// Fewest letters of a name that is found with a wrong letter.
const MIN_NEAR: usize = 6;
/// Most letters of a word that is compared with names letter by letter.
const MAX_NEAR: usize = 40;
/// Fewest letters of two names that are found within a longer word.
const MIN_WITHIN: usize = 8;
/// Addresses that are written together with the name.
const JOINED: [&str; 11] = [
    "pak", "bu", "bpk", "bapak", "ibu", "mas", "mbak", "bang", "kak", "pa", "bp",
];

/// One word of a person's name.
struct Part {
    person: usize,
    /// The name, because a person may have several.
    name: usize,
    key: String,
    kind: Kind,
}

/// One name of a person.
struct Name {
    person: usize,
    /// All words without titles.
    words: Vec<String>,
    initials: String,
}

/// How a word of a text fits a word of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// Another word that looks or sounds alike: counts beside a second word of the name only.
    Doubtful,
    /// A short word that looks or sounds alike: counts after `Pak` and the like.
    Slight,
    /// Differs by a letter.
    Near,
    /// The same word.
    Exact,
}

/// The names of all people, made for looking up the words of a text.
#[derive(Default)]
pub(crate) struct People {
    names: Vec<Name>,
    parts: Vec<Part>,
    exact: HashMap<String, Vec<u32>>,
    near: NearIndex,
    sounds: HashMap<String, Vec<u32>>,
    shapes: HashMap<String, Vec<u32>>,
    consonants: HashMap<String, Vec<u32>>,
    /// Two words of a name together, whole short names, and addresses.
    phrases: Phrases,
    phrase_of: Vec<usize>,
    /// Shortened names that stand in one word: `hgunawan`.
    joined: Phrases,
    joined_of: Vec<usize>,
    /// Two words of a name within a longer word, also from behind.
    within: Phrases,
    within_of: Vec<usize>,
}

type Fits = Vec<(u32, Fit)>;

impl People {
    /// Adds a name of `person`.
    pub fn add_name(&mut self, person: usize, text: &str) {
        let words = words_of_name(text);
        let name = self.names.len();
        let parts: Vec<_> = words
            .iter()
            .filter(|word| word.chars().count() >= MIN_PART && !kinds(word).is(Kind::POST))
            .cloned()
            .collect();
        if parts.is_empty() {
            self.add_phrase(person, &words.concat());
            if let [only] = words.as_slice()
                && only.len() == 2
            {
                self.add_part(person, name, only);
            }
        }
        for part in &parts {
            self.add_part(person, name, part);
        }
        for (i, first) in parts.iter().enumerate() {
            for (_, second) in parts.iter().enumerate().filter(|(j, _)| *j != i) {
                self.add_pair(person, first, second);
            }
        }
        if let [first, .., last] = parts.as_slice() {
            for short in [
                format!("{}{last}", initial(first)),
                format!("{first}{}", initial(last)),
            ] {
                if short.len() + 1 >= MIN_NEAR && self.joined.add(&short).is_some() {
                    self.joined_of.push(person);
                }
            }
        }
        let initials = words.iter().map(|word| initial(word)).collect();
        self.names.push(Name {
            person,
            words,
            initials,
        });
    }

    /// Adds an e-mail address of `person`.
    pub fn add_address(&mut self, person: usize, address: &str) {
        let Some((local, domain)) = address.rsplit_once('@') else {
            return self.add_phrase(person, &keys(address).concat());
        };
        let (name, labels) = (keys(local).concat(), keys(domain));
        for (at, dot) in [
            ("", ""),
            ("at", ""),
            ("at", "dot"),
            ("at", "titik"),
            ("et", "titik"),
            ("et", "dot"),
        ] {
            self.add_phrase(person, &format!("{name}{at}{}", labels.join(dot)));
        }
        let told = keys(local)
            .iter()
            .any(|word| word.len() >= 4 && kinds(word) == Kind::default());
        if name.len() >= MIN_NEAR && told && self.joined.add(&name).is_some() {
            self.joined_of.push(person);
        }
    }

    fn add_phrase(&mut self, person: usize, phrase: &str) {
        if self.phrases.add(phrase).is_some() {
            self.phrase_of.push(person);
        }
    }

    fn add_pair(&mut self, person: usize, first: &str, second: &str) {
        let pair = format!("{first}{second}");
        if pair.len() >= MIN_NEAR {
            self.add_phrase(person, &pair);
        }
        if pair.len() >= MIN_WITHIN {
            let turned: String = pair.chars().rev().collect();
            for pair in [&pair, &turned] {
                if self.within.add(pair).is_some() {
                    self.within_of.push(person);
                }
            }
        }
    }

    fn add_part(&mut self, person: usize, name: usize, key: &str) {
        let Ok(n) = u32::try_from(self.parts.len()) else {
            return;
        };
        let length = key.chars().count();
        self.exact.entry(key.to_owned()).or_default().push(n);
        if length + 2 >= MIN_NEAR {
            self.near.add(key, n);
        }
        if length + 1 >= MIN_NEAR {
            self.shapes.entry(shape(key)).or_default().push(n);
        }
        self.sounds.entry(sound(key)).or_default().push(n);
        if let Some(consonants) = consonants(key).filter(|_| length + 1 >= MIN_NEAR) {
            self.consonants.entry(consonants).or_default().push(n);
        }
        self.parts.push(Part {
            person,
            name,
            key: key.to_owned(),
            kind: kinds(key),
        });
    }

    /// Adds the people whom the text with these words may mean to `found`.
    pub fn find(&self, stream: &Stream<'_>, found: &mut BTreeSet<usize>) {
        stream.find(&self.phrases, |n, _| {
            found.insert(self.phrase_of[n]);
        });
        stream.find(&self.joined, |n, span| {
            if span.first == span.last {
                found.insert(self.joined_of[n]);
            }
        });
        stream.find_within(&self.within, |n, _| {
            found.insert(self.within_of[n]);
        });
        let mut known: HashMap<&str, Fits> = HashMap::new();
        let mut fits = Vec::with_capacity(stream.words.len());
        for word in stream.words {
            fits.push(
                known
                    .entry(&word.key)
                    .or_insert_with(|| self.fits(word))
                    .clone(),
            );
        }
        let text = Text::new(self, stream.words, &fits);
        for at in 0..stream.words.len() {
            text.find_at(at, found);
        }
    }

    /// The people whom a text in a field for a name names beyond doubt: by one word of the name, by
    /// a name of short words, or by an address.
    pub fn named(&self, stream: &Stream<'_>) -> BTreeSet<usize> {
        let mut named = BTreeSet::new();
        stream.find(&self.phrases, |n, _| {
            named.insert(self.phrase_of[n]);
        });
        for word in stream.words {
            for n in self.exact.get(&word.key).into_iter().flatten() {
                named.insert(self.part(*n).person);
            }
        }
        let given: Vec<_> = stream
            .words
            .iter()
            .map(|word| word.key.as_str())
            .filter(|word| !kinds(word).is(Kind::TITLE.or(Kind::ADDRESS)))
            .collect();
        let short = given.iter().all(|word| word.chars().count() < MIN_PART)
            && given.concat().chars().count() >= 2;
        if short {
            let whole = self.names.iter().filter(|name| {
                name.words
                    .windows(given.len())
                    .any(|words| words.iter().zip(&given).all(|(mine, given)| mine == given))
            });
            named.extend(whole.map(|name| name.person));
        }
        named
    }

    /// The people whom a text in a field for a name may mean by a misspelt name or by initials.
    pub fn nearly_named(&self, stream: &Stream<'_>, found: &mut BTreeSet<usize>) {
        for word in stream.words {
            let near = self
                .fits(word)
                .into_iter()
                .filter(|(_, fit)| *fit >= Fit::Slight);
            found.extend(near.map(|(n, _)| self.part(n).person));
        }
        let given: String = stream
            .words
            .iter()
            .map(|word| word.key.as_str())
            .filter(|word| !kinds(word).is(Kind::POLITE))
            .collect();
        if (1..=3).contains(&given.chars().count()) {
            let meant = self.names.iter().filter(|name| {
                name.initials == given || (given.len() == 1 && name.initials.starts_with(&given))
            });
            found.extend(meant.map(|name| name.person));
        }
    }

    fn part(&self, n: u32) -> &Part {
        &self.parts[n as usize]
    }

    /// The words of names that a word of a text fits.
    fn fits(&self, word: &Word) -> Fits {
        let mut fits = Fits::new();
        for key in [Some(&word.key), word.bare.as_ref()].into_iter().flatten() {
            for stem in stems(key) {
                fits.extend(
                    self.exact
                        .get(stem)
                        .into_iter()
                        .flatten()
                        .map(|n| (*n, Fit::Exact)),
                );
            }
        }
        if fits.is_empty() && word.masked {
            let plain = word.key.replace('*', "");
            fits.extend(
                self.exact
                    .get(&plain)
                    .into_iter()
                    .flatten()
                    .map(|n| (*n, Fit::Exact)),
            );
            let masked = (0_u32..)
                .zip(&self.parts)
                .filter(|(_, part)| fits_mask(&word.key, &part.key));
            fits.extend(masked.map(|(n, _)| (n, Fit::Near)));
        }
        if !fits.is_empty() {
            return fits;
        }
        let kind = kinds(&word.key);
        let known = kind != Kind::default() || is_derived(&word.key);
        let name = kind.is(Kind::NAME) && !kind.is(Kind::ORDINARY);
        for key in stems(&word.key) {
            let length = key.chars().count();
            if (MIN_NEAR - 3..=MAX_NEAR).contains(&length) {
                for n in self.near.candidates(key) {
                    let part = self.part(n);
                    let fit = if part.key.chars().count() >= MIN_NEAR {
                        Fit::Near
                    } else {
                        Fit::Slight
                    };
                    if is_near(&part.key, key) {
                        fits.push((n, fit));
                    }
                }
            }
            if length >= MIN_NEAR {
                let turned: String = key.chars().rev().collect();
                let meant = self.exact.get(&turned).into_iter().flatten();
                fits.extend(meant.map(|n| (*n, Fit::Near)));
            }
            let alike = |of: &HashMap<String, Vec<u32>>, form: &str| {
                of.get(form).cloned().unwrap_or_default()
            };
            for n in alike(&self.sounds, &sound(key)) {
                let fit = if length >= MIN_NEAR {
                    Fit::Near
                } else {
                    Fit::Slight
                };
                fits.push((n, fit));
            }
            if length + 1 >= MIN_NEAR {
                fits.extend(
                    alike(&self.shapes, &shape(key))
                        .into_iter()
                        .map(|n| (n, Fit::Near)),
                );
            }
            if length >= 4 && consonants(key).as_deref() == Some(key) {
                fits.extend(
                    alike(&self.consonants, key)
                        .into_iter()
                        .map(|n| (n, Fit::Exact)),
                );
            }
        }
        if known {
            // Another name is another person, unless it sounds the same: Yusup for Yusuf.
            let same = |n: u32| name && sound(&self.part(n).key) == sound(&word.key);
            for (n, fit) in &mut fits {
                if !same(*n) {
                    *fit = Fit::Doubtful;
                }
            }
        }
        fits
    }
}

/// The words of a name without titles and degrees. Degrees follow the comma; so does a first name
/// after a surname.
fn words_of_name(text: &str) -> Vec<String> {
    let plain = |text: &str| -> Vec<String> {
        keys(text)
            .into_iter()
            .filter(|word| word.chars().count() == 1 || !kinds(word).is(Kind::TITLE))
            .filter(|word| {
                ![
                    "pak", "bu", "bapak", "ibu", "bpk", "sdr", "sdri", "saudara", "saudari",
                    "haji", "hajah",
                ]
                .contains(&word.as_str())
            })
            .collect()
    };
    let (before, after) = text.split_once(',').unwrap_or((text, ""));
    let mut words = plain(before);
    if words.len() < 2 {
        let alone = words.is_empty();
        words.extend(
            plain(after)
                .into_iter()
                .filter(|word| alone || word.chars().count() > 3),
        );
    }
    words
}

fn initial(word: &str) -> char {
    word.chars().next().unwrap_or_default()
}

/// A word without its vowels, if four letters are left.
fn consonants(word: &str) -> Option<String> {
    let left: String = word.chars().filter(|c| !"aeiou".contains(*c)).collect();
    (left.len() >= 4).then_some(left)
}
