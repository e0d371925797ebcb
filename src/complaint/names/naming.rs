//! Comparison of names in texts. Case, punctuation, apostrophes, titles and compatibility forms of
//! letters are ignored.

use unicode_normalization::UnicodeNormalization as _;

use super::posts::{short_forms, synonyms};
use crate::sop::role::Role;
use crate::text::visible;

/// Titles and other words before or after a name that do not identify a person.
const TITLES: [&str; 30] = [
    "drs", "dra", "bapak", "bpk", "pak", "ibu", "bin", "binti", "demo", "prof", "haji", "hajah",
    "saudara", "saudari", "sdr", "sdri", "kom", "eng", "msc", "mba", "phd", "mt", "st", "se", "sh",
    "mm", "ir", "dr", "hj", "bu",
];

/// The words of a name, or of a text in a field for a name.
pub struct Name(Vec<String>);

impl Name {
    /// Parses the part before the first comma; academic degrees follow the comma.
    pub fn parse(text: &str) -> Self {
        let before = words(text.split(',').next().unwrap_or_default());
        Self(if before.is_empty() {
            words(text)
        } else {
            before
        })
    }

    /// Whether `given`, entered in a field for a name, may mean this person: one distinctive word
    /// in common, or the whole name when all its words are short.
    pub fn matches_name(&self, given: &Self) -> bool {
        let (mine, theirs) = (self.without_titles(), given.without_titles());
        given
            .0
            .iter()
            .any(|word| is_distinctive(word) && self.0.contains(word))
            || (!mine.is_empty()
                && !mine.iter().any(|word| is_distinctive(word))
                && is_long_enough(&mine)
                && contains_phrase(&theirs, &mine))
            || (!theirs.is_empty()
                && !theirs.iter().any(|word| is_distinctive(word))
                && is_long_enough(&theirs)
                && contains_phrase(&mine, &theirs))
    }

    /// Whether a text mentions this person: two distinctive words of the name next to each other,
    /// or the whole name when it has fewer than two.
    pub fn occurs_in(&self, text: &[String]) -> bool {
        let telling: Vec<_> = self
            .0
            .iter()
            .filter(|word| is_distinctive(word))
            .cloned()
            .collect();
        match telling.as_slice() {
            [] => {
                let whole = self.without_titles();
                is_long_enough(&whole) && contains_phrase(text, &whole)
            }
            [only] => text.contains(only),
            [..] => (1..telling.len()).any(|later| {
                let second = &telling[later];
                telling[..later].iter().any(|first| {
                    text.windows(2)
                        .any(|pair| pair[0] == *first && pair[1] == *second)
                })
            }),
        }
    }

    /// The words without titles.
    fn without_titles(&self) -> Vec<String> {
        self.0
            .iter()
            .filter(|word| !TITLES.contains(&word.as_str()))
            .cloned()
            .collect()
    }
}

/// Splits a text into words in a normal form: NFKC, lower case, without apostrophes and invisible
/// characters.
pub fn words(text: &str) -> Vec<String> {
    // Apostrophes are removed before and after NFKC: NFKC turns one of them into a space and
    // another character into an apostrophe.
    let bare: String = text.chars().filter(|c| !is_apostrophe(*c)).collect();
    let alike: String = visible(&bare)
        .filter(|c| !is_apostrophe(*c))
        .flat_map(char::to_lowercase)
        .nfkc()
        .collect();
    alike
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether a text mentions the post of `role`.
pub fn mentions_post(text: &[String], role: Role) -> bool {
    [role.office_term()]
        .iter()
        .chain(synonyms(role))
        .any(|term| contains_phrase(text, &words(term)))
}

/// Whether a text in a field for a name or a post means the post of `role`.
pub fn means_post(given: &[String], role: Role) -> bool {
    mentions_post(given, role) || short_forms(role).iter().any(|term| given == words(term))
}

/// Whether a word may identify a person; titles and words under three characters do not.
fn is_distinctive(word: &str) -> bool {
    word.chars().count() >= 3 && !TITLES.contains(&word)
}

/// Whether a name has at least two letters; one letter is an initial.
fn is_long_enough(name: &[String]) -> bool {
    name.iter().map(|word| word.chars().count()).sum::<usize>() >= 2
}

/// Whether `text` contains the words of `part` one after another.
pub fn contains_phrase(text: &[String], part: &[String]) -> bool {
    !part.is_empty() && text.windows(part.len()).any(|window| window == part)
}

fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '´' | '‘' | '’' | '‛' | 'ʼ' | 'ʻ' | 'ʾ' | 'ʿ' | '′' | '\u{ff07}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(name: &str, given: &str) -> bool {
        Name::parse(name).matches_name(&Name::parse(given))
    }

    fn spoken_of(name: &str, text: &str) -> bool {
        Name::parse(name).occurs_in(&words(text))
    }

    #[test]
    fn a_name_of_short_words_is_compared_as_a_whole() {
        assert!(
            meant("Ng Li", "pak Ng Li")
                && meant("Ng Li", "Li")
                && spoken_of("Ng Li", "Amplop diterima oleh ng li di loket.")
        );
        assert!(
            !meant("Ng Li", "L")
                && !meant("Ng Li", "bapak")
                && !spoken_of("Ng Li", "Harga ng 5 li 3")
        );
    }

    #[test]
    fn an_apostrophe_or_the_form_of_the_letters_hides_nobody() {
        for spelt in [
            "Maruf",
            "Ma'ruf",
            "MA’RUF",
            "Ma`ruf",
            "Ｍａ＇ｒｕｆ",
            "Ma\u{200b}ruf",
            "M\u{ad}aruf",
            "Maru\u{fe0f}f",
        ] {
            assert!(meant("Ma'ruf Amin", spelt), "{spelt}");
        }
        assert!(spoken_of("Ma'ruf Amin", "dilihat maruf amin di sana"));
    }

    #[test]
    fn a_degree_is_no_part_of_a_name_and_a_name_between_two_may_be_left_out() {
        assert!(spoken_of(
            "Suharto, S.Kom., M.M.",
            "Saya melihat Suharto menerimanya."
        ));
        assert!(spoken_of(
            "Muhammad Ali Akbar",
            "Saya melihat Muhammad Akbar di loket."
        ));
        assert!(!spoken_of(
            "Sari Puspita",
            "Baju sari dan batik dijual di loket."
        ));
    }

    #[test]
    fn a_post_is_known_by_each_of_its_wordings() {
        let head = [
            "Kepala Balai",
            "kepala BSPJI Palembang",
            "Kepala Kantor",
            "Plt. Kepala Balai",
            "PLH KEPALA BSPJI",
            "Ka.Balai",
            "Pimpinan Balai",
        ];
        for spelt in head.into_iter().chain(["Kepala", "plt."]) {
            assert!(means_post(&words(spelt), Role::Head), "{spelt}");
        }
        for spelt in [
            "Ketua Tim PJI",
            "Ketua PJI",
            "ketua tim pengembangan jasa industri",
            "Plt. Ketua Tim PJI",
        ] {
            assert!(means_post(&words(spelt), Role::PjiLead), "{spelt}");
        }
        for role in Role::all() {
            assert!(means_post(&words(role.office_term()), role));
        }
        assert!(
            !means_post(&words("Kepala Desa"), Role::Head)
                && !mentions_post(&words("Sakit kepala saya."), Role::Head)
        );
    }
}
