//! The display name of a file: the sender's name, sanitized. It is never used as an object key.

use actix_web::http::header::{CONTENT_DISPOSITION, ContentDisposition, HeaderMap, HeaderValue};

use crate::casework::file_kind::FileKind;

/// The maximum length of a stored name, in characters.
const MAX_LENGTH: usize = 200;

/// The name in the request's `Content-Disposition` (RFC 6266), sanitized, with an extension that
/// matches the content; `<requirement>.<ext>` when there is no name or nothing is left of it. An
/// unreadable header is ignored: the name is optional.
pub fn from_headers(headers: &HeaderMap, requirement: &str, kind: FileKind) -> String {
    let given = headers.get(CONTENT_DISPOSITION).and_then(name_in);
    let name = given
        .map(|name| sanitized(&name))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| sanitized(requirement));
    with_extension(&name, kind)
}

fn name_in(header: &HeaderValue) -> Option<String> {
    let disposition = ContentDisposition::from_raw(header).ok()?;
    let extended = disposition
        .get_filename_ext()
        .and_then(|name| String::from_utf8(name.value.clone()).ok());
    extended.or_else(|| disposition.get_filename().map(str::to_owned))
}

/// The last part of a path, without characters that mislead a reader (control and direction
/// characters) or a file system.
fn sanitized(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|c| !is_misleading(*c))
        .map(|c| if "<>:\"|?*".contains(c) { '_' } else { c })
        .collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    words.join(" ").trim_matches(['.', ' ']).to_owned()
}

/// True for control characters and for invisible or direction-changing ones: `fdp.exe` must not
/// read as `exe.pdf`.
fn is_misleading(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Sets the extension to that of the content, because operating systems open a file by its
/// extension.
fn with_extension(name: &str, kind: FileKind) -> String {
    let (stem, extension) = name
        .rsplit_once('.')
        .filter(|(stem, _)| !stem.is_empty())
        .unwrap_or((name, ""));
    let lower = extension.to_ascii_lowercase();
    let (stem, extension) =
        if lower == kind.extension() || (kind == FileKind::Jpeg && lower == "jpeg") {
            (stem, lower.as_str())
        } else {
            (name, kind.extension())
        };
    let stem: String = stem
        .chars()
        .take(MAX_LENGTH - 1 - extension.len())
        .collect();
    format!("{stem}.{extension}")
}

/// `Content-Disposition` of a download: an ASCII name for old clients and the real one (RFC 6266
/// §4.3, RFC 8187).
pub fn content_disposition(name: &str) -> String {
    let ascii: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && !"\"\\%".contains(c) || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let mut header = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            header.push(char::from(byte));
        } else {
            header.push('%');
            header.push_str(&hex::encode_upper([byte]));
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(header: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(
            CONTENT_DISPOSITION,
            HeaderValue::from_bytes(header.as_bytes()).unwrap(),
        );
        from_headers(&headers, "business_licence", FileKind::Pdf)
    }

    #[test]
    fn a_name_is_taken_from_either_form_and_the_extended_one_wins() {
        assert_eq!(of("attachment; filename=\"Akta.pdf\""), "Akta.pdf");
        assert_eq!(
            of("attachment; filename=\"x.pdf\"; filename*=UTF-8''Surat%20%C3%A9.pdf"),
            "Surat é.pdf"
        );
        assert_eq!(of("attachment; filename=\"Akta é.pdf\""), "Akta é.pdf");
    }

    #[test]
    fn without_a_name_that_can_be_read_the_requirement_is_the_name() {
        for header in [
            "",
            "attachment",
            "filename",
            "attachment; filename=\"\"",
            "attachment; filename=\"../..\"",
            "attachment; filename*=UTF-8''%FF%FE",
        ] {
            assert_eq!(of(header), "business_licence.pdf", "{header}");
        }
        assert_eq!(
            from_headers(&HeaderMap::new(), "photo", FileKind::Jpeg),
            "photo.jpg"
        );
    }

    #[test]
    fn no_path_survives() {
        for header in [
            "../../etc/passwd",
            "..\\\\..\\\\boot.ini",
            "/etc/passwd",
            "C:\\\\x\\\\y.pdf",
            "a/../b.pdf",
        ] {
            let name = of(&format!("attachment; filename=\"{header}\""));
            assert!(
                !name.contains(['/', '\\', ':']) && !name.starts_with('.'),
                "{name}"
            );
        }
        assert_eq!(
            of("attachment; filename*=UTF-8''..%2F..%2Fsecret.pdf"),
            "secret.pdf"
        );
    }

    #[test]
    fn the_extension_follows_the_content() {
        assert_eq!(of("attachment; filename=\"virus.exe\""), "virus.exe.pdf");
        assert_eq!(of("attachment; filename=\"AKTA.PDF\""), "AKTA.pdf");
        assert_eq!(
            of("attachment; filename*=UTF-8''gpj%E2%80%AE.exe"),
            "gpj.exe.pdf"
        );
        assert_eq!(with_extension("a.jpeg", FileKind::Jpeg), "a.jpeg");
    }

    #[test]
    fn a_header_cannot_be_broken_out_of() {
        assert_eq!(
            content_disposition("a\"b é;%.pdf"),
            "attachment; filename=\"a_b _;_.pdf\"; filename*=UTF-8''a%22b%20%C3%A9%3B%25.pdf"
        );
    }

    proptest! {
        #[test]
        fn whatever_is_given_becomes_a_short_plain_name_that_survives_the_way_back(name in "\\PC{0,400}|.{0,400}") {
            let name = with_extension(&format!("x{}", sanitized(&name)), FileKind::Docx);
            prop_assert!(name.chars().count() <= MAX_LENGTH);
            prop_assert_eq!(name.rsplit('.').next(), Some("docx"));
            let harmful = name.contains(['/', '\\', '"', '\0', '\r', '\n', '\u{202e}']);
            prop_assert!(!harmful);
            let header = content_disposition(&name);
            prop_assert!(header.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()));
            prop_assert_eq!(name_in(&HeaderValue::from_str(&header).unwrap()), Some(name));
        }
    }
}
