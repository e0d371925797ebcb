//! One character of a text as the letters that a reader takes it for.

use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_security::confusable_detection::skeleton;

/// Visual reading of one character.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Nothing: the letters around it stand next to each other.
    Nothing,
    /// A space or a line break.
    Space,
    /// A sign between words.
    Sign,
    /// Letters or digits, in lower case, and whether the character is a capital.
    Letters(String, bool),
}

/// Letters by which Cyrillic and Greek words are read aloud.
const READ_ALOUD: &[(&str, &str)] = &[
    (
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a,b,v,g,d,e,e,zh,z,i,y,k,l,m,n,o,p,r,s,t,u,f,h,c,c,sh,sh,,i,,e,yu,ya",
    ),
    (
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        "a,b,g,d,e,z,i,t,i,k,l,m,n,ks,o,p,r,s,s,t,u,f,h,ps,o",
    ),
];

/// Characters that the tables of Unicode leave apart and that look like a letter: small capitals,
/// letters turned upside down, signs of money.
const LOOKS_LIKE: &[(&str, char)] = &[
    ("ᴀɐ∀ɑªΔΛ∆", 'a'),
    ("ʙßвƀɓ", 'b'),
    ("ᴄɔ©¢ƈ", 'c'),
    ("ᴅđðɖɗ", 'd'),
    ("ᴇǝəɘ€ɛεэ℮", 'e'),
    ("ꜰɟƒ", 'f'),
    ("ɢƃɡɠ", 'g'),
    ("ʜɥħнɦ", 'h'),
    ("ɪıᴉ¡ɩΙ", 'i'),
    ("ᴊɾʝ", 'j'),
    ("ᴋʞĸкƙ", 'k'),
    ("ʟɭłƚ£", 'l'),
    ("ᴍɯʍмɱ", 'm'),
    ("ɴпηŋɲ", 'n'),
    ("ᴏøσ¤ɵ", 'o'),
    ("ᴘþρƥ", 'p'),
    ("ʀɹгяɍ®", 'r'),
    ("ꜱʂ§ƨ", 's'),
    ("ᴛʇтŧƭ†", 't'),
    ("ᴜυʉµц", 'u'),
    ("ᴠʌνѵ", 'v'),
    ("ᴡωшѡ", 'w'),
    ("ʏʎу¥ɣ", 'y'),
    ("ᴢʐƶ", 'z'),
];

/// Letters of Braille, from `a` to `z`.
const BRAILLE: &str = "⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚⠅⠇⠍⠝⠕⠏⠟⠗⠎⠞⠥⠧⠺⠭⠽⠵";

/// True for characters that show nothing and stand between letters without parting them.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{2800}' | '\u{1d159}')
        || (c.is_control() && !c.is_whitespace())
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// Apostrophes and accents that stand alone: `Ma'ruf` is `Maruf`.
fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`'
            | '´'
            | '‘'
            | '’'
            | '‛'
            | 'ʼ'
            | 'ʻ'
            | 'ʾ'
            | 'ʿ'
            | '′'
            | '\u{ff07}'
            | 'ˈ'
            | '¨'
            | '^'
            | '~'
    )
}

/// Returns the visual reading of `c`. `aloud` reads Cyrillic and Greek as they sound and not as
/// they look.
pub(crate) fn seen(c: char, aloud: bool) -> Seen {
    if c.is_ascii_alphanumeric() {
        return Seen::Letters(c.to_ascii_lowercase().into(), c.is_ascii_uppercase());
    }
    if c.is_whitespace() {
        return Seen::Space;
    }
    if is_apostrophe(c) {
        return Seen::Nothing;
    }
    if c.is_ascii() {
        return if c.is_ascii_control() {
            Seen::Nothing
        } else {
            Seen::Sign
        };
    }
    if is_hidden(c) {
        return Seen::Nothing;
    }
    // The table gives dashes the shape of a letter.
    if matches!(
        c,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' | '\u{4e00}' | '…' | '·' | '•'
    ) {
        return Seen::Sign;
    }
    if let Some(letter) = framed(c) {
        return Seen::Letters(letter.into(), true);
    }
    let (mut letters, mut space, mut sign) = (String::new(), false, false);
    let capital = c.is_uppercase();
    for part in std::iter::once(c).nfkd() {
        if is_combining_mark(part) || is_hidden(part) || is_apostrophe(part) {
            continue;
        }
        if part.is_whitespace() {
            space = true;
        } else if part.is_ascii_alphanumeric() {
            letters.push(part.to_ascii_lowercase());
        } else if part.is_ascii() {
            sign = true;
        } else {
            sign |= !push_letters(part, aloud, &mut letters);
        }
    }
    if !letters.is_empty() {
        Seen::Letters(letters, capital)
    } else if space {
        Seen::Space
    } else if sign {
        Seen::Sign
    } else {
        Seen::Nothing
    }
}

/// Adds the letters of a character that is no ASCII. False when it is a sign and no letter.
fn push_letters(c: char, aloud: bool, letters: &mut String) -> bool {
    if aloud && let Some(sound) = read_aloud(c) {
        letters.push_str(sound);
        return true;
    }
    let shape = skeleton(c.encode_utf8(&mut [0; 4])).collect::<String>();
    let mut any = false;
    for part in shape.chars().filter(|part| !is_combining_mark(*part)) {
        if part == 'l' && c.is_uppercase() {
            // The table gives a capital I and a small l one shape.
            letters.push('i');
            any = true;
        } else if part.is_ascii_alphanumeric() {
            letters.push(part.to_ascii_lowercase());
            any = true;
        } else if let Some(letter) = look_alike(part).or_else(|| look_alike(c)) {
            letters.push(letter);
            any = true;
        } else if let Some(sound) = read_aloud(part).or_else(|| read_aloud(c)) {
            letters.push_str(sound);
            any = true;
        } else if part.is_alphanumeric() {
            letters.extend(part.to_lowercase());
            any = true;
        }
    }
    any
}

fn look_alike(c: char) -> Option<char> {
    LOOKS_LIKE
        .iter()
        .find(|(shapes, _)| shapes.contains(c))
        .map(|(_, letter)| *letter)
}

fn read_aloud(c: char) -> Option<&'static str> {
    let lower = c.to_lowercase().next()?;
    READ_ALOUD.iter().find_map(|(letters, sounds)| {
        let at = letters.chars().position(|letter| letter == lower)?;
        sounds.split(',').nth(at)
    })
}

/// The letter in a circle, a square or a flag, which have no compatibility form, or in Braille.
fn framed(c: char) -> Option<char> {
    let of = |first: u32| char::from_u32(u32::from('a') + (u32::from(c) - first));
    match c {
        '\u{1f150}'..='\u{1f169}' => of(0x1f150),
        '\u{1f170}'..='\u{1f189}' => of(0x1f170),
        '\u{1f130}'..='\u{1f149}' => of(0x1f130),
        '\u{1f1e6}'..='\u{1f1ff}' => of(0x1f1e6),
        '\u{2800}'..='\u{28ff}' => ('a'..='z').nth(BRAILLE.chars().position(|sign| sign == c)?),
        _ => None,
    }
}

/// True for characters of scripts that can be read aloud in another way than they look.
pub(crate) fn has_two_readings(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{4ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        text.chars()
            .filter_map(|c| match seen(c, false) {
                Seen::Letters(letters, _) => Some(letters),
                Seen::Space | Seen::Sign | Seen::Nothing => None,
            })
            .collect()
    }

    /// Each way to draw a letter.
    #[test]
    fn a_letter_is_read_however_it_is_drawn() {
        for drawn in [
            "SARI",
            "ｓａｒｉ",
            "𝐒𝐚𝐫𝐢",
            "𝔖𝔞𝔯𝔦",
            "𝓢𝓪𝓻𝓲",
            "𝚂𝚊𝚛𝚒",
            "Ⓢⓐⓡⓘ",
            "🅂🄰🅁🄸",
            "🆂🅰🆁🅸",
            "🅢🅐🅡🅘",
            "🇸🇦🇷🇮",
            "ѕаrі",
            "ѕαгι",
            "ꜱᴀʀɪ",
            "s\u{335}a\u{301}r\u{323}i\u{308}",
            "šàŕï",
            "s\u{200d}a\u{fe0f}r\u{e0061}i",
            "s\u{3164}a\u{2800}r\u{115f}i",
            "⠎⠁⠗⠊",
            "ˢᵃʳⁱ",
            "⒮⒜⒭⒤",
            "sɐɹı",
        ] {
            assert_eq!(read(drawn), "sari", "{drawn}");
        }
        assert_eq!(seen('\u{a0}', false), Seen::Space);
        assert_eq!(seen('→', false), Seen::Sign);
        assert_eq!(seen('\u{301}', false), Seen::Nothing);
    }

    #[test]
    fn a_word_of_another_script_is_read_aloud() {
        let aloud = |text: &str| -> String {
            text.chars()
                .filter_map(|c| match seen(c, true) {
                    Seen::Letters(letters, _) => Some(letters),
                    Seen::Space | Seen::Sign | Seen::Nothing => None,
                })
                .collect()
        };
        assert_eq!(aloud("Сари"), "sari");
        assert_eq!(aloud("Σαρι"), "sari");
    }
}
