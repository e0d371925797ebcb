//! Document verification (verifikasi kelengkapan): the judgement of each checklist item, and the
//! deficiency sheet made from it.

pub mod store;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::confirmation;
use super::facts::Facts;
use super::form::check_text;
use super::schemes::{Necessity, Requirement, Scheme};
use super::sop::{Stage, Task};
use crate::casework::desk::OpenFile;
use crate::casework::register::{Series, take_number};
use crate::error::{Error, FieldError, Result, fault};
use crate::ids::DeficiencySheetId;
use crate::web::body::Validate;

/// The verifier's judgement of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ItemResult {
    /// Lengkap.
    Complete,
    /// Kurang: the document is missing.
    Missing,
    /// Tidak sesuai: the document does not meet the requirement.
    Unfit,
    /// Tidak berlaku: the row does not apply.
    NotApplicable,
}

impl ItemResult {
    pub(super) fn code(self) -> &'static str {
        self.into()
    }
}

/// The judgement of one item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationItem {
    /// The row of the checklist.
    #[schema(example = "P07")]
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

/// A row of the deficiency sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeficiencyItem {
    /// Number on the sheet.
    #[schema(example = 1)]
    pub no: u16,
    /// The row of the checklist.
    #[schema(example = "P07")]
    pub requirement: String,
    /// Name of the document in Indonesian.
    #[schema(example = "NPWP perusahaan / importir")]
    pub title_id: String,
    /// Name of the document in English.
    #[schema(example = "Tax number of the company or importer")]
    pub title_en: String,
    /// `missing` or `unfit`.
    pub result: ItemResult,
    /// The deficiency.
    #[schema(example = "NPWP atas nama perusahaan lama; unggah yang baru.")]
    pub note: String,
}

/// A deficiency sheet (lembar kekurangan dokumen); without items it is "nihil".
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeficiencySheet {
    /// Id of the sheet.
    pub id: DeficiencySheetId,
    /// Number of the sheet.
    #[schema(example = "LK-2026-00001")]
    pub number: String,
    /// The verified round.
    #[schema(example = 1)]
    pub round: i16,
    /// Missing and unfit documents.
    pub items: Vec<DeficiencyItem>,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
}

/// The sheets of an application.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeficiencySheets {
    /// In the order of the rounds.
    pub items: Vec<DeficiencySheet>,
}

/// The items that a verification must judge.
pub struct ExpectedItems<'a> {
    /// The scheme.
    pub scheme: &'static Scheme,
    /// Facts that determine the checklist.
    pub facts: Facts,
    /// Codes of the rows with at least one document.
    pub documented: &'a BTreeSet<String>,
    /// Open items, in later rounds.
    pub open: Option<&'a [DeficiencyItem]>,
}

impl ExpectedItems<'_> {
    fn rows_to_judge(&self) -> Vec<&'static Requirement> {
        let asked_again = |row: &Requirement| {
            self.open
                .is_none_or(|open| open.iter().any(|item| item.requirement == row.code))
        };
        self.scheme
            .checklist(&self.facts)
            .filter(|row| asked_again(row))
            .collect()
    }

    /// The error message if `item`, the judgement of `row`, lacks a required note. The note tells
    /// the customer what to do, or why a required row does not apply.
    fn required_note(
        &self,
        item: &VerificationItem,
        row: &Requirement,
    ) -> Option<(&'static str, &'static str)> {
        let must = row.necessity == Necessity::Mandatory || self.open.is_some();
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
    pub fn errors(&self, form: &VerificationForm) -> Vec<FieldError> {
        let rows = self.rows_to_judge();
        let mut faults = Vec::new();
        for (i, item) in form.items.iter().enumerate() {
            let pointer = format!("/items/{i}/requirement");
            match rows.iter().find(|row| row.code == item.requirement) {
                None if self.open.is_some() => {
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
                        && !self.documented.contains(&item.requirement) =>
                {
                    faults.push(fault(
                        format!("/items/{i}/result"),
                        "no_document",
                        "Belum ada dokumen untuk butir ini.",
                        "There is no document for this item.",
                    ));
                }
                Some(row) if item.note.is_none() => {
                    if let Some((id, en)) = self.required_note(item, row) {
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
            |row: &&&Requirement| self.open.is_some() || row.necessity == Necessity::Mandatory;
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
    pub fn open_after(&self, form: &VerificationForm) -> Vec<DeficiencyItem> {
        let stays_open = |item: &&VerificationItem, row: &Requirement| match item.result {
            ItemResult::Missing => row.necessity == Necessity::Mandatory || self.open.is_some(),
            ItemResult::Unfit => true,
            ItemResult::Complete | ItemResult::NotApplicable => false,
        };
        let rows = self.rows_to_judge().into_iter().filter_map(|row| {
            form.items
                .iter()
                .find(|item| item.requirement == row.code)
                .map(|item| (row, item))
        });
        let open = rows.filter(|(row, item)| stays_open(item, row)).zip(1..);
        open.map(|((row, item), no)| DeficiencyItem {
            no,
            requirement: row.code.to_owned(),
            title_id: row.title_id.to_owned(),
            title_en: row.title_en.to_owned(),
            result: item.result,
            note: item.note.clone().unwrap_or_default(),
        })
        .collect()
    }
}

/// Stores the judgements of this round and issues its numbered deficiency sheet. Returns the open
/// items.
pub async fn conclude(
    file: &mut OpenFile<Task>,
    expected: &ExpectedItems<'_>,
    form: &VerificationForm,
) -> Result<Vec<DeficiencyItem>> {
    let faults = expected.errors(form);
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
        items: expected.open_after(form),
        issued_at: now,
    };
    store::add_sheet(file, office, id, &sheet, by).await?;
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
