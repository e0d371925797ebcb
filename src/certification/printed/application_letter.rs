//! The application letter (surat permohonan) as a document: the application form as a letter under
//! the company's own name.

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

/// The data of the letter.
#[derive(Debug)]
pub struct ApplicationLetter<'a> {
    form: &'a ApplicationForm,
    checklist: Vec<&'static Requirement>,
    /// Codes of the rows with a document.
    documented: BTreeSet<&'a str>,
    /// Number and time of the submission; `None` for a draft.
    submitted: Option<(&'a str, DateTime<Utc>)>,
    /// The time that gives the letter's date.
    at: DateTime<Utc>,
}

impl<'a> ApplicationLetter<'a> {
    /// The letter of a draft created at `at`. `documented` are the codes of the rows with a
    /// document.
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

    /// The letter submitted as `number` at `at`. `first` is the snapshot of the first round;
    /// documents of later rounds do not change this letter.
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

/// Builds the letter. Before submission it is a draft.
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
            "title": row.title.id,
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
    let ending = if submitted.is_some() {
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
        &ending,
        &body,
    )
}
