//! Decides from the neighbouring words whether a matching word means the person.

use std::collections::BTreeSet;

use super::{Fit, Fits, JOINED, MAX_NEAR, MIN_NEAR, MIN_PART, Part, People};
use crate::fold::{Gap, Word};
use crate::words::{Kind, is_derived, kinds, stems};

pub(super) struct Text<'a> {
    people: &'a People,
    words: &'a [Word],
    kinds: Vec<Kind>,
    fits: &'a [Fits],
}

impl<'a> Text<'a> {
    /// `fits` are the words of names that each word fits.
    pub fn new(people: &'a People, words: &'a [Word], fits: &'a [Fits]) -> Self {
        Self {
            people,
            words,
            kinds: words.iter().map(|word| kinds(&word.key)).collect(),
            fits,
        }
    }

    fn is(&self, at: usize, kind: Kind) -> bool {
        self.kinds.get(at).is_some_and(|known| known.is(kind))
    }

    /// Adds the people whom the word at `at` may mean, with the words beside it.
    pub fn find_at(&self, at: usize, found: &mut BTreeSet<usize>) {
        for (n, fit) in &self.fits[at] {
            let part = self.people.part(*n);
            if !found.contains(&part.person)
                && (self.has_second(at, *n, *fit)
                    || self.has_initial(at, *n, *fit)
                    || self.stands_alone(at, *n, *fit))
            {
                found.insert(part.person);
            }
        }
        self.find_parts_of_words(at, found);
        if self.is_after_polite(at) {
            self.find_initials(at, 1, found);
            self.find_short_name(at, found);
        } else if (at == 0 && self.words.len() <= 3) || (at > 0 && self.is(at - 1, Kind::TOWARDS)) {
            self.find_initials(at, 2, found);
        }
    }

    /// Whether a second word of the same name stands beside it, with at most titles, initials and a
    /// further name between.
    fn has_second(&self, at: usize, n: u32, fit: Fit) -> bool {
        let part = self.people.part(n);
        let mut names = 0;
        for other in at + 1..(at + 5).min(self.words.len()) {
            let second = self.fits[other].iter().any(|(m, other_fit)| {
                let second = self.people.part(*m);
                *m != n
                    && (second.person, second.name) == (part.person, part.name)
                    && self.both_count((at, n, fit), (other, *m, *other_fit))
            });
            if second {
                return true;
            }
            let short = self.words[other].key.chars().count() == 1;
            if !short && !self.is(other, Kind::TITLE.or(Kind::ADDRESS)) {
                names += 1;
                if names > 1 || !(self.is(other, Kind::NAME) || self.words[other].capital) {
                    return false;
                }
            }
        }
        false
    }

    /// Whether two words of a name, of which one may only look alike, count together.
    fn both_count(&self, one: (usize, u32, Fit), other: (usize, u32, Fit)) -> bool {
        let sure = |(at, n, fit): (usize, u32, Fit)| {
            fit == Fit::Exact
                && (self.words[at].capital || !self.people.part(n).kind.is(Kind::ORDINARY))
        };
        let doubtful = one.2 == Fit::Doubtful || other.2 == Fit::Doubtful;
        !doubtful || sure(one) || sure(other)
    }

    /// Whether another word of the same name stands beside it, cut short: `Sari P.`, `Sari Pus`.
    fn has_initial(&self, at: usize, n: u32, fit: Fit) -> bool {
        let part = self.people.part(n);
        let vague = part.kind.is(Kind::ORDINARY.or(Kind::COMMON));
        let others = || {
            let words = self.people.names[part.name].words.iter();
            words.filter(|word| **word != part.key)
        };
        let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
        fit >= Fit::Near
            && beside.filter_map(|at| self.words.get(at)).any(|word| {
                let length = word.key.chars().count();
                let telling = word.capital || !vague || !"adgiky".contains(&word.key);
                let cut = length == 1 && telling
                    || length >= MIN_PART && kinds(&word.key) == Kind::default();
                cut && others().any(|other| other.starts_with(&word.key))
            })
    }

    /// Whether one word of a name is enough here.
    fn stands_alone(&self, at: usize, n: u32, fit: Fit) -> bool {
        let (word, part) = (&self.words[at], self.people.part(n));
        if fit == Fit::Doubtful || self.is_of_another(at, part) {
            return false;
        }
        // A field that holds a name and hardly more.
        if fit == Fit::Exact && self.words.len() <= 2 {
            return true;
        }
        let vague = part.kind.is(Kind::ORDINARY);
        let addressed = self.address(at).is_some_and(|address| {
            !part.kind.is(Kind::ORDINARY)
                || word.capital
                || self.is(address, Kind::POLITE.or(Kind::TITLE))
        });
        if addressed || self.has_degree(at) {
            return true;
        }
        let amid = word.capital && !word.is_first();
        match fit {
            Fit::Exact if vague => {
                let towards = at > 0
                    && [
                        "oleh",
                        "kepada",
                        "kpd",
                        "si",
                        "bernama",
                        "namanya",
                        "menemui",
                        "menghadap",
                        "bertemu",
                        "sama",
                        "by",
                        "dengan",
                    ]
                    .contains(&self.words[at - 1].key.as_str());
                (towards
                    && (word.capital
                        || !["sama", "dengan", "by", "bertemu"]
                            .contains(&self.words[at - 1].key.as_str()))
                    && word.gap != Gap::Stop)
                    || (amid && self.is_alone(at) && !self.is_in_place(at))
                    || (word.is_first()
                        && word.capital
                        && self.is_alone(at)
                        && self.is(at + 1, Kind::ACT))
                    || (word.is_first() && self.acts(at + 1))
                    || word.masked
                    || word.disguised
            }
            Fit::Exact => !self.is_in_place(at),
            Fit::Near => {
                !self.is_in_place(at)
                    && (amid
                        || word.masked
                        || word.disguised
                        || word.key.chars().count() > MIN_NEAR)
            }
            Fit::Slight | Fit::Doubtful => false,
        }
    }

    /// Whether it is a word of another person's name: another common name stands beside it.
    fn is_of_another(&self, at: usize, part: &Part) -> bool {
        let of_same = |at: usize| {
            self.fits[at].iter().any(|(n, fit)| {
                let other = self.people.part(*n);
                other.person == part.person && *fit > Fit::Doubtful
            })
        };
        let name = |at: usize| {
            self.is(at, Kind::NAME) && !self.is(at, Kind::ADDRESS.or(Kind::TITLE)) && !of_same(at)
        };
        let vague = part.kind.is(Kind::ORDINARY.or(Kind::COMMON));
        let fits_case = |other: usize| self.words[other].capital || !self.is(other, Kind::ORDINARY);
        let before =
            at > 0 && self.words[at].gap == Gap::Space && name(at - 1) && fits_case(at - 1);
        let common = part.kind.is(Kind::COMMON);
        let after = self.words.get(at + 1).is_some_and(|next| {
            // A word that is not known may be a surname.
            let small = common
                && !(self.words[at].capital || self.words[at].disguised)
                && !self.is_after_polite(at);
            let surname = (small || (next.capital && (common || vague)))
                && next.key.chars().count() > 1
                && self.kinds[at + 1] == Kind::default()
                && !is_derived(&next.key)
                && !of_same(at + 1);
            next.gap == Gap::Space && (surname || (name(at + 1) && fits_case(at + 1)))
        });
        before || after
    }

    /// The address before it: `Pak`, `saudari`, a title, over further titles.
    fn address(&self, at: usize) -> Option<usize> {
        let mut before = at.checked_sub(1)?;
        if self.words[at].gap == Gap::Stop && !self.is(before, Kind::TITLE.or(Kind::ADDRESS)) {
            return None;
        }
        let titles = self.words[before].key.len() > 1 && self.is(before, Kind::TITLE);
        if self.is(before, Kind::POLITE) || titles {
            return Some(before);
        }
        // Over `Pak Kepala Balai`.
        for _ in 0..3 {
            if self.is(before, Kind::POLITE) {
                return Some(before);
            }
            if !self.is(
                before,
                Kind::TITLE
                    .or(Kind::ADDRESS)
                    .or(Kind::POST)
                    .or(Kind::OFFICE),
            ) {
                break;
            }
            match before.checked_sub(1) {
                Some(further) => before = further,
                None => break,
            }
        }
        self.is(at - 1, Kind::ADDRESS).then_some(at - 1)
    }

    /// Whether the words from `at` on say what somebody does.
    fn acts(&self, at: usize) -> bool {
        const DOES: [&str; 8] = [
            "minta", "terima", "nerima", "suruh", "nyuruh", "bilang", "ambil", "ngambil",
        ];
        let does = |at: usize| {
            self.is(at, Kind::ACT)
                && self.words.get(at).is_some_and(|word| {
                    word.key.starts_with("me") || DOES.contains(&word.key.as_str())
                })
        };
        does(at) || (self.words.get(at).is_some_and(|word| word.key == "yang") && does(at + 1))
    }

    /// Whether the text says that initials follow.
    fn is_after_initial(&self, at: usize) -> bool {
        at > 0
            && ["inisial", "berinisial", "initial", "initials"]
                .contains(&self.words[at - 1].key.as_str())
    }

    fn is_after_polite(&self, at: usize) -> bool {
        at > 0 && self.is(at - 1, Kind::POLITE)
    }

    /// Whether a degree follows: `Hendra, S.T.`.
    fn has_degree(&self, at: usize) -> bool {
        self.words.get(at + 1).is_some_and(|next| {
            let dotted = next.key.chars().count() == 1
                && self
                    .words
                    .get(at + 2)
                    .is_some_and(|last| last.gap == Gap::Tight && self.is(at + 2, Kind::TITLE));
            next.capital
                && next.gap != Gap::Stop
                && (dotted || (next.key.chars().count() > 1 && self.is(at + 1, Kind::TITLE)))
        })
    }

    /// Whether no other capitalised word that may be a name stands beside it.
    fn is_alone(&self, at: usize) -> bool {
        let before = at == 0
            || self.words[at].gap != Gap::Space
            || !self.words[at - 1].capital
            || self.words[at - 1].is_first()
            || self.is(at - 1, Kind::ADDRESS.or(Kind::TOWARDS).or(Kind::ACT));
        let after = self.words.get(at + 1).is_none_or(|next| {
            next.gap != Gap::Space
                || !next.capital
                || self.is(at + 1, Kind::ACT.or(Kind::POST).or(Kind::OFFICE))
        });
        before && after
    }

    /// Whether it belongs to the name of a place, a firm or a thing: `Jalan Jenderal Sudirman`.
    fn is_in_place(&self, at: usize) -> bool {
        for before in (at.saturating_sub(3)..at).rev() {
            if self.is(before, Kind::PLACE) {
                return true;
            }
            if !self.words[before].capital || self.is(before, Kind::ADDRESS) {
                return false;
            }
        }
        false
    }

    /// Names within words: `pakhendra`, and one name of two to four words: `hen dra`, `pus pi ta`.
    fn find_parts_of_words(&self, at: usize, found: &mut BTreeSet<usize>) {
        let key = &self.words[at].key;
        if kinds(key) == Kind::default() {
            for name in JOINED
                .iter()
                .filter_map(|address| key.strip_prefix(address))
            {
                for stem in stems(name).filter(|stem| stem.len() > MIN_PART) {
                    let meant = self.people.exact.get(stem).into_iter().flatten();
                    found.extend(meant.map(|n| self.people.part(*n).person));
                }
            }
        }
        let (mut joined, mut unknown) = (key.clone(), kinds(key) == Kind::default());
        for next in self.words.iter().skip(at + 1).take(3) {
            if !matches!(next.gap, Gap::Space | Gap::Line) || joined.len() > MAX_NEAR {
                break;
            }
            joined.push_str(&next.key);
            unknown |= kinds(&next.key) == Kind::default();
            if unknown && joined.len() >= MIN_NEAR {
                let meant = self.people.exact.get(&joined).into_iter().flatten();
                found.extend(meant.map(|n| self.people.part(*n).person));
            }
        }
    }

    /// `Bu S`, `Pak H.G.`, `berinisial SP`: at least `fewest` letters.
    fn find_initials(&self, at: usize, fewest: usize, found: &mut BTreeSet<usize>) {
        let word = &self.words[at];
        let mut letters = word.key.clone();
        let mut next = at + 1;
        if letters.chars().count() == 1 {
            while let Some(more) = self.words.get(next)
                && more.key.chars().count() == 1
                && letters.chars().count() < 3
            {
                letters.push_str(&more.key);
                next += 1;
            }
        }
        let count = letters.chars().count();
        // `Pak H. Rahmat` has a title and a name.
        let before_name = self.words.get(next).is_some_and(|next_word| {
            next_word.gap != Gap::Comma
                && (next_word.capital && !self.is(next, Kind::ACT) || self.is(next, Kind::NAME))
                && next_word.key.chars().count() > 2
        });
        if !(fewest..=3).contains(&count)
            || before_name
            || !letters.chars().all(char::is_alphabetic)
            || (count > 1 && !word.capital && !self.is_after_initial(at))
        {
            return;
        }
        let meant = self.people.names.iter().filter(|name| {
            name.initials == letters || (count == 1 && name.initials.starts_with(&letters))
        });
        found.extend(meant.map(|name| name.person));
    }

    /// `Pak Gun` for Gunawan, `Bu Pus` for Puspita: the beginning or the end of a name.
    fn find_short_name(&self, at: usize, found: &mut BTreeSet<usize>) {
        let key = &self.words[at].key;
        let length = key.chars().count();
        if !(3..=5).contains(&length) || kinds(key) != Kind::default() || !self.fits[at].is_empty()
        {
            return;
        }
        let meant = self.people.parts.iter().filter(|part| {
            part.key.chars().count() >= length + 2
                && (part.key.starts_with(key) || part.key.ends_with(key))
        });
        found.extend(meant.map(|part| part.person));
    }
}
