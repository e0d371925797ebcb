//! The checklist of one application: the scheme's rows that apply to it, the documents handed in for them, and what the last deficiency sheet left open.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;

use super::confirmation::ItemAnswer;
use super::facts::Facts;
use super::form::ApplicationForm;
use super::schemes::{Requirement, Scheme};
use super::sop::{Stage, Task};
use super::verification::{self, DeficiencyItem, DeficiencySheet, Expected};
use crate::casework::desk::OpenFile;
use crate::casework::documents::StoredDocument;
use crate::casework::documents::store as documents;
use crate::error::{Error, FieldError, Result, fault};
use crate::ids::ApplicationId;

/// The checklist of one application as it stands.
#[derive(Debug)]
pub struct Checklist {
    scheme: &'static Scheme,
    facts: Facts,
    /// The newest version for each row that has one.
    documents: BTreeMap<String, StoredDocument>,
    documented: BTreeSet<String>,
    sheet: Option<DeficiencySheet>,
}

impl Checklist {
    /// That of a file which was taken.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn read(file: &mut OpenFile<Task>) -> Result<Self> {
        let (id, form) = (file.header().file.id, file.header().file.form.clone());
        Self::of(file, id, &form).await
    }

    /// That of application `id` with this form.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn of(
        connection: &mut PgConnection,
        id: ApplicationId,
        form: &ApplicationForm,
    ) -> Result<Self> {
        let latest = documents::latest(connection, id).await?;
        let sheet = verification::store::sheets(connection, id).await?.pop();
        let documents: BTreeMap<_, _> = latest
            .into_iter()
            .map(|document| (document.requirement.clone(), document))
            .collect();
        let documented = documents.keys().cloned().collect();
        Ok(Self {
            scheme: Scheme::of(form.scheme),
            facts: form.facts(),
            documents,
            documented,
            sheet,
        })
    }

    /// The version of the scheme's table.
    #[must_use]
    pub fn version(&self) -> i16 {
        i16::try_from(self.scheme.version).unwrap_or(i16::MAX)
    }

    /// The rows that apply, in printed order.
    pub fn rows(&self) -> impl Iterator<Item = &'static Requirement> + use<> {
        self.scheme.checklist(&self.facts)
    }

    /// The newest document of each row.
    pub fn into_documents(self) -> impl Iterator<Item = StoredDocument> {
        self.documents.into_values()
    }

    /// What the last sheet left open; nothing before the first.
    fn open(&self) -> Option<&[DeficiencyItem]> {
        self.sheet.as_ref().map(|sheet| sheet.items.as_slice())
    }

    /// Whether the last sheet left something open.
    #[must_use]
    pub fn has_open_items(&self) -> bool {
        self.open().is_some_and(|open| !open.is_empty())
    }

    /// What a verification is held against.
    #[must_use]
    pub fn expected(&self) -> Expected<'_> {
        Expected {
            scheme: self.scheme,
            facts: self.facts,
            documented: &self.documented,
            open: self.open(),
        }
    }

    /// Everything that stands between a draft and its submission: gaps of the form, and the application letter (surat permohonan, the first row).
    ///
    /// # Errors
    /// `invalid_content` with every fault.
    pub fn must_be_ready_to_submit(&self, form: &ApplicationForm) -> Result<()> {
        let mut faults = form.gaps();
        if let Some(letter) = self
            .rows()
            .next()
            .filter(|letter| !self.documented.contains(letter.code))
        {
            let pointer = format!("/documents/{}", letter.code);
            faults.push(fault(
                pointer,
                "no_document",
                format!("Unggah {}.", letter.title_id),
                format!("Attach the {}.", letter.title_en),
            ));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(Error::invalid(faults))
        }
    }

    /// The row that a document for `code` answers at `stage`: any row of the checklist in a draft, afterwards only an open one.
    ///
    /// # Errors
    /// `invalid_content` when the row is not asked for now.
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
        let is_open = self
            .open()
            .is_none_or(|open| open.iter().any(|item| item.requirement == code));
        if stage == Stage::Draft || is_open {
            return Ok(row);
        }
        Err(refusal(
            "not_open",
            "Butir ini tidak terbuka pada putaran ini.",
            "This item is not open in this round.",
        ))
    }

    /// Open items that have neither a document newer than the sheet nor an explanation, and answers to what is not open.
    #[must_use]
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
