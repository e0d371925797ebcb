//! `GET /guide`: how to use the service, a page for each kind of caller. The pages are the files of `docs/guide`, whose commands a script runs.

use actix_web::get;
use pulldown_cmark::{Options, Parser};

use crate::error::{Code, Error, Result};
use crate::web::At;
use crate::web::html::{Document, Reader};
use crate::web::problem::Language;

/// The first page.
const START: &str = include_str!("../docs/guide/README.md");

/// The others: their names here, their files, and what they say.
const PAGES: [(&str, &str, &str); 7] = [
    ("customer", "customer.md", include_str!("../docs/guide/customer.md")),
    ("officer", "officer.md", include_str!("../docs/guide/officer.md")),
    ("reporter", "reporter.md", include_str!("../docs/guide/reporter.md")),
    ("head", "head.md", include_str!("../docs/guide/head.md")),
    ("integrator", "integrator.md", include_str!("../docs/guide/integrator.md")),
    ("protection", "../whistle-blowing.md", include_str!("../docs/whistle-blowing.md")),
    ("abuse-cases", "abuse-cases.md", include_str!("../docs/abuse-cases.md")),
];

fn shown(text: &'static str, reader: Reader) -> Document {
    if !reader.wants_page {
        return Document::markdown(Language::English, text);
    }
    let title = text.lines().next().unwrap_or_default().trim_start_matches("# ");
    let mut body = String::with_capacity(2 * text.len());
    pulldown_cmark::html::push_html(&mut body, Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES));
    // The files refer to each other as files; here they are pages.
    for (page, file, _) in PAGES {
        body = body.replace(&format!("href=\"{file}"), &format!("href=\"/guide/{page}"));
    }
    Document::page(Language::English, title, &body.replace("href=\"README.md", "href=\"/guide"))
}

/// Read the guide (panduan).
///
/// Who can do what with the service, and where to go on. A browser gets a page, others Markdown.
#[utoipa::path(
    tag = "guide", security(()),
    responses((status = 200, content((String = "text/markdown", example = "# The guide …"), (String = "text/html", example = "<!doctype html>…"))))
)]
#[get("/guide")]
pub async fn read_guide(reader: Reader) -> Document {
    shown(START, reader)
}

/// Read a page of the guide (halaman panduan).
///
/// The journey of a `customer`, an `officer`, a `reporter`, the `head` or an `integrator`, by curl; and `protection`: what is protected from whom when
/// somebody reports, with `abuse-cases`: what is tried, and the test that shows it fails. A browser gets a page, others Markdown.
#[utoipa::path(
    tag = "guide", security(()), params(("page" = String, Path, description = "For whom", example = "customer")),
    responses((status = 200, content((String = "text/markdown", example = "# The guide …"), (String = "text/html", example = "<!doctype html>…"))))
)]
#[get("/guide/{page}")]
pub async fn read_guide_page(name: At<String>, reader: Reader) -> Result<Document> {
    let found = PAGES.iter().find(|(page, _, _)| *page == name.0).ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(shown(found.2, reader))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_between_pages_leads_to_a_page() {
        for (_, _, text) in PAGES.iter().chain([&("", "README.md", START)]) {
            // What begins with a slash is the service's, and tried over HTTP.
            let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|link| !link.starts_with('/'));
            for link in links {
                assert!(link == "README.md" || PAGES.iter().any(|(_, file, _)| *file == link), "{link} leads nowhere");
            }
        }
    }
}
