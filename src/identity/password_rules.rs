//! Rules for passwords (NIST SP 800-63B): long, not breached, and not easy to guess. There are no
//! composition rules.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use crate::error::{FieldError, fault};
use crate::secrecy::{normalised, sha256};
use crate::web::body::verbatim;

/// Minimum length in characters.
const MIN_LENGTH: usize = 12;
/// Maximum length in characters: enough for a passphrase, and it bounds the cost of the checks.
pub(crate) const MAX_LENGTH: usize = 200;

/// Number of characters that the strength estimator sees. More would take longer without changing
/// the result.
const MAX_ESTIMATED: usize = 32;
/// Maximum number of different symbols standing for letters. With more, the symbols are replaced
/// before the estimate, because the estimator would try every combination.
const MOST_LEET: usize = 4;
/// Maximum number of words from the owner's data given to the estimator.
const MOST_WORDS: usize = 40;
/// Maximum number of characters around a breached password for the whole to count as breached.
const LONGEST_AFFIX: usize = 8;

/// Words that users of this office, and Indonesian users in general, choose first. In lower case.
const OFFICE_WORDS: [&str; 60] = [
    "bspji",
    "palembang",
    "bspjipalembang",
    "balai",
    "standardisasi",
    "standarisasi",
    "pelayanan",
    "layanan",
    "jasa",
    "industri",
    "perindustrian",
    "kemenperin",
    "kementerian",
    "sertifikasi",
    "sertifikat",
    "sertifikasiproduk",
    "pengujian",
    "kalibrasi",
    "pengaduan",
    "aduan",
    "pelapor",
    "pegawai",
    "kantor",
    "kepala",
    "auditor",
    "bendahara",
    "petugas",
    "administrator",
    "admin",
    "sumsel",
    "sumatera",
    "selatan",
    "sriwijaya",
    "musi",
    "ampera",
    "pempek",
    "indonesia",
    "jakarta",
    "garuda",
    "merdeka",
    "pancasila",
    "katasandi",
    "kata",
    "sandi",
    "rahasia",
    "bismillah",
    "alhamdulillah",
    "assalamualaikum",
    "selamat",
    "pagi",
    "datang",
    "sayang",
    "cinta",
    "sayangku",
    "cintaku",
    "kucing",
    "semangat",
    "sukses",
    "service",
    "desk",
];

/// Data of a password's owner that an attacker knows and tries first. Unknown parts are empty.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Owner<'a> {
    /// The e-mail of the account.
    pub email: &'a str,
    /// The display name.
    pub name: &'a str,
    /// The name of the organisation.
    pub organisation: &'a str,
}

/// A password in NFKC (NIST SP 800-63B), so that different keyboards give the same text. Implements
/// neither `Clone`, `Serialize` nor a revealing `Debug`; its memory is wiped.
pub struct Password {
    normalised: Zeroizing<String>,
    /// The text as typed, if NFKC changed it, for hashes from before normalisation.
    typed: Option<Zeroizing<String>>,
}

impl Password {
    /// Creates a password from text outside a JSON body.
    pub fn new(text: String) -> Self {
        let typed = Zeroizing::new(text);
        let normalised = normalised(&typed);
        Self {
            typed: (*normalised != *typed).then_some(typed),
            normalised,
        }
    }

    /// The normalised bytes, for hashing.
    pub(super) fn bytes(&self) -> &[u8] {
        self.normalised.as_bytes()
    }

    /// The bytes as typed, if they differ from `bytes`.
    pub(super) fn typed_bytes(&self) -> Option<&[u8]> {
        self.typed.as_ref().map(|typed| typed.as_bytes())
    }

    /// A copy for a blocking thread.
    pub(super) fn copy(&self) -> Self {
        Self {
            normalised: self.normalised.clone(),
            typed: self.typed.clone(),
        }
    }

    /// True if it is longer than any accepted password.
    pub(crate) fn is_too_long(&self) -> bool {
        self.normalised.chars().count() > MAX_LENGTH
    }

    /// Validates a new password of `owner` at `pointer`. Takes a few milliseconds at most.
    pub(crate) fn field_error(&self, owner: Owner<'_>, pointer: &str) -> Option<FieldError> {
        let folded = Zeroizing::new(self.normalised.trim().to_lowercase());
        let email = owner.email.trim().to_lowercase();
        let length = self.normalised.chars().count();
        if length < MIN_LENGTH {
            Some(fault(
                pointer,
                "too_short",
                "Kata sandi paling sedikit 12 karakter.",
                "A password has at least 12 characters.",
            ))
        } else if length > MAX_LENGTH {
            Some(too_long(pointer))
        } else if !email.is_empty()
            && (*folded == email || folded.split('@').next() == email.split('@').next())
        {
            Some(fault(
                pointer,
                "like_the_email",
                "Kata sandi tidak boleh sama dengan surel.",
                "The password must not be the e-mail address.",
            ))
        } else if is_common(&folded) {
            Some(fault(
                pointer,
                "too_common",
                "Kata sandi ini, atau kata sandi lain yang hanya sedikit berbeda, ada dalam daftar kata sandi yang pernah bocor. Pilih yang lain.",
                "This password, or a very similar one, is in a list of breached passwords. Choose another.",
            ))
        } else if is_guessable(&self.normalised, owner) {
            Some(fault(
                pointer,
                "too_guessable",
                "Kata sandi ini mudah ditebak: terdiri atas nama, kata yang lazim, tahun, urutan, atau pengulangan. Gunakan beberapa kata yang tidak berkaitan.",
                "This password is easily guessed: it is made of names, common words, years, sequences or repetitions. Use several unrelated words.",
            ))
        } else {
            None
        }
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(secret)")
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        verbatim(from).map(Self::new)
    }
}

/// The error for a password over the maximum length.
pub(crate) fn too_long(pointer: &str) -> FieldError {
    fault(
        pointer,
        "too_long",
        "Kata sandi paling banyak 200 karakter.",
        "A password has at most 200 characters.",
    )
}

/// True if `folded` is a breached password, also with a few digits or symbols around it or symbols
/// in place of letters.
fn is_common(folded: &str) -> bool {
    let mut characters = folded.chars();
    let first = characters.next();
    if characters.all(|other| Some(other) == first) {
        return true;
    }
    let squeezed: Zeroizing<String> =
        Zeroizing::new(folded.chars().filter(|c| !is_separator(*c)).collect());
    [folded, squeezed.as_str()].into_iter().any(|text| {
        let core = text.trim_matches(|c: char| !c.is_alphabetic());
        let affix = text.chars().count() - core.chars().count();
        let core = if affix <= LONGEST_AFFIX { core } else { text };
        [text, core].into_iter().any(|text| {
            is_breached(text)
                || ['i', 'l']
                    .into_iter()
                    .any(|one| is_breached(&letters_for_symbols(text, one)))
        })
    })
}

/// True for word separators, which make a password no harder to guess.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || "-_.".contains(c)
}

/// True if zxcvbn estimates fewer than 10^10 guesses for an attacker with knowledge of the owner
/// and the office.
fn is_guessable(password: &str, owner: Owner<'_>) -> bool {
    let known = [owner.email, owner.name, owner.organisation].map(str::to_lowercase);
    let known = known
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.chars().count() > 2)
        .take(MOST_WORDS);
    let words: Vec<&str> = known.chain(OFFICE_WORDS).collect();
    let beginning: Zeroizing<String> = Zeroizing::new(
        password
            .chars()
            .filter(|c| !is_separator(*c))
            .take(MAX_ESTIMATED)
            .collect(),
    );
    let signs: BTreeSet<char> = beginning
        .chars()
        .filter(|c| letter_for(*c, 'i').is_some())
        .collect();
    let read = if signs.len() > MOST_LEET {
        letters_for_symbols(&beginning, 'i')
    } else {
        beginning
    };
    zxcvbn::zxcvbn(&read, &words).score() < zxcvbn::Score::Four
}

/// Replaces each symbol in `text` by the letter it stands for; `one` is the letter for `1`.
fn letters_for_symbols(text: &str, one: char) -> Zeroizing<String> {
    Zeroizing::new(
        text.chars()
            .map(|c| letter_for(c, one).unwrap_or(c))
            .collect(),
    )
}

fn letter_for(sign: char, one: char) -> Option<char> {
    match sign {
        '1' | '!' | '|' => Some(one),
        '0' => Some('o'),
        '2' | '%' => Some('z'),
        '3' => Some('e'),
        '4' | '@' => Some('a'),
        '5' | '$' => Some('s'),
        '7' | '+' => Some('t'),
        '8' => Some('b'),
        '6' | '9' | '&' => Some('g'),
        '(' | '{' | '[' | '<' => Some('c'),
        _ => None,
    }
}

/// Bytes per digest.
const PREFIX_BYTES: usize = 4;

static LIST: &[u8] = include_bytes!("breached/passwords.bin");

/// True if `folded` (NFKC, lower case) is in the list. The false positive rate is 1 in 17,000.
pub(crate) fn is_breached(folded: &str) -> bool {
    let digest = sha256(folded.as_bytes());
    let (entries, _) = LIST.as_chunks::<PREFIX_BYTES>();
    entries
        .binary_search_by(|entry| entry.as_slice().cmp(&digest[..PREFIX_BYTES]))
        .is_ok()
}

#[cfg(test)]
mod tests {

    use super::*;

    fn code(password: &str) -> Option<&'static str> {
        let owner = Owner {
            email: "siti.rahayu@contoh.co.id",
            name: "Siti Rahayu",
            organisation: "PT Karet Ogan",
        };
        Password::new(password.to_owned())
            .field_error(owner, "/password")
            .map(|fault| fault.code)
    }

    #[test]
    fn length_counts() {
        assert_eq!(code("abc def ghi"), Some("too_short"));
        assert_eq!(code(&"ñandú ".repeat(34)), Some("too_long"));
    }

    #[test]
    fn a_good_password_is_taken_whatever_its_characters() {
        for good in [
            "kuda benar baterai",
            "perahu hijau menuju hulu",
            "jembatan ampera malam",
            "correct horse battery staple",
            "aB3$kL9!mN2@",
            "xkqvbzmwtrpl",
            "rumah saya dekat sungai",
            "57cdf80ba735d49160",
            "подводная лодка зимой",
            &"kata sandi yang sangat panjang ".repeat(6),
        ] {
            assert_eq!(code(good), None, "{good}");
        }
    }

    #[test]
    fn a_breached_password_is_refused_with_what_is_commonly_done_to_it() {
        for bad in [
            "Password1234",
            "password12345",
            "letmein12345",
            "LetMeIn!2026",
            "P@ssw0rd1234",
            "pa55word2026!",
            "1qaz2wsx3edc4rfv",
            "qwertyuiop123",
            "let me in 12345",
            "let-me-in-2026",
            "!!!iloveyou!!!",
            "aaaaaaaaaaaaaaaa",
            "ＰＡＳＳＷＯＲＤ１２３４",
        ] {
            assert_eq!(code(bad), Some("too_common"), "{bad}");
        }
    }

    #[test]
    fn a_password_made_of_the_office_or_of_its_owner_is_refused() {
        for bad in [
            "Palembang2026!",
            "bspjipalembang",
            "BSPJI-Palembang1",
            "P@l3mb@ng#2026",
            "Sertifikasi2026",
            "gnabmelap2026",
            "katasandi2026",
            "rahasiarahasia",
            "SitiRahayu123!",
            "rahayu-siti-1990",
            "KaretOgan2026!",
            "p4l3mb4ng p4l3mb4ng",
            "Bismillah12345",
            "admin-bspji-2026",
            "abcdefghijkl1",
        ] {
            assert!(
                matches!(code(bad), Some("too_guessable" | "too_common")),
                "{bad}: {:?}",
                code(bad)
            );
        }
        assert_eq!(code("Siti.Rahayu@Contoh.co.id"), Some("like_the_email"));
    }

    #[test]
    fn two_ways_to_write_one_password_are_one_password() {
        for (one, other) in [
            ("pe\u{301}rahu hijau", "pérahu hijau"),
            ("ｐerahu １２", "perahu 12"),
            ("ﬁkir dulu ya", "fikir dulu ya"),
        ] {
            let (one, other) = (
                Password::new(one.to_owned()),
                Password::new(other.to_owned()),
            );
            assert_eq!(one.bytes(), other.bytes());
            assert_eq!(
                (one.typed_bytes().is_some(), other.typed_bytes()),
                (true, None)
            );
        }
    }

    #[test]
    fn the_words_of_the_office_are_in_lower_case_and_named_once() {
        let distinct: BTreeSet<_> = OFFICE_WORDS.iter().collect();
        assert!(
            distinct.len() == OFFICE_WORDS.len()
                && OFFICE_WORDS
                    .iter()
                    .all(|word| word.to_lowercase() == **word)
        );
    }

    #[test]
    fn a_password_does_not_show_itself() {
        assert!(!format!("{:?}", Password::new("abc def ghij".to_owned())).contains("abc"));
    }

    /// At least 100,000.
    #[test]
    fn the_list_is_whole_sorted_and_long_enough() {
        let (entries, rest) = LIST.as_chunks::<PREFIX_BYTES>();
        assert!(
            rest.is_empty() && entries.is_sorted() && entries.len() > 200_000,
            "{}",
            entries.len()
        );
        assert!(
            ["password", "letmein", "1qaz2wsx3edc4rfv", "qwertyuiop123"]
                .into_iter()
                .all(is_breached)
        );
        assert!(
            !["kuda benar baterai", "perahu hijau menuju hulu", ""]
                .into_iter()
                .any(is_breached)
        );
    }
}
