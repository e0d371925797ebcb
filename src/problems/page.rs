//! The catalogue of problems as pages: what opens when somebody follows the `type` of a problem.

use std::fmt::Write as _;

use super::faults::{FaultKind, TABLE};
use super::{ProblemKind, ProblemKinds};
use crate::web::html::{Document, escaped};
use crate::web::problem::Language;

/// The words around what the tables say.
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
    about: "Setiap penolakan dijawab dengan application/problem+json (RFC 9457). code tidak pernah berubah artinya.",
    faults: "Kode di dalam errors",
    about_faults: "Setiap kesalahan isi disebut dengan tempatnya: JSON pointer (RFC 6901) ke dalam isi, atau ?nama untuk parameter.",
    cause: "Penyebab",
    remedy: "Yang dapat dilakukan",
    example: "Contoh",
};

const ENGLISH: Words = Words {
    all: "Problems",
    about: "Every refusal is answered with application/problem+json (RFC 9457). A code never changes its meaning.",
    faults: "Codes inside errors",
    about_faults: "Every fault of a body is named with its place: a JSON pointer (RFC 6901) into the body, or ?name for a parameter.",
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

/// Of the two, the one in this language.
fn of(language: Language, id: &str, en: &str) -> String {
    escaped(match language {
        Language::Indonesian => id,
        Language::English => en,
    })
}

/// The page of every problem.
pub(super) fn of_all(kinds: &ProblemKinds, language: Language) -> Document {
    let words = words(language);
    let mut body = format!("<h1>{}</h1><p>{}</p><table>", words.all, words.about);
    for kind in &kinds.items {
        let (code, title) = (kind.code, of(language, kind.title_id, kind.title_en));
        let link = format!("<a href=\"/api/v1/problems/{code}\"><code>{code}</code></a>");
        let _ = write!(
            body,
            "<tr><td>{}</td><td>{link}</td><td>{title}</td></tr>",
            kind.status
        );
    }
    body.push_str("</table>");
    body.push_str(&faults(kinds.faults, language));
    Document::page(language, words.all, &body)
}

/// The page of one problem.
pub(super) fn of_one(kind: &ProblemKind, language: Language) -> Document {
    let words = words(language);
    let title = of(language, kind.title_id, kind.title_en);
    let example = serde_json::to_string_pretty(&kind.example).unwrap_or_default();
    let mut body = format!(
        "<p><a href=\"/api/v1/problems\">{}</a></p><h1>{title}</h1><p><code>{}</code> · {}</p>",
        words.all, kind.code, kind.status
    );
    let parts = [
        (
            words.cause,
            format!("<p>{}</p>", of(language, &kind.cause_id, &kind.cause_en)),
        ),
        (
            words.remedy,
            format!("<p>{}</p>", of(language, kind.remedy_id, kind.remedy_en)),
        ),
        (
            words.example,
            format!("<pre><code>{}</code></pre>", escaped(&example)),
        ),
    ];
    for (heading, part) in parts {
        let _ = write!(body, "<h2>{heading}</h2>{part}");
    }
    if kind.status == 422 {
        body.push_str(&faults(TABLE, language));
    }
    Document::page(language, kind.code, &body)
}

fn faults(kinds: &[FaultKind], language: Language) -> String {
    let words = words(language);
    let mut table = format!(
        "<h2 id=\"faults\">{}</h2><p>{}</p><table>",
        words.faults, words.about_faults
    );
    for kind in kinds {
        let (meaning, remedy) = (
            of(language, kind.meaning_id, kind.meaning_en),
            of(language, kind.remedy_id, kind.remedy_en),
        );
        let _ = write!(
            table,
            "<tr id=\"{0}\"><td><code>{0}</code></td><td>{meaning}</td><td>{remedy}</td></tr>",
            kind.code
        );
    }
    table.push_str("</table>");
    table
}
