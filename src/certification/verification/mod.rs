//! Document verification (verifikasi kelengkapan): the judgement of each checklist item, and the
//! deficiency sheet made from it.

mod price_basis;
pub(crate) mod store;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::checklist::Checklist;
use super::confirmation;
use super::deficiency::{self, DeficiencyItem, DeficiencySheet, ItemResult};
use super::form::check_text;
use super::schemes::{Necessity, Requirement};
use super::sop::{Stage, Task};
use crate::casework::desk::OpenFile;
use crate::casework::register::{Series, take_number};
use crate::error::{Error, FieldError, Result, fault};
use crate::ids::DeficiencySheetId;
use crate::web::body::Validate;

/// The judgement of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationItem {
    /// The row of the checklist.
    #[schema(example = "P07", min_length = 1, max_length = 8)]
    pub requirement: String,
    /// The judgement.
    pub result: ItemResult,
    /// The deficiency, or why the row does not apply. Required for `missing` and `unfit`, and for
    /// `not_applicable` on a mandatory or open row.
    #[serde(default)]
    #[schema(
        example = "NPWP atas nama perusahaan lama; unggah yang baru.",
        min_length = 1,
        max_length = 4000
    )]
    pub note: Option<String>,
}

/// The verification of one round. Later rounds judge only open items.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationForm {
    /// Every mandatory row once; optional rows as needed.
    pub items: Vec<VerificationItem>,
}

impl Validate for VerificationForm {
    fn errors(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for (i, item) in self.items.iter().enumerate() {
            if !seen.insert(item.requirement.as_str()) {
                faults.push(fault(
                    format!("/items/{i}/requirement"),
                    "duplicate",
                    "Butir ini sudah dinilai.",
                    "This item is judged twice.",
                ));
            }
            if let Some(note) = &item.note {
                check_text(&mut faults, &format!("/items/{i}/note"), note);
            }
        }
        faults
    }
}

/// The rows that this round judges.
fn rows_to_judge(checklist: &Checklist) -> Vec<&'static Requirement> {
    checklist
        .rows()
        .filter(|row| checklist.is_asked(row.code))
        .collect()
}

/// The error message if `item`, the judgement of `row`, lacks a required note. The note tells
/// the customer what to do, or why a required row does not apply.
fn required_note(
    checklist: &Checklist,
    item: &VerificationItem,
    row: &Requirement,
) -> Option<(&'static str, &'static str)> {
    let must = row.necessity == Necessity::Mandatory || checklist.is_later_round();
    match item.result {
        ItemResult::Missing | ItemResult::Unfit => {
            Some(("Sebutkan apa yang kurang.", "State the deficiency."))
        }
        ItemResult::NotApplicable if must => Some((
            "Sebutkan mengapa butir yang diwajibkan ini tidak berlaku.",
            "State why this required item does not apply.",
        )),
        ItemResult::NotApplicable | ItemResult::Complete => None,
    }
}

/// Validates `form` as the verification of this round.
fn errors(checklist: &Checklist, form: &VerificationForm) -> Vec<FieldError> {
    let rows = rows_to_judge(checklist);
    let mut faults = Vec::new();
    for (i, item) in form.items.iter().enumerate() {
        let pointer = format!("/items/{i}/requirement");
        match rows.iter().find(|row| row.code == item.requirement) {
            None if checklist.is_later_round() => {
                faults.push(fault(
                    pointer,
                    "not_open",
                    "Butir ini tidak terbuka pada putaran ini.",
                    "This item is not open in this round.",
                ));
            }
            None => faults.push(fault(
                pointer,
                "not_on_the_checklist",
                "Butir ini tidak ada dalam daftar periksa.",
                "This item is not on the checklist.",
            )),
            Some(_)
                if item.result == ItemResult::Complete
                    && !checklist.is_documented(&item.requirement) =>
            {
                faults.push(fault(
                    format!("/items/{i}/result"),
                    "no_document",
                    "Belum ada dokumen untuk butir ini.",
                    "There is no document for this item.",
                ));
            }
            Some(row) if item.note.is_none() => {
                if let Some((id, en)) = required_note(checklist, item, row) {
                    faults.push(fault(format!("/items/{i}/note"), "missing_field", id, en));
                }
            }
            Some(_) => {}
        }
    }
    let judged: BTreeSet<_> = form
        .items
        .iter()
        .map(|item| item.requirement.as_str())
        .collect();
    let must =
        |row: &&&Requirement| checklist.is_later_round() || row.necessity == Necessity::Mandatory;
    for row in rows
        .iter()
        .filter(must)
        .filter(|row| !judged.contains(row.code))
    {
        faults.push(fault(
            "/items",
            "not_judged",
            format!("{} belum dinilai.", row.code),
            format!("{} has not been judged.", row.code),
        ));
    }
    faults
}

/// The items that stay open after `form`: missing mandatory documents, and unfit documents.
fn open_after(checklist: &Checklist, form: &VerificationForm) -> Vec<DeficiencyItem> {
    let stays_open = |item: &&VerificationItem, row: &Requirement| match item.result {
        ItemResult::Missing => row.necessity == Necessity::Mandatory || checklist.is_later_round(),
        ItemResult::Unfit => true,
        ItemResult::Complete | ItemResult::NotApplicable => false,
    };
    let rows = rows_to_judge(checklist).into_iter().filter_map(|row| {
        form.items
            .iter()
            .find(|item| item.requirement == row.code)
            .map(|item| (row, item))
    });
    let open = rows.filter(|(row, item)| stays_open(item, row)).zip(1..);
    open.map(|((row, item), no)| DeficiencyItem {
        no,
        requirement: row.code.to_owned(),
        title: row.title.into(),
        result: item.result,
        note: item.note.clone().unwrap_or_default(),
    })
    .collect()
}

/// Stores the judgements of this round and issues its numbered deficiency sheet. Returns the open
/// items.
pub async fn conclude(
    file: &mut OpenFile<Task>,
    checklist: &Checklist,
    form: &VerificationForm,
) -> Result<Vec<DeficiencyItem>> {
    let faults = errors(checklist, form);
    if !faults.is_empty() {
        return Err(Error::invalid(faults));
    }
    let (id, office, round) = (
        file.header().file.id,
        file.header().office,
        file.header().round,
    );
    let (by, now) = (file.signed_in()?.user, file.now());
    store::add_items(file, id, round, form, by, now).await?;
    let number = take_number(file, office, Series::DeficiencySheet, now)
        .await?
        .written;
    let sheet = DeficiencySheet {
        id: DeficiencySheetId::at(now),
        number,
        round,
        items: open_after(checklist, form),
        issued_at: now,
    };
    deficiency::store::add_sheet(file, office, id, &sheet, by).await?;
    Ok(sheet.items)
}

/// The next stage after this round: `Deficient` if items are open; `Verified` after a complete
/// first round; otherwise as the customer answered.
pub async fn stage_after(file: &mut OpenFile<Task>, complete: bool) -> Result<Stage> {
    if !complete {
        return Ok(Stage::Deficient);
    }
    if file.header().stage == Stage::Filed {
        return Ok(Stage::Verified);
    }
    let id = file.header().file.id;
    let sheet = confirmation::latest(file, id).await?;
    let answer = sheet
        .answer
        .ok_or_else(|| Error::internal("a file beyond step 5 has no answer"))?;
    confirmation::note_disagreement(file, (sheet.seq, &sheet.proposal), &answer).await?;
    Ok(confirmation::stage_when_complete(&answer))
}
