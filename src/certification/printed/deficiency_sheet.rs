//! The deficiency sheet (lembar kekurangan dokumen) as a document.

use serde_json::{Value, json};

use super::words;
use crate::certification::deficiency::{DeficiencyItem, DeficiencySheet, ItemResult};
use crate::certification::form::ApplicationForm;
use crate::error::Result;
use crate::identity::signed_in::today;
use crate::typesetting::{Document, LetterEnding, Template, day_in_words, terbilang};

/// Builds the sheet of application `number`. `application` is the form in the sheet's round. The
/// system issues the sheet, so it bears no signature.
pub fn deficiency_sheet(
    sheet: &DeficiencySheet,
    number: &str,
    application: &ApplicationForm,
) -> Result<Document> {
    let day = today(sheet.issued_at);
    let items: Vec<Value> = sheet
        .items
        .iter()
        .map(|item| json!({"no": item.no, "code": item.requirement, "title": item.title.id, "state": state(item.result), "note": item.note}))
        .collect();
    let body = json!({
        "number": sheet.number,
        "application": number,
        "company": application.company.name,
        "scheme": words::scheme(application.scheme, application.facts.certification_type),
        "products": application.products,
        "scope": application.scope,
        "kind": words::kind(application.kind),
        "round": sheet.round,
        "issued": day_in_words(day),
        "todo": todo(&sheet.items),
        "count_words": terbilang(i64::try_from(items.len()).unwrap_or_default()),
        "items": items,
    });
    Document::new(
        Template::DeficiencySheet,
        "Lembar Kekurangan Dokumen",
        day,
        &sheet.number,
        &LetterEnding::Issued,
        &body,
    )
}

/// The verb for the customer's task: missing documents are completed, unfit ones are corrected.
fn todo(items: &[DeficiencyItem]) -> &'static str {
    let any = |result| items.iter().any(|item| item.result == result);
    match (any(ItemResult::Missing), any(ItemResult::Unfit)) {
        (true, false) => "dilengkapi",
        (false, true) => "diperbaiki",
        (true, true) | (false, false) => "dilengkapi dan diperbaiki",
    }
}

fn state(result: ItemResult) -> &'static str {
    match result {
        ItemResult::Complete => "Lengkap",
        ItemResult::Missing => "Tidak ada",
        ItemResult::Unfit => "Tidak sesuai",
        ItemResult::NotApplicable => "Tidak berlaku",
    }
}
