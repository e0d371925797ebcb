//! Letters and documents as PDF: at a path of their own, for the readers of the same JSON, and
//! with no content beyond that JSON.

mod certification;
mod complaint;

use crate::support::{Answer, Person};

/// The paper of the resource at `path`.
async fn print(person: &Person, path: &str) -> Answer {
    person.get(&format!("{path}/pdf")).await
}

/// The text of a document without spaces and line ends, which depend on line breaking.
#[track_caller]
fn text_of(answer: &Answer) -> String {
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("application/pdf")),
        "{:#}",
        answer.body
    );
    let document = lopdf::Document::load_mem(&answer.bytes).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    let text = document.extract_text(&pages).unwrap();
    assert!(
        text.contains(&format!("Halaman {0} dari {0}", pages.len())),
        "each page says which it is: {text}"
    );
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Asserts that every one of `told` occurs in `text`.
#[track_caller]
fn assert_contains(text: &str, told: &[&str]) {
    for one in told {
        let squeezed: String = one.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(text.contains(&squeezed), "{one}: {text}");
    }
}
