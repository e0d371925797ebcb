//! The application letter (surat permohonan) on paper: what the customer filled in, as a letter under the company's own name.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::words;
use crate::certification::schemes::{Necessity, Scheme};
use crate::certification::views::ApplicationView;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::typesetting::{Finish, Paper, Template, day_in_words, terbilang};

/// The application as a letter to be set; `documented` are the rows of its checklist with a document. Until it is submitted it is a draft.
///
/// # Errors
/// Our own fault when it has no JSON form.
pub fn application_letter(view: &ApplicationView, documented: &BTreeSet<String>) -> Result<Paper> {
    let documents = Scheme::of(view.scheme).checklist(&view.facts).map(|row| {
        json!({
            "code": row.code,
            "title": row.title_id,
            "there": documented.contains(row.code),
            "optional": row.necessity == Necessity::Optional,
        })
    });
    let papers = documented.len();
    let body = json!({
        "number": view.number,
        "submitted": view.submitted_at.map(|at| day_in_words(today(at))),
        "company": view.company,
        "site": view.site,
        "scheme": words::scheme(view.scheme),
        "kind": words::kind(view.kind),
        "scope": view.scope,
        "products": view.products,
        "personnel": view.personnel,
        "contact": view.contact,
        "documents": documents.collect::<Vec<Value>>(),
        "papers": papers,
        "papers_words": terbilang(i64::try_from(papers).unwrap_or_default()),
    });
    let (finish, day) = view.submitted_at.map_or((Finish::Draft, view.created_at), |at| (Finish::Issued, at));
    let name = view.number.as_ref().map_or_else(|| "konsep-surat-permohonan".to_owned(), |number| format!("{number}-surat-permohonan"));
    Paper::new(Template::ApplicationLetter, "Surat Permohonan Sertifikasi", today(day), &name, &finish, &body)
}
