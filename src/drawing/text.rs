//! How wide a text is, and how it is broken into lines. Reckoned with the widths of a wide sans serif (`DejaVu Sans`), so that any other that a reader's
//! machine puts in its place is narrower.

/// Width of `text` at `size`, in the unit of the size.
#[must_use]
pub fn width(text: &str, size: f64, bold: bool) -> f64 {
    let ems: f64 = text.chars().map(em).sum();
    ems * size * if bold { 1.1 } else { 1.0 }
}

/// Width of one character at size 1.
fn em(character: char) -> f64 {
    match character {
        'i' | 'j' | 'l' | '\'' | '|' | '.' | ',' | ':' | ';' | '!' | 'I' | ' ' => 0.33,
        'f' | 't' | 'r' | '(' | ')' | '/' | '-' | '"' | '[' | ']' | '·' | '°' => 0.42,
        's' | 'c' | 'k' | 'x' | 'y' | 'z' | 'v' | 'J' => 0.59,
        'm' | 'M' | 'W' | '%' | '@' | '→' | '—' | '…' => 0.98,
        'w' | 'O' | 'Q' | 'D' | 'G' | 'N' | 'H' | 'U' | '≥' | '≤' | '+' | '=' | '<' | '>' | '↳' => {
            0.84
        }
        'A'..='Z' => 0.72,
        _ => 0.64,
    }
}

/// `text` in lines no wider than `room`, broken at spaces; a word that is wider itself is broken where it must be.
#[must_use]
pub fn wrap(text: &str, size: f64, bold: bool, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if width(&longer, size, bold) <= room {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for character in word.chars() {
            if !line.is_empty() && width(&format!("{line}{character}"), size, bold) > room {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// `text`, cut with an ellipsis where it is wider than `room`.
#[must_use]
pub fn cut(text: &str, size: f64, bold: bool, room: f64) -> String {
    if width(text, size, bold) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        if width(&format!("{kept}{character}…"), size, bold) > room {
            break;
        }
        kept.push(character);
    }
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(
            wrap("Menandatangani surat pemberitahuan audit", 1.0, false, 14.0),
            ["Menandatangani surat", "pemberitahuan audit"]
        );
        assert_eq!(
            wrap("pemberitahuan", 1.0, false, 5.0),
            ["pemberit", "ahuan"],
            "only a word wider than the room is broken"
        );
        assert!(wrap("", 1.0, false, 5.0).is_empty());
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_room_and_no_letter_is_lost(text in "[a-zA-Z ]{0,80}", room in 2.0..30.0_f64) {
            let lines = wrap(&text, 1.0, true, room);
            prop_assert!(lines.iter().all(|line| width(line, 1.0, true) <= room + 1e-9));
            let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
            prop_assert!(width(&cut(&text, 1.0, false, room), 1.0, false) <= room + 1e-9);
        }
    }
}
