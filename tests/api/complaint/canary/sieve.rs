//! Canaries, words that occur nowhere else, and a scanner that finds them in bytes in every
//! spelling.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use service_desk::secrecy::random_bytes;

/// The scanner first compares this many bytes. Every spelling is longer.
const HEAD: usize = 8;
/// Bits of the table of hashes that says whether the first bytes may begin a spelling.
const BITS: u32 = 18;

/// The canaries of a run: their names and their texts.
#[derive(Default)]
pub struct Canaries(Vec<(&'static str, Vec<u8>)>);

impl Canaries {
    /// A random word for `kind`, in letters of both cases.
    pub fn word(&mut self, kind: &'static str) -> String {
        let letters = |byte: u8| char::from(if byte & 32 == 0 { b'A' } else { b'a' } + byte % 26);
        let word: String = random_bytes::<16>().into_iter().map(letters).collect();
        self.keep(kind, &word)
    }

    /// `N` random digits.
    pub fn digits<const N: usize>(&mut self, kind: &'static str) -> String {
        let digits: String = random_bytes::<N>()
            .into_iter()
            .map(|byte| char::from(b'0' + byte % 10))
            .collect();
        self.keep(kind, &digits)
    }

    /// Adds a text that is secret by itself: a code, a token.
    pub fn keep(&mut self, kind: &'static str, text: &str) -> String {
        self.0.push((kind, text.as_bytes().to_vec()));
        text.to_owned()
    }

    /// The same for bytes.
    pub fn keep_bytes(&mut self, kind: &'static str, bytes: &[u8]) {
        self.0.push((kind, bytes.to_vec()));
    }

    /// A scanner for all canaries.
    pub fn sieve(&self) -> Sieve {
        Sieve::new(&self.0)
    }
}

struct Pattern {
    kind: &'static str,
    spelling: &'static str,
    bytes: Vec<u8>,
}

/// Finds every spelling of every canary in one pass.
pub struct Sieve {
    patterns: Vec<Pattern>,
    by_head: HashMap<u64, Vec<usize>>,
    worth_a_look: Vec<bool>,
}

impl Sieve {
    fn new(canaries: &[(&'static str, Vec<u8>)]) -> Self {
        let mut sieve = Self {
            patterns: Vec::new(),
            by_head: HashMap::new(),
            worth_a_look: vec![false; 1 << BITS],
        };
        for (kind, text) in canaries {
            for (spelling, bytes) in spellings(text) {
                let head = bytes
                    .iter()
                    .take(HEAD)
                    .fold(0, |head: u64, byte| head << 8 | u64::from(*byte));
                assert!(
                    bytes.len() >= HEAD,
                    "{kind} is too short a word to be told from chance as {spelling}"
                );
                sieve.worth_a_look[slot(head)] = true;
                sieve
                    .by_head
                    .entry(head)
                    .or_default()
                    .push(sieve.patterns.len());
                sieve.patterns.push(Pattern {
                    kind,
                    spelling,
                    bytes,
                });
            }
        }
        sieve
    }

    /// The canaries in `bytes`, with the spelling of each.
    pub fn spelled(&self, bytes: &[u8]) -> BTreeSet<(&'static str, &'static str)> {
        let (mut found, mut head) = (BTreeSet::new(), 0_u64);
        for (i, byte) in bytes.iter().enumerate() {
            head = head << 8 | u64::from(*byte);
            if self.worth_a_look[slot(head)] && i + 1 >= HEAD {
                let rest = &bytes[i + 1 - HEAD..];
                let alike = self
                    .by_head
                    .get(&head)
                    .into_iter()
                    .flatten()
                    .map(|at| &self.patterns[*at]);
                found.extend(
                    alike
                        .filter(|pattern| rest.starts_with(&pattern.bytes))
                        .map(|pattern| (pattern.kind, pattern.spelling)),
                );
            }
        }
        found
    }

    /// The canaries in `bytes`.
    pub fn kinds(&self, bytes: &[u8]) -> BTreeSet<&'static str> {
        self.spelled(bytes)
            .into_iter()
            .map(|(kind, _)| kind)
            .collect()
    }
}

fn slot(head: u64) -> usize {
    usize::try_from(head.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - BITS)).unwrap()
}

/// Every spelling that a copy of `text` could have.
fn spellings(text: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut all = vec![
        ("as it is", text.to_vec()),
        ("hex", hex::encode(text).into_bytes()),
        ("HEX", hex::encode_upper(text).into_bytes()),
    ];
    for shift in 0..3 {
        all.push(("base64", in_the_midst(text, shift, &STANDARD_NO_PAD)));
        all.push(("base64url", in_the_midst(text, shift, &URL_SAFE_NO_PAD)));
    }
    if let Ok(text) = std::str::from_utf8(text) {
        let both = [
            text.encode_utf16().collect::<Vec<_>>(),
            text.to_lowercase().encode_utf16().collect(),
        ];
        all.extend(both.iter().map(|units| {
            (
                "UTF-16LE",
                units.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
            )
        }));
        all.extend(both.iter().map(|units| {
            (
                "UTF-16BE",
                units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
            )
        }));
        all.push(("lower case", text.to_lowercase().into_bytes()));
        all.push(("UPPER CASE", text.to_uppercase().into_bytes()));
        all.push(("in a URL", in_a_url(text, "%20").into_bytes()));
        all.push(("in a form", in_a_url(text, "+").into_bytes()));
    }
    let mut seen = BTreeSet::new();
    all.retain(|(_, bytes)| seen.insert(bytes.clone()));
    all
}

/// The base64 symbols that depend on `text` alone when `shift` bytes of other content come before
/// it.
fn in_the_midst(text: &[u8], shift: usize, engine: &impl base64::Engine) -> Vec<u8> {
    let symbols = engine.encode([&b"???"[..shift], text].concat());
    symbols.as_bytes()[(shift * 8).div_ceil(6)..(shift + text.len()) * 8 / 6].to_vec()
}

fn in_a_url(text: &str, blank: &str) -> String {
    text.bytes().fold(String::new(), |mut url, byte| {
        match byte {
            b' ' => url.push_str(blank),
            byte if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) => {
                url.push(char::from(byte));
            }
            byte => write!(url, "%{byte:02X}").unwrap(),
        }
        url
    })
}

#[test]
fn the_sieve_finds_every_spelling_and_nothing_else() {
    let mut cage = Canaries::default();
    let word = format!("Jl. {} No. 5", cage.word("other"));
    cage.keep("address", &word);
    let sieve = cage.sieve();
    let wide = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect::<Vec<_>>()
    };
    let hidden: [(&str, Vec<u8>); 8] = [
        ("as it is", format!("x{word}y").into_bytes()),
        ("lower case", word.to_lowercase().into_bytes()),
        (
            "base64",
            STANDARD_NO_PAD.encode(format!("1{word}2")).into_bytes(),
        ),
        (
            "base64",
            STANDARD_NO_PAD.encode(format!("12{word}")).into_bytes(),
        ),
        ("hex", hex::encode(format!("ab{word}")).into_bytes()),
        (
            "in a form",
            format!("q={}", word.replace(' ', "+")).into_bytes(),
        ),
        (
            "in a URL",
            format!("q={}", word.replace(' ', "%20")).into_bytes(),
        ),
        ("UTF-16BE", wide(&word)),
    ];
    for (spelling, bytes) in hidden {
        assert!(
            sieve.spelled(&bytes).contains(&("address", spelling)),
            "{spelling}"
        );
    }
    assert!(
        sieve
            .kinds(&word.as_bytes()[..word.len() - 1])
            .iter()
            .all(|kind| *kind == "other")
    );
    assert_eq!(sieve.kinds(&random_bytes::<4096>()), BTreeSet::new());
}
