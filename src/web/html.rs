//! HTML and Markdown documents for readers in a browser; programs get JSON for the same resources.
//! All pages share one frame and style and contain no script.

use std::future::{Ready, ready};

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header::{self, Accept, Header as _, Quality};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};

use super::etags::{READ_ONLY, etag, if_none_match_matches};
use super::problem::Language;
use super::reply::VARY;
use crate::error::Error;

const STYLE: &str = "body{font:1rem/1.6 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}\
code,pre{font-family:ui-monospace,monospace;font-size:.9em;background:#f4f4f4;border-radius:.2rem}code{padding:.1em .25em}\
pre{padding:.8rem;overflow-x:auto}pre code{padding:0}table{border-collapse:collapse;width:100%}\
td,th{border-bottom:1px solid #ddd;padding:.35rem .6rem .35rem 0;text-align:left;vertical-align:top}a{color:#0b5394}";

/// Extractor of a reader's preferences: language and HTML.
#[derive(Debug, Clone, Copy)]
pub struct ReaderPreferences {
    /// The preferred language, from `Accept-Language`.
    pub language: Language,
    /// True if `Accept` prefers HTML over JSON.
    pub wants_html: bool,
}

impl FromRequest for ReaderPreferences {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self {
            language: Language::preferred(request),
            wants_html: wants_html(request),
        }))
    }
}

/// True if `Accept` names `text/html` and does not prefer JSON to it. Browsers name `text/html`;
/// programs do not.
fn wants_html(request: &HttpRequest) -> bool {
    let accepted = Accept::parse(request)
        .map(|accept| accept.0)
        .unwrap_or_default();
    let quality = |media_type: &str| {
        accepted
            .iter()
            .find(|range| range.item.essence_str() == media_type)
            .map_or(Quality::ZERO, |range| range.quality)
    };
    let page = quality("text/html");
    page > Quality::ZERO && page >= quality("application/json")
}

/// An HTML or Markdown document; its `ETag` is a digest of its text.
#[derive(Debug)]
pub struct TextDocument {
    media_type: &'static str,
    language: Language,
    text: String,
}

impl TextDocument {
    /// An HTML page with this title. `body` is inserted unescaped.
    pub fn page(language: Language, title: &str, body: &str) -> Self {
        let (tag, title) = (language.tag(), escape_html(title));
        let head = format!(
            "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style>"
        );
        let text = format!(
            "<!doctype html><html lang=\"{tag}\"><head>{head}</head><body>{body}</body></html>\n"
        );
        Self {
            media_type: "text/html; charset=utf-8",
            language,
            text,
        }
    }

    /// A Markdown document, sent as it was written.
    pub fn markdown(language: Language, text: &str) -> Self {
        Self {
            media_type: "text/markdown; charset=utf-8",
            language,
            text: text.to_owned(),
        }
    }
}

impl Responder for TextDocument {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let etag = etag(READ_ONLY, &self.text);
        let mut reply = HttpResponse::Ok();
        reply
            .insert_header((header::ETAG, etag.as_str()))
            .insert_header((header::VARY, VARY));
        reply.insert_header((header::CONTENT_LANGUAGE, self.language.tag()));
        if if_none_match_matches(request.headers(), &etag) {
            return reply
                .status(actix_web::http::StatusCode::NOT_MODIFIED)
                .finish();
        }
        reply.content_type(self.media_type).body(self.text)
    }
}

/// Escapes `text` for HTML.
pub fn escape_html(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut safe, c| {
            match c {
                '&' => safe.push_str("&amp;"),
                '<' => safe.push_str("&lt;"),
                '>' => safe.push_str("&gt;"),
                '"' => safe.push_str("&quot;"),
                '\'' => safe.push_str("&#39;"),
                other => safe.push(other),
            }
            safe
        })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn wants(accept: &str) -> bool {
        let request = TestRequest::default().insert_header((header::ACCEPT, accept));
        wants_html(&request.to_http_request())
    }

    #[test]
    fn browsers_get_a_page_and_programs_do_not() {
        assert!(wants(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        ));
        assert!(wants("application/json;q=0.5, text/html"));
        for program in [
            "",
            "*/*",
            "application/json",
            "application/json, text/html;q=0.9",
            "text/html;q=0",
            "application/problem+json",
        ] {
            assert!(!wants(program), "{program}");
        }
    }

    #[test]
    fn what_is_shown_cannot_become_markup() {
        assert_eq!(escape_html("<b>\"&'"), "&lt;b&gt;&quot;&amp;&#39;");
    }
}
