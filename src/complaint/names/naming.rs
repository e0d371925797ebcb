//! Whether a text names somebody: words compared without regard to case, punctuation, apostrophes, titles or the form of their letters.

use unicode_normalization::UnicodeNormalization as _;

use super::posts::{also_called, called_in_short};
use crate::sop::role::Role;
use crate::text::visible;

/// Words that stand before or after a name and name nobody.
const TITLES: [&str; 30] = [
    "drs", "dra", "bapak", "bpk", "pak", "ibu", "bin", "binti", "demo", "prof", "haji", "hajah",
    "saudara", "saudari", "sdr", "sdri", "kom", "eng", "msc", "mba", "phd", "mt", "st", "se", "sh",
    "mm", "ir", "dr", "hj", "bu",
];

/// Somebody's name, or what stands where a name is asked for.
pub struct Name(Vec<String>);

impl Name {
    /// Of what stands before the first comma; behind it are degrees.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let before = words(text.split(',').next().unwrap_or_default());
        Self(if before.is_empty() {
            words(text)
        } else {
            before
        })
    }

    /// Whether `given`, where somebody is asked for a name, may mean this person: one telling word in common, or the whole of a name of short words.
    #[must_use]
    pub fn is_meant_by(&self, given: &Self) -> bool {
        let (mine, theirs) = (self.proper(), given.proper());
        given
            .0
            .iter()
            .any(|word| tells(word) && self.0.contains(word))
            || (!mine.is_empty()
                && !mine.iter().any(|word| tells(word))
                && is_long_enough(&mine)
                && holds(&theirs, &mine))
            || (!theirs.is_empty()
                && !theirs.iter().any(|word| tells(word))
                && is_long_enough(&theirs)
                && holds(&mine, &theirs))
    }

    /// Whether a text speaks of this person: two telling words of the name beside each other, or the whole of a name that has no two.
    #[must_use]
    pub fn is_in(&self, text: &[String]) -> bool {
        let telling: Vec<_> = self.0.iter().filter(|word| tells(word)).cloned().collect();
        match telling.as_slice() {
            [] => {
                let whole = self.proper();
                is_long_enough(&whole) && holds(text, &whole)
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

    /// Without titles.
    fn proper(&self) -> Vec<String> {
        self.0
            .iter()
            .filter(|word| !TITLES.contains(&word.as_str()))
            .cloned()
            .collect()
    }
}

/// The words of a text, made alike: compatibility forms, case, and no apostrophe or invisible character within a word.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    // Before and after: one apostrophe becomes a space by its compatibility form, another becomes an apostrophe by it.
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

/// Whether a text speaks of the post of `role`.
#[must_use]
pub fn speaks_of_post(text: &[String], role: Role) -> bool {
    [role.office_term()]
        .iter()
        .chain(also_called(role))
        .any(|term| holds(text, &words(term)))
}

/// Whether what stands where a name or a post is asked for means the post of `role`.
#[must_use]
pub fn means_post(given: &[String], role: Role) -> bool {
    speaks_of_post(given, role)
        || called_in_short(role)
            .iter()
            .any(|term| given == words(term))
}

/// Titles and initials name nobody.
fn tells(word: &str) -> bool {
    word.chars().count() >= 3 && !TITLES.contains(&word)
}

/// One letter is an initial.
fn is_long_enough(name: &[String]) -> bool {
    name.iter().map(|word| word.chars().count()).sum::<usize>() >= 2
}

/// Whether the words of `part` stand in `text` one after another.
#[must_use]
pub fn holds(text: &[String], part: &[String]) -> bool {
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
        Name::of(name).is_meant_by(&Name::of(given))
    }

    fn spoken_of(name: &str, text: &str) -> bool {
        Name::of(name).is_in(&words(text))
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
                && !speaks_of_post(&words("Sakit kepala saya."), Role::Head)
        );
    }
}
