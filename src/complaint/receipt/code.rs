//! The receipt code: 25 random symbols of Crockford's base32 (125 bits) and a check symbol for
//! typing errors, `XXXXX-…-X`. The code names no office and is shown once; only tags of it are
//! stored.

use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

use super::check_symbol::{check_symbol, is_word};
use crate::secrecy::random_bytes;
use crate::text::visible;

/// Crockford's alphabet: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Number of random symbols.
const RANDOM: usize = 25;
/// Number of symbols, check symbol included.
const LENGTH: usize = RANDOM + 1;
/// Symbols of a group in the displayed form.
const GROUP: usize = 5;

/// A receipt code as issued or typed. It has no `Display`, `Clone` or `Serialize`, and its memory
/// is wiped.
pub struct ReceiptCode(Zeroizing<[u8; LENGTH]>);

impl ReceiptCode {
    /// Creates a random code.
    pub fn random() -> Self {
        let bytes: Zeroizing<[u8; RANDOM]> = Zeroizing::new(random_bytes());
        let mut symbols = Zeroizing::new([0; LENGTH]);
        // 256 is a multiple of 32, so all symbols are equally likely.
        symbols
            .iter_mut()
            .zip(bytes.iter())
            .for_each(|(symbol, byte)| *symbol = byte & 31);
        symbols[RANDOM] = check_symbol(&symbols[..RANDOM]);
        Self(symbols)
    }

    /// Parses a typed or pasted code: any case and width of letters, O for 0, I or L for 1, and any
    /// dashes, spaces, punctuation and invisible characters. Never fails: a text that is no code
    /// becomes a code that was never issued, so that its lookup costs the same.
    pub(crate) fn parse(text: &str) -> Self {
        let mut nobodys = Self::random();
        nobodys.0[RANDOM] ^= 1;
        match symbols(text).map(Self) {
            Some(code) if code.is_well_formed() => code,
            Some(_) | None => nobodys,
        }
    }

    /// Whether the check symbol is right. A typing error is detected without a lookup.
    pub(crate) fn is_well_formed(&self) -> bool {
        is_word(self.0.as_slice())
    }

    /// The code in its displayed form: `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-X`.
    pub fn formatted(&self) -> Zeroizing<String> {
        let mut shown = Zeroizing::new(String::with_capacity(LENGTH + LENGTH / GROUP));
        for (i, symbol) in self.0.iter().enumerate() {
            if i > 0 && i % GROUP == 0 {
                shown.push('-');
            }
            shown.push(char::from(ALPHABET[usize::from(*symbol)]));
        }
        shown
    }

    /// Whether `text` contains a well-formed code: in one piece, with dashes anywhere, or in groups
    /// of five with any separators. Other words of the same length are not mistaken for a code.
    pub fn occurs_in(text: &str) -> bool {
        let text = Zeroizing::new(visible(text).collect::<String>());
        let pieces: Vec<&str> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|piece| !piece.is_empty())
            .collect();
        let groups = pieces.windows(LENGTH.div_ceil(GROUP)).filter(|groups| {
            let (last, whole) = groups.split_last().unwrap_or((&"", &[]));
            last.len() == 1 && whole.iter().all(|group| group.len() == GROUP)
        });
        let dashed = text.split(|c: char| !c.is_alphanumeric() && !is_dash(c));
        dashed.chain(pieces.iter().copied()).any(is_code)
            || groups
                .into_iter()
                .any(|groups| is_code(&Zeroizing::new(groups.concat())))
    }

    /// The symbols, to compute tags.
    pub(in crate::complaint) fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl std::fmt::Debug for ReceiptCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReceiptCode(secret)")
    }
}

impl<'de> Deserialize<'de> for ReceiptCode {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // The parser's own message would quote a value that is not a string.
        let text = String::deserialize(from)
            .map(Zeroizing::new)
            .map_err(|_| serde::de::Error::custom("expected a string"))?;
        Ok(Self::parse(&text))
    }
}

fn is_code(text: &str) -> bool {
    symbols(text).is_some_and(|symbols| ReceiptCode(symbols).is_well_formed())
}

/// The symbols of `text`; none when their number is not that of a code.
fn symbols(text: &str) -> Option<Zeroizing<[u8; LENGTH]>> {
    let mut symbols = Zeroizing::new([0; LENGTH]);
    let mut count = 0;
    for c in visible(text).filter(|c| c.is_alphanumeric()) {
        *symbols.get_mut(count)? = symbol(c)?;
        count += 1;
    }
    (count == LENGTH).then_some(symbols)
}

fn symbol(c: char) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET
        .iter()
        .position(|known| char::from(*known) == c)
        .and_then(|place| u8::try_from(place).ok())
}

/// A hyphen, or a dash by which word processors replace it.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Computed independently of this code.
    const KNOWN: [&str; 6] = [
        "00000-00000-00000-00000-00000-0",
        "00000-00000-00000-00000-00001-2",
        "10000-00000-00000-00000-00000-S",
        "01234-56789-ABCDE-FGHJK-MNPQR-B",
        "789AB-CDEFG-HJKMN-PQRST-VWXYZ-Q",
        "MANGK-0PA1E-MBANG-0MVS1-2345X-7",
    ];

    #[test]
    fn the_check_symbol_is_the_one_worked_out_elsewhere() {
        for known in KNOWN {
            assert!(ReceiptCode::parse(known).is_well_formed(), "{known}");
            assert_eq!(ReceiptCode::parse(known).formatted().as_str(), known);
        }
    }

    #[test]
    fn a_code_is_known_in_whatever_way_it_is_typed() {
        for typed in [
            "mangk0pa1embang0mvs12345x7",
            "MANGK-OPAIE-MBANG-OMVSL-2345X-7",
            " mangk opale mbang omvsi 2345x 7\n",
            "MANGK–0PA1E—MBANG-0MVS12345X-7",
        ] {
            assert_eq!(
                ReceiptCode::parse(typed).formatted().as_str(),
                KNOWN[5],
                "{typed}"
            );
        }
    }

    #[test]
    fn a_pasted_code_is_known_whatever_came_with_it() {
        for pasted in [
            "MANGK-0PA1E-MBANG-0MVS1-2345X-7.",
            "\u{feff}MANGK-0PA1E-MBANG-0MVS1-2345X-7",
            "MANGK\u{2011}0PA1E\u{2212}MBANG\u{fe63}0MVS1\u{ff0d}2345X\u{2e3a}7",
            "MANGK\u{200b}-0PA1E\u{2060}-MBANG-0M\u{ad}VS1-2345X-7\u{a0}",
            "\u{202a}MANGK-0PA1E-MBANG-0MVS1-2345X-7\u{202c}\u{200e}",
            "\u{201c}mangk 0pa1e mbang 0mvs1 2345x 7\u{201d},",
            "(MANGK_0PA1E/MBANG.0MVS1:2345X*7)",
            "ＭＡＮＧＫ－０ＰＡ１Ｅ－ＭＢＡＮＧ－０ＭＶＳ１－２３４５Ｘ－７。",
            "MANGK-0PA1E-MBANG-\n0MVS1-2345X-7\r\n",
        ] {
            assert_eq!(
                ReceiptCode::parse(pasted).formatted().as_str(),
                KNOWN[5],
                "{pasted:?}"
            );
        }
        assert!(ReceiptCode::occurs_in(
            "kode: MAN\u{200b}GK-0PA1E-MBANG-0M\u{ad}VS1-2345X-7"
        ));
        assert!(ReceiptCode::occurs_in(
            "ｍａｎｇｋ０ｐａ１ｅｍｂａｎｇ０ｍｖｓ１２３４５ｘ７"
        ));
    }

    #[test]
    fn what_is_no_code_is_read_as_one_that_nobody_has() {
        for typed in [
            "",
            "rahasia",
            "MANGK-0PA1E-MBANG-0MVS1-2345X-8",
            "MANGK-0PA1E-MBANG-0MVS1-2345X-77",
            "MANGK-UPA1E-MBANG-0MVS1-2345X-7",
            "é",
        ] {
            let code = ReceiptCode::parse(typed);
            assert!(!code.is_well_formed(), "{typed}");
            assert_ne!(code.bytes(), ReceiptCode::parse(typed).bytes(), "{typed}");
        }
    }

    #[test]
    fn a_code_pasted_into_a_text_is_found() {
        for text in [
            "Kode saya MANGK-0PA1E-MBANG-0MVS1-2345X-7.",
            "kode=mangk0pa1embang0mvs12345x7;",
            "mangk opa1e mbang omvs1\n2345x 7",
            "MANGK-0PA1E-MBANG-0MVS1-2345X-7-tolong",
            "(MANG-K0PA-1EMB-ANG0-MVS1-2345-X7)",
        ] {
            assert!(ReceiptCode::occurs_in(text), "{text}");
        }
    }

    #[test]
    fn an_ordinary_text_is_not_taken_for_a_code() {
        for text in [
            "",
            "Pada 12 Maret 2026 pukul 09.30 ia meminta Rp 2.500.000 lewat 0812-3456-7890, NIK 1671012345678901.",
            "MANGK-0PA1E-MBANG-0MVS1-2345X-8",
            "550e8400-e29b-41d4-a716-446655440000",
        ] {
            assert!(!ReceiptCode::occurs_in(text), "{text}");
        }
    }

    #[test]
    fn a_code_in_json_never_fails_unless_it_is_no_text() {
        assert!(serde_json::from_str::<ReceiptCode>("\"x\"").is_ok());
        let refusal = serde_json::from_str::<ReceiptCode>("1671012345").unwrap_err();
        assert!(!refusal.to_string().contains("1671"));
    }

    #[test]
    fn a_code_does_not_show_itself() {
        assert_eq!(
            format!("{:?}", ReceiptCode::random()),
            "ReceiptCode(secret)"
        );
    }

    proptest! {
        #[test]
        fn a_new_code_is_well_formed_and_survives_the_way_to_paper_and_back(is_lower in any::<bool>(), separator in "[- .\u{200b}\u{ad}\u{a0}\u{2013}]{0,3}") {
            let code = ReceiptCode::random();
            prop_assert!(code.is_well_formed());
            let shown = code.formatted().replace('-', &separator);
            let again = ReceiptCode::parse(&if is_lower { shown.to_lowercase() } else { shown });
            prop_assert_eq!(again.bytes(), code.bytes());
            prop_assert!(ReceiptCode::occurs_in(&code.formatted()));
        }

        #[test]
        fn one_wrong_symbol_is_always_caught(place in 0..LENGTH, error in 1_u8..32) {
            let mut code = ReceiptCode::random();
            code.0[place] ^= error;
            prop_assert!(!code.is_well_formed());
        }

        #[test]
        fn two_exchanged_symbols_are_always_caught(one in 0..LENGTH, other in 0..LENGTH) {
            let mut code = ReceiptCode::random();
            let differ = code.0[one] != code.0[other];
            code.0.swap(one, other);
            prop_assert_eq!(code.is_well_formed(), !differ);
        }

        #[test]
        fn whatever_is_typed_can_be_read(text in ".{0,80}") {
            let _ = ReceiptCode::parse(&text).formatted();
            let _ = ReceiptCode::occurs_in(&text);
        }
    }
}
