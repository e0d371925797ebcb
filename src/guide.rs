//! `GET /guide`: how to use the service, a page for each kind of caller. The pages are the files of `docs/guide`, whose commands a script runs.

use actix_web::get;
use pulldown_cmark::{Options, Parser};

use crate::error::{Code, Error, Result};
use crate::web::At;
use crate::web::html::{Document, Reader};
use crate::web::problem::Language;

/// A page of the guide.
struct Page {
    /// Its name here; none is the first page.
    name: &'static str,
    /// Its file, seen from `docs/guide`.
    file: &'static str,
    /// In which language it is written.
    language: Language,
    /// What it says.
    text: &'static str,
}

const fn english(name: &'static str, file: &'static str, text: &'static str) -> Page {
    Page {
        name,
        file,
        language: Language::English,
        text,
    }
}

const fn indonesian(name: &'static str, file: &'static str, text: &'static str) -> Page {
    Page {
        name,
        file,
        language: Language::Indonesian,
        text,
    }
}

/// The first page.
const START: Page = english("", "README.md", include_str!("../docs/guide/README.md"));

/// All of them.
const PAGES: [Page; 15] = [
    START,
    english(
        "customer",
        "customer.md",
        include_str!("../docs/guide/customer.md"),
    ),
    english(
        "officer",
        "officer.md",
        include_str!("../docs/guide/officer.md"),
    ),
    english(
        "reporter",
        "reporter.md",
        include_str!("../docs/guide/reporter.md"),
    ),
    english(
        "handler",
        "handler.md",
        include_str!("../docs/guide/handler.md"),
    ),
    english("head", "head.md", include_str!("../docs/guide/head.md")),
    english(
        "integrator",
        "integrator.md",
        include_str!("../docs/guide/integrator.md"),
    ),
    english(
        "events",
        "events.md",
        include_str!("../docs/guide/events.md"),
    ),
    english(
        "webhooks",
        "webhooks.md",
        include_str!("../docs/guide/webhooks.md"),
    ),
    english("keys", "keys.md", include_str!("../docs/guide/keys.md")),
    english(
        "protection",
        "../whistle-blowing.md",
        include_str!("../docs/whistle-blowing.md"),
    ),
    english(
        "abuse-cases",
        "../abuse-cases.md",
        include_str!("../docs/abuse-cases.md"),
    ),
    indonesian(
        "pelanggan",
        "id/customer.md",
        include_str!("../docs/guide/id/customer.md"),
    ),
    indonesian(
        "pelapor",
        "id/reporter.md",
        include_str!("../docs/guide/id/reporter.md"),
    ),
    indonesian(
        "penangan",
        "id/handler.md",
        include_str!("../docs/guide/id/handler.md"),
    ),
];

impl Page {
    /// Its file, from the root of the project.
    fn path(&self) -> Vec<&'static str> {
        let mut path = vec!["docs", "guide"];
        for part in self.file.split('/') {
            if part == ".." {
                path.pop();
            } else {
                path.push(part);
            }
        }
        path
    }

    /// How this page refers to `other`, file to file.
    fn link_to(&self, other: &Self) -> String {
        let (here, there) = (self.path(), other.path());
        let folder = &here[..here.len() - 1];
        let shared = folder
            .iter()
            .zip(&there)
            .take_while(|(one, other)| one == other)
            .count();
        "../".repeat(folder.len() - shared) + &there[shared..].join("/")
    }

    /// Its address.
    fn address(&self) -> String {
        if self.name.is_empty() {
            "/guide".to_owned()
        } else {
            format!("/guide/{}", self.name)
        }
    }

    fn shown(&self, reader: Reader) -> Document {
        // The files refer to each other as files; here they are pages.
        let text = PAGES.iter().fold(self.text.to_owned(), |text, other| {
            text.replace(
                &format!("]({}", self.link_to(other)),
                &format!("]({}", other.address()),
            )
        });
        if !reader.wants_page {
            return Document::markdown(self.language, &text);
        }
        let title = text
            .lines()
            .next()
            .unwrap_or_default()
            .trim_start_matches("# ");
        let mut body = String::with_capacity(2 * text.len());
        pulldown_cmark::html::push_html(
            &mut body,
            Parser::new_ext(
                &text,
                Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES,
            ),
        );
        Document::page(self.language, title, &body)
    }
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
    START.shown(reader)
}

/// Read a page of the guide (halaman panduan).
///
/// The journey of a `customer`, an `officer`, a `reporter`, a `handler` of complaints, the `head` or an `integrator`, by curl; what a program is told and
/// how: `events`, `webhooks` and `keys`; and `protection`: what is protected from whom when somebody reports, with `abuse-cases`: what is tried, and the
/// test that shows it fails. In Indonesian: `pelanggan`, `pelapor` and `penangan`. A browser gets a page, others Markdown.
#[utoipa::path(
    tag = "guide", security(()), params(("page" = String, Path, description = "For whom", example = "customer")),
    responses((status = 200, content((String = "text/markdown", example = "# The guide …"), (String = "text/html", example = "<!doctype html>…"))))
)]
#[get("/guide/{page}")]
pub async fn read_guide_page(name: At<String>, reader: Reader) -> Result<Document> {
    let found = PAGES
        .iter()
        .skip(1)
        .find(|page| page.name == name.0)
        .ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(found.shown(reader))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_between_pages_leads_to_a_page() {
        for page in PAGES {
            // What begins with a slash is the service's, and tried over HTTP.
            let links = page
                .text
                .split("](")
                .skip(1)
                .filter_map(|rest| rest.split(')').next())
                .filter(|link| !link.starts_with('/'));
            for link in links {
                assert!(
                    PAGES.iter().any(|other| page.link_to(other) == link),
                    "{link} on {} leads nowhere",
                    page.file
                );
            }
        }
    }

    /// The commands of a page.
    fn commands(page: &Page) -> Vec<&'static str> {
        page.text
            .split("```sh\n")
            .skip(1)
            .filter_map(|rest| rest.split("```").next())
            .collect()
    }

    #[test]
    fn a_page_in_indonesian_has_the_commands_that_are_run_on_the_english_one() {
        let mut seen = 0;
        for page in PAGES
            .iter()
            .filter(|page| page.language == Language::Indonesian)
        {
            let english = PAGES
                .iter()
                .find(|other| page.file == format!("id/{}", other.file))
                .unwrap();
            assert_eq!(commands(page), commands(english), "{}", page.file);
            seen += 1;
        }
        assert_eq!(seen, 3);
    }
}
