//! Addresses in the settings: URLs and browser origins.

use reqwest::Url;

/// True if `text` is an `http` or `https` URL with a host and without user, query, fragment or
/// blanks.
pub(super) fn is_http_url(text: &str) -> bool {
    is_plain(text)
        && Url::parse(text).is_ok_and(|url| {
            url.username().is_empty() && url.password().is_none() && url.query().is_none()
        })
}

/// True if `text` begins like an `http` URL and contains nothing that a URL parser would silently
/// correct.
fn is_plain(text: &str) -> bool {
    let host = ["http://", "https://"].iter().find_map(|scheme| {
        text.get(..scheme.len())
            .filter(|head| head.eq_ignore_ascii_case(scheme))
            .map(|head| &text[head.len()..])
    });
    host.is_some_and(|host| !host.starts_with('/'))
        && !text.contains(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '\\' | '#' | '*')
        })
}

/// The origin as browsers send it: lower-case scheme and host, no default port, no trailing slash.
///
/// # Errors
/// One line, when `text` is not an origin or covers more than one.
pub(super) fn origin(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.contains('*') {
        return Err(format!(
            "CORS_ORIGINS: `{text}` is a wildcard, which would let any site call with a user's token; name each origin"
        ));
    }
    let url = Url::parse(text)
        .ok()
        .filter(|url| is_http_url(text) && url.path() == "/" && text.matches('/').count() <= 3);
    let url = url.ok_or_else(|| {
        format!("CORS_ORIGINS: `{text}` is not an origin like https://desk.example.go.id: scheme, host and port, and nothing behind them")
    })?;
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_taken_as_browsers_write_it() {
        for (given, written) in [
            ("http://localhost:5173/", "http://localhost:5173"),
            (" https://desk.example ", "https://desk.example"),
            ("HTTPS://Desk.Example.GO.ID", "https://desk.example.go.id"),
            ("https://desk.example:443", "https://desk.example"),
            ("http://desk.example:80/", "http://desk.example"),
            ("http://desk.example:443", "http://desk.example:443"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            (
                "https://kantor-é.example",
                "https://xn--kantor--hya.example",
            ),
        ] {
            assert_eq!(origin(given), Ok(written.to_owned()), "{given}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused_by_name() {
        for wrong in [
            "localhost:5173",
            "localhost",
            "//desk.example",
            "null",
            "*",
            "https://*.example",
            "https://*",
            "ftp://desk.example",
            "https://",
            "https:///x",
            "https://desk.example/app",
            "https://desk.example//",
            "https://desk.example/?x",
            "https://desk.example#x",
            "https://u:p@desk.example",
            "https://u@desk.example",
            "https://desk.example:99999",
            "https://desk.example:x",
            "https://a.example https://b.example",
            "https:/desk.example",
            "https:\\\\desk.example",
            "file:///tmp",
            "https://desk.example;https://b.example",
            "",
        ] {
            assert!(
                origin(wrong).is_err_and(
                    |fault| fault.starts_with("CORS_ORIGINS: ") && !fault.contains('\n')
                ),
                "{wrong}"
            );
        }
    }
}
