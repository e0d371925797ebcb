//! The checklist of one application: the applicable rows of the scheme, the submitted documents,
//! and the open items of the last deficiency sheet.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use super::confirmation::ItemAnswer;
use super::deficiency::{self, DeficiencyItem, DeficiencySheet};
use super::facts::Facts;
use super::form::ApplicationForm;
use super::schemes::{Requirement, Scheme};
use super::sop::{Stage, Task};
use crate::casework::desk::OpenFile;
use crate::casework::documents::StoredDocument;
use crate::casework::documents::store as documents;
use crate::error::{Error, FieldError, Result, fault};
use crate::ids::ApplicationId;

/// The current checklist of one application.
#[derive(Debug)]
pub struct Checklist {
    scheme: &'static Scheme,
    facts: Facts,
    /// The newest document of each row that has one.
    documents: BTreeMap<String, StoredDocument>,
    sheet: Option<DeficiencySheet>,
}

impl Checklist {
    /// Reads the checklist of a taken file.
    pub async fn read(file: &mut OpenFile<Task>) -> Result<Self> {
        let (id, form) = (file.header().file.id, file.header().file.form.clone());
        Self::of(file, id, &form).await
    }

    /// Reads the checklist of application `id` with this form.
    pub async fn of(
        connection: &mut PgConnection,
        id: ApplicationId,
        form: &ApplicationForm,
    ) -> Result<Self> {
        let latest = documents::latest(connection, id).await?;
        let sheet = deficiency::store::sheets(connection, id).await?.pop();
        let documents = latest
            .into_iter()
            .map(|document| (document.requirement.clone(), document))
            .collect();
        Ok(Self {
            scheme: Scheme::of(form.scheme),
            facts: form.facts(),
            documents,
            sheet,
        })
    }

    /// The version of the scheme's checklist.
    pub fn version(&self) -> i16 {
        i16::try_from(self.scheme.version).unwrap_or(i16::MAX)
    }

    /// The applicable rows, in printed order.
    pub fn rows(&self) -> impl Iterator<Item = &'static Requirement> + use<> {
        self.scheme.checklist(&self.facts)
    }

    /// The newest document of each row.
    pub fn into_documents(self) -> impl Iterator<Item = StoredDocument> {
        self.documents.into_values()
    }

    /// The open items of the last deficiency sheet; `None` before the first sheet.
    fn open_items(&self) -> Option<&[DeficiencyItem]> {
        self.sheet.as_ref().map(|sheet| sheet.items.as_slice())
    }

    /// Whether the last deficiency sheet has items.
    pub fn has_open_items(&self) -> bool {
        self.open_items().is_some_and(|open| !open.is_empty())
    }

    /// True after the first deficiency sheet: only its open items are asked for again.
    pub fn is_later_round(&self) -> bool {
        self.sheet.is_some()
    }

    /// True if the row `code` is asked for: any row before the first deficiency sheet, later only an
    /// open one.
    pub fn is_asked(&self, code: &str) -> bool {
        self.open_items()
            .is_none_or(|open| open.iter().any(|item| item.requirement == code))
    }

    /// True if the row `code` has a document.
    pub fn is_documented(&self, code: &str) -> bool {
        self.documents.contains_key(code)
    }

    /// Checks that a draft can be submitted: the form is complete and the application letter (surat
    /// permohonan, the first row) is attached.
    pub fn must_be_ready_to_submit(&self, form: &ApplicationForm) -> Result<()> {
        let mut faults = form.gaps();
        if let Some(letter) = self
            .rows()
            .next()
            .filter(|letter| !self.is_documented(letter.code))
        {
            let pointer = format!("/documents/{}", letter.code);
            faults.push(fault(
                pointer,
                "no_document",
                format!("Unggah {}.", letter.title.id),
                format!("Attach the {}.", letter.title.en),
            ));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::invalid(faults))
        }
    }

    /// The row for a document with `code` at `stage`: any row of the checklist in a draft, later
    /// only an open row.
    ///
    /// # Errors
    /// `invalid_content` if the row takes no document now.
    pub fn row_for_document(&self, code: &str, stage: Stage) -> Result<&'static Requirement> {
        let refusal = |code: &'static str, id: &'static str, en: &'static str| {
            Error::invalid(vec![fault("", code, id, en)])
        };
        let row = self.rows().find(|row| row.code == code);
        let row = row.ok_or_else(|| {
            refusal(
                "not_on_the_checklist",
                "Butir ini tidak ada dalam daftar periksa.",
                "This item is not on the checklist.",
            )
        })?;
        if stage == Stage::Draft || self.is_asked(code) {
            return Ok(row);
        }
        Err(refusal(
            "not_open",
            "Butir ini tidak terbuka pada putaran ini.",
            "This item is not open in this round.",
        ))
    }

    /// Errors for open items that have neither a document newer than the sheet nor an answer, and
    /// for answers to items that are not open.
    pub fn unanswered(&self, answers: &[ItemAnswer]) -> Vec<FieldError> {
        let Some(sheet) = &self.sheet else {
            return Vec::new();
        };
        let mut faults = Vec::new();
        for (i, answer) in answers.iter().enumerate() {
            if !sheet
                .items
                .iter()
                .any(|item| item.requirement == answer.requirement)
            {
                let pointer = format!("/answers/{i}/requirement");
                faults.push(fault(
                    pointer,
                    "not_open",
                    "Butir ini tidak terbuka pada putaran ini.",
                    "This item is not open in this round.",
                ));
            }
        }
        for item in &sheet.items {
            let renewed = self
                .documents
                .get(&item.requirement)
                .is_some_and(|document| document.uploaded_at > sheet.issued_at);
            if !renewed
                && !answers
                    .iter()
                    .any(|answer| answer.requirement == item.requirement)
            {
                let code = &item.requirement;
                faults.push(fault(
                    "/answers",
                    "not_answered",
                    format!("{code} belum dijawab."),
                    format!("{code} has neither a new document nor an answer."),
                ));
            }
        }
        faults
    }
}
