//! Writings of a character that a reader's program shows as that character: HTML entities and tags,
//! percent signs of addresses, escapes of JSON.

/// Names of HTML entities; the rest of a name (`eacute`) begins with its letter.
const ENTITIES: &[(&str, char)] = &[
    ("nbsp", ' '),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("shy", '\u{ad}'),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
    ("lrm", '\u{200e}'),
    ("rlm", '\u{200f}'),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("commat", '@'),
    ("period", '.'),
    ("hyphen", '-'),
    ("dash", '-'),
    ("lowbar", '_'),
    ("szlig", 'ß'),
    ("inodot", 'ı'),
];
/// Ends of the names of letters with a mark.
const MARKS: [&str; 13] = [
    "acute", "grave", "uml", "circ", "tilde", "cedil", "ring", "slash", "caron", "breve", "macr",
    "dot", "ogon",
];
/// Tags that show nothing of their own.
const TAGS: [&str; 22] = [
    "b", "i", "u", "s", "em", "strong", "span", "p", "br", "wbr", "font", "div", "a", "sub", "sup",
    "small", "big", "code", "mark", "del", "ins", "q",
];
/// Longest entity, tag or comment that is looked for, in characters.
const LONGEST: usize = 120;

/// The characters that a program would show for `text`.
pub(crate) fn decoded(text: &str) -> Vec<char> {
    let mut chars: Vec<char> = text.chars().collect();
    // Twice, because one writing may stand within another, as in `&amp;#83;`.
    for _ in 0..2 {
        if !chars.iter().any(|c| matches!(c, '&' | '%' | '\\' | '<')) {
            break;
        }
        chars = pass(&chars);
    }
    chars
}

fn pass(chars: &[char]) -> Vec<char> {
    let (mut shown, mut at) = (Vec::with_capacity(chars.len()), 0);
    while at < chars.len() {
        let rest = &chars[at..chars.len().min(at + LONGEST)];
        let written = match rest[0] {
            '&' => entity(rest).map(|(c, length)| (vec![c], length)),
            '%' => percent(rest),
            '\\' => escape(rest).map(|(c, length)| (vec![c], length)),
            '<' => tag(rest).map(|length| (Vec::new(), length)),
            _ => None,
        };
        let (mut meant, length) = written.unwrap_or_else(|| (vec![rest[0]], 1));
        shown.append(&mut meant);
        at += length;
    }
    shown
}

fn entity(rest: &[char]) -> Option<(char, usize)> {
    let numbered = rest.get(1) == Some(&'#');
    let hex = matches!(rest.get(2), Some('x' | 'X'));
    let length = rest
        .iter()
        .enumerate()
        .skip(1)
        .take_while(|(at, c)| match at {
            1 => numbered || c.is_ascii_alphanumeric(),
            2 if hex => true,
            _ if numbered && !hex => c.is_ascii_digit(),
            _ if numbered => c.is_ascii_hexdigit(),
            _ => c.is_ascii_alphanumeric(),
        })
        .count();
    let name: String = rest[1..=length].iter().collect();
    // Programs show an entity without its semicolon too.
    let whole = length + 1 + usize::from(rest.get(length + 1) == Some(&';'));
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return Some((char::from_u32(code.ok()?)?, whole));
    }
    let known = ENTITIES.iter().find(|(known, _)| *known == name);
    if let Some((_, c)) = known {
        return Some((*c, whole));
    }
    let first = name.chars().next()?;
    MARKS
        .contains(&name.get(first.len_utf8()..)?)
        .then_some((first, whole))
}

/// A run of `%53%61`, if it is UTF-8.
fn percent(rest: &[char]) -> Option<(Vec<char>, usize)> {
    let (mut bytes, mut at) = (Vec::new(), 0);
    while rest.get(at) == Some(&'%') {
        let digit = |i: usize| rest.get(i).and_then(|c| c.to_digit(16));
        let (Some(high), Some(low)) = (digit(at + 1), digit(at + 2)) else {
            break;
        };
        bytes.push(u8::try_from(high * 16 + low).ok()?);
        at += 3;
    }
    let text = std::str::from_utf8(&bytes).ok()?;
    (!text.is_empty()).then(|| (text.chars().collect(), at))
}

/// `\u0053` and `\x53`.
fn escape(rest: &[char]) -> Option<(char, usize)> {
    let digits = match rest.get(1)? {
        'u' => 4,
        'x' => 2,
        _ => return None,
    };
    let code =
        (2..2 + digits).try_fold(0, |code, at| Some(code * 16 + rest.get(at)?.to_digit(16)?))?;
    Some((char::from_u32(code)?, 2 + digits))
}

/// The length of a tag or a comment.
fn tag(rest: &[char]) -> Option<usize> {
    let end = rest.iter().position(|c| *c == '>')?;
    let inside: String = rest[1..end].iter().collect();
    if inside.starts_with("!--") {
        return Some(end + 1);
    }
    let name = inside
        .trim_start_matches('/')
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    TAGS.contains(&name.as_str()).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_is_read_as_a_program_shows_it() {
        for written in [
            "Sari",
            "&#83;ari",
            "S&#x61;ri",
            "S&shy;ari",
            "%53%61ri",
            "\\u0053ari",
            "\\x53ari",
            "S<b>a</b>ri",
            "S<!-- x -->ari",
            "&amp;#83;ari",
            "S&aacute;ri",
            "S&#97ri",
            "S<wbr>ari",
        ] {
            let shown: String = decoded(written)
                .into_iter()
                .filter(|c| *c != '\u{ad}')
                .collect();
            assert_eq!(shown, "Sari", "{written}");
        }
        for kept in [
            "50% lebih",
            "a & b",
            "<p3@bspji.example>",
            "C:\\uang",
            "&",
            "%",
            "\\",
            "<",
            "\\u00",
            "%ff",
            "&#x110000;",
        ] {
            assert_eq!(decoded(kept).into_iter().collect::<String>(), kept);
        }
    }
}
