//! A text as words that can be compared: in lower case, without marks, in one script, with digits
//! that stand for letters read as letters.

use crate::decode::decoded;
use crate::letters::{Seen, has_two_readings, seen};

/// Separator before a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gap {
    /// A sign without a space, or the hyphen of a broken line: the two may be one word.
    Tight,
    /// A space.
    Space,
    /// A line break.
    Line,
    /// A comma, a bracket or another sign with a space.
    Comma,
    /// The end of a sentence, or the beginning of the text.
    Stop,
}

/// A word of a text.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    /// Its letters, with the digits between them read as letters.
    pub key: String,
    /// Its letters without the digits around them, where that differs.
    pub bare: Option<String>,
    /// Starts with a capital in a sentence in which most words do not.
    pub capital: bool,
    /// Separator before this word.
    pub gap: Gap,
    /// Has a `*` in the place of letters.
    pub masked: bool,
    /// Has letters of another script than Latin, which a reader takes for Latin ones, or signs
    /// between its letters.
    pub disguised: bool,
}

/// Farthest sign to which a sign between letters looks, in characters.
const FARTHEST: usize = 64;

/// Letters that are written upside down and look like no other.
const TURNED: &str = "ɐǝɹʇʌʎɥɟɔʞᴉ";

/// The letter that `c` is upside down.
fn turned(c: char) -> char {
    match c {
        'd' => 'p',
        'p' => 'd',
        'n' => 'u',
        'u' => 'n',
        'b' => 'q',
        'q' => 'b',
        'ɯ' | 'w' => 'm',
        'ʍ' | 'm' => 'w',
        c => c,
    }
}

impl Word {
    /// Whether it is the first word of a sentence or a line.
    pub fn is_first(&self) -> bool {
        matches!(self.gap, Gap::Stop | Gap::Line)
    }
}

/// The words of a text, in the ways in which they may be read.
pub(crate) fn readings(text: &str) -> Vec<Vec<Word>> {
    let chars = decoded(text);
    let mut readings = Vec::new();
    let mut add = |words: Vec<Word>| {
        if words.iter().any(|word| word.masked) {
            readings.push(unmasked(&words));
        }
        if let Some(merged) = merged(&words) {
            readings.push(merged);
        }
        readings.push(words);
    };
    add(split(&chars, false));
    let two = |c: char| has_two_readings(c) || matches!(c, '+' | '!' | '|' | '@');
    if chars.iter().any(|c| two(*c)) {
        add(split(&chars, true));
    }
    if chars.contains(&'\u{202e}') {
        add(split(&overridden(&chars), false));
    }
    if chars
        .iter()
        .any(|c| matches!(c, '\u{202d}' | '\u{202e}' | '\u{2066}'..='\u{2068}'))
    {
        let turned: Vec<char> = chars.iter().rev().copied().collect();
        add(split(&turned, false));
    }
    if chars.iter().any(|c| TURNED.contains(*c)) {
        let turned: Vec<char> = chars.iter().rev().map(|c| turned(*c)).collect();
        add(split(&turned, false));
    }
    readings
}

/// The words of a short text in its plain reading, without their places.
pub(crate) fn keys(text: &str) -> Vec<String> {
    split(&decoded(text), false)
        .into_iter()
        .map(|word| word.key)
        .collect()
}

#[derive(Default)]
struct Run {
    letters: String,
    capital: bool,
    starred: bool,
    disguised: bool,
}

/// The characters as a program shows them that obeys U+202E: from there to the end of the override
/// or of the line they stand from right to left.
fn overridden(chars: &[char]) -> Vec<char> {
    let mut shown = Vec::with_capacity(chars.len());
    for (n, part) in chars.split(|c| *c == '\u{202e}').enumerate() {
        let ends = |c: &char| matches!(c, '\u{202c}' | '\u{2069}' | '\n' | '\u{2029}');
        let to = part.iter().position(ends).unwrap_or(part.len());
        let (turned, rest) = part.split_at(if n == 0 { 0 } else { to });
        shown.extend(turned.iter().rev().chain(rest));
    }
    shown
}

/// The words of `chars`. Read aloud, a letter of another script is that of its sound, and a sign is
/// no letter.
fn split(chars: &[char], aloud: bool) -> Vec<Word> {
    let (mut words, mut run) = (Vec::new(), Run::default());
    let mut between = String::new();
    for (at, c) in chars.iter().copied().enumerate() {
        let near = |step: isize| {
            at.checked_add_signed(step)
                .and_then(|at| chars.get(at))
                .copied()
                .unwrap_or(' ')
        };
        match seen(c, aloud) {
            Seen::Letters(letters, capital) => {
                if run.letters.is_empty() {
                    run.capital = capital;
                }
                run.disguised |= !is_latin(c);
                run.letters.push_str(&letters);
            }
            // A soft hyphen parts a word only at the end of its line.
            Seen::Nothing if c == '\u{ad}' && near(1).is_whitespace() => {
                end(&mut words, &mut run, &mut between);
                between.push('-');
            }
            Seen::Nothing => {}
            Seen::Sign
                if !aloud
                    && let Some(letter) =
                        stands_for(c, near(-1), near(1), following(chars, at)) =>
            {
                run.starred |= letter == '*';
                run.letters.push(letter);
            }
            Seen::Space | Seen::Sign => {
                end(&mut words, &mut run, &mut between);
                between.push(c);
            }
        }
    }
    end(&mut words, &mut run, &mut between);
    mind_capitals(&mut words);
    words
}

/// The characters after `at`, as far as a sign looks.
fn following(chars: &[char], at: usize) -> &[char] {
    &chars[at + 1..chars.len().min(at + 1 + FARTHEST)]
}

/// The letter for which a sign stands between letters.
fn stands_for(c: char, before: char, after: char, rest: &[char]) -> Option<char> {
    let letter = |c: char| c.is_alphanumeric();
    let masks = |c: char| matches!(c, '*' | '•' | '●' | '█' | '■' | '#');
    match c {
        '$' if letter(after) && !after.is_numeric() => Some('s'),
        '!' if letter(before) && letter(after) => Some('i'),
        // At the end of a word too, where no address goes on: `Puspit@`.
        '@' if letter(before) && !letter(after) => Some('a'),
        '|' if letter(before) && letter(after) => Some('l'),
        '+' if letter(before) && letter(after) && !before.is_numeric() => Some('t'),
        // An address goes on to a dot.
        '@' if letter(before) && letter(after) => rest
            .iter()
            .take_while(|c| !c.is_whitespace())
            .all(|c| *c != '.')
            .then_some('a'),
        _ if masks(c)
            && (letter(before) || masks(before))
            && (letter(after) || masks(after) || c != '#') =>
        {
            Some('*')
        }
        _ => None,
    }
}

fn end(words: &mut Vec<Word>, run: &mut Run, between: &mut String) {
    if run.letters.is_empty() {
        return;
    }
    let run = std::mem::take(run);
    let gap = gap(between, words.is_empty());
    let word = word(&run, gap, between);
    between.clear();
    words.extend(word);
}

fn gap(between: &str, first: bool) -> Gap {
    let signs = between.trim();
    let spaced = between.chars().any(char::is_whitespace);
    let breaks = between.matches('\n').count();
    if first {
        Gap::Stop
    } else if !spaced || (breaks == 1 && !signs.is_empty() && signs.chars().all(is_hyphen)) {
        Gap::Tight
    } else if breaks > 1 || signs.contains(['.', '!', '?', ';', '。', '…', '•']) {
        Gap::Stop
    } else if !signs.is_empty() {
        Gap::Comma
    } else if breaks == 1 {
        Gap::Line
    } else {
        Gap::Space
    }
}

fn is_hyphen(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '¬' | '_' | '='
    )
}

fn word(run: &Run, gap: Gap, between: &str) -> Option<Word> {
    let raw = run.letters.trim_end_matches('*');
    let tail = run.letters.len() - raw.len();
    let masked = run.starred && (raw.contains('*') || tail > 1 || !between.ends_with('*'));
    let raw = if masked && tail > 0 {
        run.letters.as_str()
    } else {
        raw
    };
    if raw.is_empty() {
        return None;
    }
    let around = |c: char| c.is_ascii_digit();
    let bare = raw.trim_matches(around);
    let has_letters = !bare.is_empty();
    let key = if has_letters {
        let body = raw.trim_end_matches(around);
        // One digit at the end may be a letter; several are a number.
        let body = if raw.len() - body.len() > 1 {
            body
        } else {
            raw
        };
        collapsed(&body.chars().map(letter_of_digit).collect::<String>())
    } else {
        raw.to_owned()
    };
    let bare = collapsed(&bare.chars().map(letter_of_digit).collect::<String>());
    Some(Word {
        bare: (has_letters && bare != key).then_some(bare),
        key,
        capital: run.capital,
        gap,
        masked,
        disguised: run.disguised,
    })
}

/// Whether `c` is a letter or digit of an ordinary Latin text.
fn is_latin(c: char) -> bool {
    c.is_ascii() || matches!(c, '\u{a0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// The letter as which a digit is read within a word.
fn letter_of_digit(c: char) -> char {
    match c {
        '0' => 'o',
        '1' => 'i',
        '2' => 'z',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '6' | '9' => 'g',
        '7' => 't',
        '8' => 'b',
        c => c,
    }
}

/// The word with a letter written three times or more in a row written once.
fn collapsed(word: &str) -> String {
    let chars: Vec<char> = word.chars().collect();
    let mut short = String::with_capacity(word.len());
    let mut at = 0;
    while at < chars.len() {
        let run = chars[at..].iter().take_while(|c| **c == chars[at]).count();
        let kept = if run > 2 && chars[at] != '*' { 1 } else { run };
        short.extend(std::iter::repeat_n(chars[at], kept));
        at += run;
    }
    short
}

/// A capital says nothing in a line of capitals, nor in a text that has none at all.
fn mind_capitals(words: &mut [Word]) {
    let mut from = 0;
    while from < words.len() {
        let to = (from + 1..words.len())
            .find(|at| words[*at].is_first())
            .unwrap_or(words.len());
        let sentence = &mut words[from..to];
        let capitals = sentence.iter().filter(|word| word.capital).count();
        if capitals * 5 > sentence.len() * 3 && sentence.len() > 3 {
            for word in sentence {
                word.capital = false;
            }
        }
        from = to;
    }
}

/// The words with those put together that are written letter by letter or broken by signs; none
/// when there are none.
fn merged(words: &[Word]) -> Option<Vec<Word>> {
    let mut merged: Vec<Word> = Vec::with_capacity(words.len());
    let (mut at, mut any) = (0, false);
    while at < words.len() {
        let single = |word: &Word| word.key.chars().count() == 1;
        let mut to = at + 1;
        while to < words.len()
            && (words[to].gap == Gap::Tight || (single(&words[to]) && single(&words[to - 1])))
        {
            to += 1;
        }
        let mut word = words[at].clone();
        if to - at > 1 {
            any = true;
            word.key = collapsed(
                &words[at..to]
                    .iter()
                    .map(|word| word.key.as_str())
                    .collect::<String>(),
            );
            word.bare = None;
            word.masked = words[at..to].iter().any(|word| word.masked);
            // So is a word that a sign breaks.
            word.disguised = words[at..to].iter().any(|word| word.disguised)
                || words[at + 1..to].iter().any(|word| word.gap == Gap::Tight);
        }
        merged.push(word);
        at = to;
    }
    any.then_some(merged)
}

/// The words with those read as one whose letters a sign parts: `k•e•p•a•l•a`.
fn unmasked(words: &[Word]) -> Vec<Word> {
    words
        .iter()
        .map(|word| Word {
            key: word.key.replace('*', ""),
            masked: false,
            ..word.clone()
        })
        // Stars alone leave no letter, and no place in the text.
        .filter(|word| !word.key.is_empty())
        .collect()
}

/// The form in which words are compared across their borders: `l` and `i` are one letter.
pub(crate) fn squeezed(key: &str) -> String {
    key.chars()
        .map(|c| if c == 'l' { 'i' } else { c })
        .collect()
}

/// The form of a word in which shapes that look alike are one letter.
pub(crate) fn shape(key: &str) -> String {
    squeezed(&key.replace("rn", "m").replace("vv", "w"))
}

/// The form of a word as it sounds, in the old and the new spelling.
pub(crate) fn sound(key: &str) -> String {
    const SPELLINGS: [(&str, &str); 16] = [
        ("oe", "u"),
        ("oo", "u"),
        ("ee", "i"),
        ("sy", "s"),
        ("kh", "h"),
        ("ch", "h"),
        ("ph", "p"),
        ("f", "p"),
        ("dh", "d"),
        ("th", "t"),
        ("bh", "b"),
        ("gh", "g"),
        ("x", "ks"),
        ("q", "k"),
        ("v", "p"),
        ("z", "s"),
    ];
    // In the old spelling `j` was `y`.
    let old = ["oe", "dj", "tj"].iter().any(|old| key.contains(old));
    let mut sound = if old {
        key.replace("dj", "\u{1}")
            .replace("tj", "c")
            .replace("sj", "s")
            .replace('j', "y")
            .replace('\u{1}', "j")
    } else {
        key.to_owned()
    };
    for (old, new) in SPELLINGS {
        if sound.contains(old) {
            sound = sound.replace(old, new);
        }
    }
    let mut chars: Vec<char> = sound
        .chars()
        .map(|c| if c == 'y' { 'i' } else { c })
        .collect();
    chars.dedup();
    let silent = chars.len() > 4 && chars.last() == Some(&'h');
    chars.truncate(chars.len() - usize::from(silent));
    chars.into_iter().collect()
}
