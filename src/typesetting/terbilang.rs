//! Spells numbers in Indonesian words (terbilang), as printed below an amount.

const DIGITS: [&str; 10] = [
    "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan",
];
/// The names of the powers of a thousand, enough for every `i64`.
const THOUSANDS: [&str; 7] = [
    "",
    "ribu",
    "juta",
    "miliar",
    "triliun",
    "kuadriliun",
    "kuintiliun",
];

/// Spells `number`: `satu juta dua ratus ribu`.
pub fn terbilang(number: i64) -> String {
    if number == 0 {
        return DIGITS[0].to_owned();
    }
    let mut words = Vec::new();
    if number < 0 {
        words.push("minus");
    }
    let number = number.unsigned_abs();
    for (power, name) in THOUSANDS.iter().enumerate().rev() {
        let group = number / 1000_u64.pow(u32::try_from(power).unwrap_or_default()) % 1000;
        match (group, *name) {
            (0, _) => {}
            // 1,000 is `seribu`, but 1,000,000 is `satu juta`.
            (1, "ribu") => words.push("seribu"),
            (_, name) => {
                below_a_thousand(group, &mut words);
                words.push(name);
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

/// Spells an amount, with a capital first letter: `Satu juta dua ratus ribu rupiah`.
pub fn rupiah_in_words(amount: i64) -> String {
    let words = terbilang(amount);
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first
        .into_iter()
        .chain(letters)
        .chain(" rupiah".chars())
        .collect()
}

fn below_a_thousand(number: u64, words: &mut Vec<&'static str>) {
    match number / 100 {
        0 => {}
        1 => words.push("seratus"),
        hundreds => words.extend([digit(hundreds), "ratus"]),
    }
    match number % 100 {
        0 => {}
        rest @ 1..=9 => words.push(digit(rest)),
        10 => words.push("sepuluh"),
        11 => words.push("sebelas"),
        rest @ 12..=19 => words.extend([digit(rest % 10), "belas"]),
        rest => {
            words.extend([digit(rest / 10), "puluh"]);
            if rest % 10 > 0 {
                words.push(digit(rest % 10));
            }
        }
    }
}

fn digit(number: u64) -> &'static str {
    usize::try_from(number)
        .ok()
        .and_then(|number| DIGITS.get(number))
        .copied()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        let said: [(i64, &str); 18] = [
            (0, "nol"),
            (7, "tujuh"),
            (10, "sepuluh"),
            (11, "sebelas"),
            (15, "lima belas"),
            (20, "dua puluh"),
            (99, "sembilan puluh sembilan"),
            (100, "seratus"),
            (111, "seratus sebelas"),
            (200, "dua ratus"),
            (1_000, "seribu"),
            (1_001, "seribu satu"),
            (2_100, "dua ribu seratus"),
            (101_000, "seratus satu ribu"),
            (1_001_000, "satu juta seribu"),
            (9_000_000, "sembilan juta"),
            (
                1_234_567_890,
                "satu miliar dua ratus tiga puluh empat juta lima ratus enam puluh tujuh ribu delapan ratus sembilan puluh",
            ),
            (-25_000, "minus dua puluh lima ribu"),
        ];
        for (number, words) in said {
            assert_eq!(terbilang(number), words);
        }
    }

    #[test]
    fn an_amount_begins_with_a_capital_and_ends_in_its_currency() {
        assert_eq!(
            rupiah_in_words(10_500_000),
            "Sepuluh juta lima ratus ribu rupiah"
        );
        assert_eq!(rupiah_in_words(0), "Nol rupiah");
    }

    #[test]
    fn the_largest_and_the_smallest_number_can_be_said() {
        assert!(
            terbilang(i64::MAX)
                .starts_with("sembilan kuintiliun dua ratus dua puluh tiga kuadriliun")
        );
        assert_eq!(heard(&terbilang(i64::MAX)), Some(i128::from(i64::MAX)));
        assert_eq!(heard(&terbilang(i64::MIN)), Some(i128::from(i64::MIN)));
    }

    /// Parses the words by the grammar of Indonesian numbers, independently of the code above.
    fn heard(words: &str) -> Option<i128> {
        let (sign, words) = words
            .strip_prefix("minus ")
            .map_or((1, words), |rest| (-1, rest));
        let (mut whole, mut group, mut last) = (0_i128, 0_i128, None::<i128>);
        for word in words.split(' ') {
            let units = [
                "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan",
                "sembilan",
            ];
            if let Some(unit) = units.iter().position(|known| *known == word) {
                last = Some(i128::try_from(unit).ok()?);
                continue;
            }
            let said = last.take();
            match word {
                "sepuluh" => group += 10,
                "sebelas" => group += 11,
                "seratus" => group += 100,
                "seribu" => whole += 1_000,
                "belas" => group += 10 + said?,
                "puluh" => group += 10 * said?,
                "ratus" => group += 100 * said?,
                name => {
                    let power = [
                        "ribu",
                        "juta",
                        "miliar",
                        "triliun",
                        "kuadriliun",
                        "kuintiliun",
                    ]
                    .iter()
                    .position(|known| *known == name)?;
                    whole += (group + said.unwrap_or_default())
                        * 1_000_i128.pow(u32::try_from(power).ok()? + 1);
                    group = 0;
                }
            }
        }
        Some(sign * (whole + group + last.unwrap_or_default()))
    }

    proptest! {
        #[test]
        fn a_listener_writes_down_the_same_number(number: i64) {
            prop_assert_eq!(heard(&terbilang(number)), Some(i128::from(number)));
        }

        #[test]
        fn a_listener_writes_down_the_same_amount(number in 0_i64..2_000_000_000) {
            prop_assert_eq!(heard(&terbilang(number)), Some(i128::from(number)));
        }

        #[test]
        fn one_before_a_unit_is_never_said_as_satu(number: i64) {
            let words = terbilang(number);
            for wrong in ["satu puluh", "satu ratus", "satu belas", "  "] {
                prop_assert!(!words.contains(wrong), "{}", words);
            }
            // "satu ribu" may only end a larger count of thousands.
            prop_assert!(!words.starts_with("satu ribu"), "{}", words);
        }

        #[test]
        fn different_numbers_have_different_words(a in 0_i64..10_000_000, b in 0_i64..10_000_000) {
            prop_assert_eq!(a == b, terbilang(a) == terbilang(b));
        }
    }
}
