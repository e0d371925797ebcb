//! The application letter (surat permohonan) on paper: what the customer filled in, as a letter under the company's own name.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::words;
use crate::certification::form::ApplicationForm;
use crate::certification::schemes::{Necessity, Requirement, Scheme};
use crate::certification::snapshot::Snapshot;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::typesetting::{Document, LetterEnding, Template, day_in_words, terbilang};

/// What the letter is made of.
#[derive(Debug)]
pub struct ApplicationLetter<'a> {
    form: &'a ApplicationForm,
    checklist: Vec<&'static Requirement>,
    /// Codes of the rows that have a document.
    documented: BTreeSet<&'a str>,
    /// Number and moment of the submission; a draft has none.
    submitted: Option<(&'a str, DateTime<Utc>)>,
    /// The moment the letter is dated by.
    at: DateTime<Utc>,
}

impl<'a> ApplicationLetter<'a> {
    /// The letter of a draft begun at `at`, as it stands now; `documented` are the codes of the rows that have a document.
    #[must_use]
    pub fn draft(
        form: &'a ApplicationForm,
        documented: BTreeSet<&'a str>,
        at: DateTime<Utc>,
    ) -> Self {
        Self {
            form,
            checklist: Scheme::of(form.scheme).checklist(&form.facts()).collect(),
            documented,
            submitted: None,
            at,
        }
    }

    /// The letter submitted as `number` at `at`. `first` is the snapshot of the first round: later rounds add documents to the file, and none to this letter.
    #[must_use]
    pub fn submitted(number: &'a str, first: &'a Snapshot, at: DateTime<Utc>) -> Self {
        let scheme = Scheme::of(first.form.scheme);
        Self {
            form: &first.form,
            checklist: first
                .checklist
                .iter()
                .filter_map(|code| scheme.requirement(code))
                .collect(),
            documented: first
                .documents
                .iter()
                .map(|document| document.requirement.as_str())
                .collect(),
            submitted: Some((number, at)),
            at,
        }
    }
}

/// The application as a letter to be set. Until it is submitted it is a draft.
///
/// # Errors
/// Our own fault when it has no JSON form.
pub fn application_letter(letter: &ApplicationLetter<'_>) -> Result<Document> {
    let ApplicationLetter {
        form,
        checklist,
        documented,
        submitted,
        at,
    } = letter;
    let documents = checklist.iter().map(|row| {
        json!({
            "code": row.code,
            "title": row.title_id,
            "there": documented.contains(row.code),
            "optional": row.necessity == Necessity::Optional,
        })
    });
    let papers = documented.len();
    let number = submitted.map(|(number, _)| number);
    let body = json!({
        "number": number,
        "submitted": submitted.map(|(_, at)| day_in_words(today(at))),
        "company": form.company,
        "site": form.site,
        "scheme": words::scheme(form.scheme, form.facts.certification_type),
        "kind": words::kind(form.kind),
        "scope": form.scope,
        "products": form.products,
        "personnel": form.personnel,
        "contact": form.contact,
        "documents": documents.collect::<Vec<Value>>(),
        "papers": papers,
        "papers_words": terbilang(i64::try_from(papers).unwrap_or_default()),
    });
    let finish = if submitted.is_some() {
        LetterEnding::Issued
    } else {
        LetterEnding::Draft
    };
    let name = number.map_or_else(
        || "konsep-surat-permohonan".to_owned(),
        |number| format!("{number}-surat-permohonan"),
    );
    Document::new(
        Template::ApplicationLetter,
        "Surat Permohonan Sertifikasi",
        today(*at),
        &name,
        &finish,
        &body,
    )
}
