//! The catalogue of problems as HTML pages; the `type` of a problem opens here in a browser.

use std::fmt::Write as _;

use super::faults::{FaultKind, TABLE};
use super::{ProblemKind, ProblemKinds};
use crate::sop::text::Text;
use crate::web::html::{TextDocument, escape_html};
use crate::web::problem::Language;

/// The fixed words of the pages.
struct Words {
    all: &'static str,
    about: &'static str,
    faults: &'static str,
    about_faults: &'static str,
    cause: &'static str,
    remedy: &'static str,
    example: &'static str,
}

const INDONESIAN: Words = Words {
    all: "Masalah",
    about: "Setiap penolakan dijawab dengan application/problem+json (RFC 9457). Arti code tidak pernah berubah.",
    faults: "Kode di dalam errors",
    about_faults: "Setiap kesalahan dimuat dengan letaknya: JSON pointer (RFC 6901) ke dalam isi, atau ?nama untuk parameter.",
    cause: "Penyebab",
    remedy: "Yang dapat dilakukan",
    example: "Contoh",
};

const ENGLISH: Words = Words {
    all: "Problems",
    about: "Every refusal is answered with application/problem+json (RFC 9457). A code never changes its meaning.",
    faults: "Codes inside errors",
    about_faults: "Every fault is listed with its location: a JSON pointer (RFC 6901) into the body, or ?name for a parameter.",
    cause: "Cause",
    remedy: "What to do",
    example: "Example",
};

fn words(language: Language) -> &'static Words {
    match language {
        Language::Indonesian => &INDONESIAN,
        Language::English => &ENGLISH,
    }
}

/// The escaped text in this language.
fn pick<S: AsRef<str>>(language: Language, text: &Text<S>) -> String {
    escape_html(language.select(text).as_ref())
}

/// The page of every problem.
pub(super) fn list_page(kinds: &ProblemKinds, language: Language) -> TextDocument {
    let words = words(language);
    let mut body = format!("<h1>{}</h1><p>{}</p><table>", words.all, words.about);
    for kind in &kinds.items {
        let (code, title) = (kind.code, pick(language, &kind.title));
        let link = format!("<a href=\"/api/v1/problems/{code}\"><code>{code}</code></a>");
        let _ = write!(
            body,
            "<tr><td>{}</td><td>{link}</td><td>{title}</td></tr>",
            kind.status
        );
    }
    body.push_str("</table>");
    body.push_str(&faults(kinds.faults, language));
    TextDocument::page(language, words.all, &body)
}

/// The page of one problem.
pub(super) fn problem_page(kind: &ProblemKind, language: Language) -> TextDocument {
    let words = words(language);
    let title = pick(language, &kind.title);
    let example = serde_json::to_string_pretty(&kind.example).unwrap_or_default();
    let mut body = format!(
        "<p><a href=\"/api/v1/problems\">{}</a></p><h1>{title}</h1><p><code>{}</code> · {}</p>",
        words.all, kind.code, kind.status
    );
    let parts = [
        (
            words.cause,
            format!("<p>{}</p>", pick(language, &kind.cause)),
        ),
        (
            words.remedy,
            format!("<p>{}</p>", pick(language, &kind.remedy)),
        ),
        (
            words.example,
            format!("<pre><code>{}</code></pre>", escape_html(&example)),
        ),
    ];
    for (heading, part) in parts {
        let _ = write!(body, "<h2>{heading}</h2>{part}");
    }
    if kind.status == 422 {
        body.push_str(&faults(TABLE, language));
    }
    TextDocument::page(language, kind.code, &body)
}

fn faults(kinds: &[FaultKind], language: Language) -> String {
    let words = words(language);
    let mut table = format!(
        "<h2 id=\"faults\">{}</h2><p>{}</p><table>",
        words.faults, words.about_faults
    );
    for kind in kinds {
        let (meaning, remedy) = (pick(language, &kind.meaning), pick(language, &kind.remedy));
        let _ = write!(
            table,
            "<tr id=\"{0}\"><td><code>{0}</code></td><td>{meaning}</td><td>{remedy}</td></tr>",
            kind.code
        );
    }
    table.push_str("</table>");
    table
}
