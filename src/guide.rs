//! `GET /guide`: the guide, with a page for each kind of caller. The pages are the files of
//! `docs/guide`; a script runs their commands.

use actix_web::get;
use pulldown_cmark::{Options, Parser};

use crate::error::{Code, Error, Result};
use crate::web::PathParam;
use crate::web::html::{ReaderPreferences, TextDocument};
use crate::web::problem::Language;

/// A page of the guide.
struct Page {
    /// The name in the address; empty for the first page.
    name: &'static str,
    /// The file, relative to `docs/guide`.
    file: &'static str,
    /// The language of the text.
    language: Language,
    /// The text in Markdown.
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

/// Every page.
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
    /// The path of the file from the root of the project.
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

    /// The relative link from this page's file to the file of `other`.
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

    /// The address of the page.
    fn address(&self) -> String {
        if self.name.is_empty() {
            "/guide".to_owned()
        } else {
            format!("/guide/{}", self.name)
        }
    }

    fn render(&self, reader: ReaderPreferences) -> TextDocument {
        // Links between the files become links between the pages.
        let text = PAGES.iter().fold(self.text.to_owned(), |text, other| {
            text.replace(
                &format!("]({}", self.link_to(other)),
                &format!("]({}", other.address()),
            )
        });
        if !reader.wants_html {
            return TextDocument::markdown(self.language, &text);
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
        TextDocument::page(self.language, title, &body)
    }
}

/// Read the guide (panduan).
///
/// The tasks of each kind of caller, with links to their pages. Browsers get HTML, other clients
/// Markdown.
#[utoipa::path(
    tag = "guide", security(()),
    responses((status = 200, content((String = "text/markdown", example = "# The guide …"), (String = "text/html", example = "<!doctype html>…"))))
)]
#[get("/guide")]
pub async fn read_guide(reader: ReaderPreferences) -> TextDocument {
    START.render(reader)
}

/// Read a page of the guide (halaman panduan).
///
/// The tasks of a `customer`, an `officer`, a `reporter`, a `handler` of complaints, the `head` or
/// an `integrator`, by curl; interfaces for programs: `events`, `webhooks` and `keys`; the
/// protection of reporters: `protection`, and `abuse-cases` with the attacks that were tried and
/// the tests that show they fail. In Indonesian: `pelanggan`, `pelapor` and `penangan`. Browsers
/// get HTML, other clients Markdown.
#[utoipa::path(
    tag = "guide", security(()), params(("page" = String, Path, description = "For whom", example = "customer")),
    responses((status = 200, content((String = "text/markdown", example = "# The guide …"), (String = "text/html", example = "<!doctype html>…"))))
)]
#[get("/guide/{page}")]
pub async fn read_guide_page(
    name: PathParam<String>,
    reader: ReaderPreferences,
) -> Result<TextDocument> {
    let found = PAGES
        .iter()
        .skip(1)
        .find(|page| page.name == name.0)
        .ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(found.render(reader))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_link_between_pages_leads_to_a_page() {
        for page in PAGES {
            // Links that begin with a slash are addresses of the service, which other tests try
            // over HTTP.
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
