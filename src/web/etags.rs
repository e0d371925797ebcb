//! Entity tags: of replies, and in `If-Match` and `If-None-Match` (RFC 9110 §13.1), which have any
//! number of tags over any number of header lines.

use actix_web::http::header::{HeaderMap, HeaderName};

use crate::secrecy::sha256;

/// The version of a resource that callers do not write to with `If-Match`: the digest in its tag
/// tells its states apart.
pub const READ_ONLY: i64 = 0;

/// `"<version>.<digest of the body>"`: the version guards writes, the digest changes when derived
/// data in the body changes.
pub fn etag(version: i64, body: &str) -> String {
    format!(
        "\"{version}.{}\"",
        hex::encode(&sha256(body.as_bytes())[..6])
    )
}

/// The entity tags of one header, without quotes and without `W/`.
///
/// Weak and strong tags compare alike. RFC 9110 requires that for `If-None-Match`. For `If-Match`
/// it requires strong tags; but a proxy that compresses a reply weakens the tag, and a write
/// depends only on the version within the tag, so a weakened tag must not prevent a write.
#[derive(Debug, PartialEq, Eq)]
pub struct EntityTags {
    /// True if the header contains `*`.
    any: bool,
    tags: Vec<String>,
}

impl EntityTags {
    /// Parses the header `name`; `None` when it was not sent.
    pub fn from_header(headers: &HeaderMap, name: &HeaderName) -> Option<Self> {
        let mut lines = headers.get_all(name).peekable();
        lines.peek()?;
        let mut found = Self {
            any: false,
            tags: Vec::new(),
        };
        lines.for_each(|line| found.read(line.to_str().unwrap_or_default()));
        Some(found)
    }

    /// Parses one header line. A tag without quotes extends to the next comma.
    fn read(&mut self, line: &str) {
        let mut rest = line.trim_start_matches([',', ' ', '\t']);
        while !rest.is_empty() {
            let bare = rest.strip_prefix("W/").unwrap_or(rest);
            let (tag, after) = match bare.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => bare.split_once(',').unwrap_or((bare, "")),
            };
            if bare.starts_with('"') {
                self.tags.push(tag.to_owned());
            } else if tag.trim() == "*" {
                self.any = true;
            } else {
                self.tags.push(tag.trim().to_owned());
            }
            rest = after.trim_start_matches([',', ' ', '\t']);
        }
    }

    /// True if the header contains `*`, so that any version matches.
    pub fn is_any(&self) -> bool {
        self.any
    }

    /// Iterates over the tags.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().map(String::as_str)
    }
}

/// True if the `If-None-Match` header matches `etag`: the caller's copy is current.
pub fn if_none_match_matches(headers: &HeaderMap, etag: &str) -> bool {
    let wanted = etag.trim_start_matches("W/").trim_matches('"');
    EntityTags::from_header(headers, &actix_web::http::header::IF_NONE_MATCH)
        .is_some_and(|tags| tags.is_any() || tags.iter().any(|tag| tag == wanted))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderValue, IF_NONE_MATCH};

    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(IF_NONE_MATCH, HeaderValue::from_str(line).unwrap());
        }
        headers
    }

    #[test]
    fn a_list_of_tags_is_read_over_all_its_lines() {
        for (lines, tags) in [
            (&["\"1.a\""][..], &["1.a"][..]),
            (&["\"1.a\", W/\"2.b\""], &["1.a", "2.b"]),
            (&["\"1.a\",\"2.b\"", "W/\"3.c\""], &["1.a", "2.b", "3.c"]),
            (&[" , \"1.a\" ,, \"2,b\" , "], &["1.a", "2,b"]),
            (&["1.a, 2.b"], &["1.a", "2.b"]),
            (&["\"1.a"], &["1.a"]),
            (&["\"*\""], &["*"]),
            (&[""], &[]),
        ] {
            let found = EntityTags::from_header(&headers(lines), &IF_NONE_MATCH).unwrap();
            assert_eq!(
                (found.iter().collect::<Vec<_>>().as_slice(), found.is_any()),
                (tags, false),
                "{lines:?}"
            );
        }
        assert!(
            EntityTags::from_header(&headers(&["*"]), &IF_NONE_MATCH)
                .unwrap()
                .is_any()
                && EntityTags::from_header(&headers(&[]), &IF_NONE_MATCH).is_none()
        );
    }

    #[test]
    fn any_tag_of_the_list_counts() {
        for known in [
            &["\"x\", \"1.a\""][..],
            &["W/\"1.a\""],
            &["\"x\"", "\"1.a\""],
            &["*"],
        ] {
            assert!(
                if_none_match_matches(&headers(known), "\"1.a\""),
                "{known:?}"
            );
        }
        for unknown in [
            &["\"x\", \"1.b\""][..],
            &["\"1.a.b\""],
            &["\"*\""],
            &[""],
            &[],
        ] {
            assert!(
                !if_none_match_matches(&headers(unknown), "\"1.a\""),
                "{unknown:?}"
            );
        }
    }
}
