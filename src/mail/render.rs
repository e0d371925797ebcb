//! Renders mails. A template is plain text: the first line is the subject, the rest are paragraphs.
//! The HTML part is generated from the same paragraphs, escaped, so that both parts have the same
//! content.

use minijinja::{AutoEscape, Environment, Value, context};

use super::kind::MailKind;
use crate::error::{Error, Result};
use crate::web::problem::Language;

/// A rendered mail text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedText {
    /// The subject, one line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same text as HTML.
    pub html: String,
}

const FRAME: &str = include_str!("templates/frame.html");

fn template(kind: MailKind, language: Language) -> &'static str {
    match (kind, language) {
        (MailKind::PasswordReset, Language::Indonesian) => {
            include_str!("templates/password_reset.id.txt")
        }
        (MailKind::PasswordReset, Language::English) => {
            include_str!("templates/password_reset.en.txt")
        }
        (MailKind::PasswordChanged, Language::Indonesian) => {
            include_str!("templates/password_changed.id.txt")
        }
        (MailKind::PasswordChanged, Language::English) => {
            include_str!("templates/password_changed.en.txt")
        }
        (MailKind::EmailVerification, Language::Indonesian) => {
            include_str!("templates/email_verification.id.txt")
        }
        (MailKind::EmailVerification, Language::English) => {
            include_str!("templates/email_verification.en.txt")
        }
        (MailKind::IntegrationCreated, Language::Indonesian) => {
            include_str!("templates/integration_created.id.txt")
        }
        (MailKind::IntegrationCreated, Language::English) => {
            include_str!("templates/integration_created.en.txt")
        }
        (MailKind::Notification, Language::Indonesian) => {
            include_str!("templates/notification.id.txt")
        }
        (MailKind::Notification, Language::English) => {
            include_str!("templates/notification.en.txt")
        }
        (MailKind::Invitation, Language::Indonesian) => include_str!("templates/invitation.id.txt"),
        (MailKind::Invitation, Language::English) => include_str!("templates/invitation.en.txt"),
        (MailKind::AccountChanged, Language::Indonesian) => {
            include_str!("templates/account_changed.id.txt")
        }
        (MailKind::AccountChanged, Language::English) => {
            include_str!("templates/account_changed.en.txt")
        }
        (MailKind::SecondFactorChanged, Language::Indonesian) => {
            include_str!("templates/second_factor_changed.id.txt")
        }
        (MailKind::SecondFactorChanged, Language::English) => {
            include_str!("templates/second_factor_changed.en.txt")
        }
        (MailKind::SecondFactorGuessed, Language::Indonesian) => {
            include_str!("templates/second_factor_guessed.id.txt")
        }
        (MailKind::SecondFactorGuessed, Language::English) => {
            include_str!("templates/second_factor_guessed.en.txt")
        }
        (MailKind::AccountExists, Language::Indonesian) => {
            include_str!("templates/account_exists.id.txt")
        }
        (MailKind::AccountExists, Language::English) => {
            include_str!("templates/account_exists.en.txt")
        }
    }
}

/// Renders a mail of this kind with `values`.
///
/// # Errors
/// An internal error when a template uses a missing value.
pub fn render(kind: MailKind, language: Language, values: &Value) -> Result<RenderedText> {
    let mut jinja = Environment::new();
    jinja.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
    jinja.set_auto_escape_callback(|name| {
        if name == "html" {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    let words = jinja
        .render_named_str("txt", template(kind, language), values)
        .map_err(Error::internal)?;
    let (subject, body) = words
        .split_once('\n')
        .ok_or_else(|| Error::internal("a mail template has no text"))?;
    let paragraphs: Vec<String> = body
        .split("\n\n")
        .map(|text| text.trim().to_owned())
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    let text = paragraphs.join("\n\n") + "\n";
    let frame = context! { lang => language.tag(), subject => subject.to_owned(), paragraphs };
    let html = jinja
        .render_named_str("html", FRAME, frame)
        .map_err(Error::internal)?;
    Ok(RenderedText {
        subject: one_line(subject),
        text,
        html,
    })
}

/// Joins the lines of a subject: a second line would become a header.
fn one_line(text: &str) -> String {
    text.split(char::is_control)
        .collect::<Vec<_>>()
        .join(" ")
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Value {
        context! { name => "Siti <b>Rahayu</b>", office => "BSPJI Palembang", token => "t0ken", link => "https://desk.example/reset#token=t0ken", portal => "https://desk.example", minutes => 30, hours => 72, day => "06-07-2026", change => "enrolled" }
    }

    #[test]
    fn every_kind_has_words_in_both_languages_and_the_same_in_text_and_html() {
        for &kind in MailKind::ALL {
            for language in [Language::Indonesian, Language::English] {
                let words = render(kind, language, &values()).unwrap();
                assert!(
                    !words.subject.is_empty()
                        && words.subject.len() < 70
                        && !words.subject.contains('\n'),
                    "{kind:?}"
                );
                assert!(words.text.contains("BSPJI Palembang"), "{kind:?}");
                assert!(
                    words.html.contains("Siti &lt;b&gt;Rahayu&lt;") && !words.html.contains("<b>"),
                    "{}",
                    words.html
                );
                assert_eq!(
                    kind.purpose().is_some(),
                    words.text.contains("t0ken"),
                    "{kind:?}"
                );
            }
        }
    }

    #[test]
    fn no_mail_tells_that_there_are_complaints() {
        for &kind in MailKind::ALL {
            for language in [Language::Indonesian, Language::English] {
                let words = render(kind, language, &values()).unwrap();
                let all = format!("{} {} {}", words.subject, words.text, words.html).to_lowercase();
                for word in [
                    "aduan",
                    "complaint",
                    "whistle",
                    "pelapor",
                    "reporter",
                    "terlapor",
                    "accused",
                ] {
                    assert!(!all.contains(word), "{kind:?} says {word}");
                }
            }
        }
    }

    #[test]
    fn without_a_portal_the_code_itself_is_told() {
        let values = context! { link => Value::from(()), portal => Value::from(()), ..values() };
        for &kind in MailKind::ALL {
            let words = render(kind, Language::Indonesian, &values).unwrap();
            assert!(
                !words.text.contains("http") && !words.text.contains("none"),
                "{}",
                words.text
            );
            assert_eq!(
                kind.purpose().is_some(),
                words.text.contains("t0ken"),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn a_subject_stays_one_line() {
        assert_eq!(
            one_line("Halo\r\nBcc: x@y.example"),
            "Halo  Bcc: x@y.example"
        );
    }
}
