//! A complaint put together for one reader: its record, and of its papers those they may read. Nothing else is even opened.

use sqlx::PgConnection;

use super::file::Record;
use super::papers::form::Content;
use super::papers::of_staff::{Kind, Text};
use super::sealing::case_key::CaseKey;
use super::services::ComplaintServices;
use super::store::{papers as store, warnings};
use super::views::{AnswerView, ComplaintPaper, Papers, Reads, WarningOfCase};
use crate::error::Result;

/// The papers of `record` that the one who asked for it may read.
///
/// # Errors
/// When the server refuses, or a paper was moved or changed.
pub async fn papers(
    connection: &mut PgConnection,
    record: &Record,
    services: &ComplaintServices,
) -> Result<Papers> {
    let reads = Reads::of(record.roles, record.staff_reads);
    if reads == Reads::Cover {
        return Ok(Papers::default());
    }
    let key = services.open(record.id, &record.wrapped).await?;
    let stored = store::list(connection, record.id).await?;
    let mut papers = Papers {
        answer: answer(&stored, &key)?,
        resolution: newest(&stored, Kind::Resolution, &key)?,
        ..Papers::default()
    };
    if reads == Reads::All {
        papers.content = Some(Content::open(&key, record.id, &record.content)?);
        papers.disposition = text(&stored, Kind::Disposition, &key)?;
        papers.forwarding = text(&stored, Kind::Forwarding, &key)?;
        for kind in [
            Kind::OutOfScope,
            Kind::Referral,
            Kind::Reopening,
            Kind::Hold,
        ] {
            papers.reasons.extend(text(&stored, kind, &key)?);
        }
        papers.warnings = warnings::of_case(connection, record.id)
            .await?
            .iter()
            .map(|stored| warning(stored, &key))
            .collect::<Result<_>>()?;
    }
    Ok(papers)
}

fn warning(stored: &warnings::Stored, key: &CaseKey) -> Result<WarningOfCase> {
    let (text, statement) = stored.open(key)?;
    Ok(WarningOfCase {
        id: stored.id,
        issued_on: stored.issued_on,
        text,
        statement,
    })
}

fn newest<T: serde::de::DeserializeOwned>(
    stored: &[(Kind, store::Stored)],
    kind: Kind,
    key: &CaseKey,
) -> Result<Option<T>> {
    stored
        .iter()
        .rfind(|(of, _)| *of == kind)
        .map(|(_, paper)| paper.open(key))
        .transpose()
}

pub(super) fn text(
    stored: &[(Kind, store::Stored)],
    kind: Kind,
    key: &CaseKey,
) -> Result<Option<ComplaintPaper>> {
    let newest = stored.iter().rfind(|(of, _)| *of == kind);
    newest
        .map(|(_, paper)| {
            paper
                .open::<Text>(key)
                .map(|Text { text }| ComplaintPaper { text, at: paper.at })
        })
        .transpose()
}

/// The newest letter of answer, with what became of this draft.
pub(super) fn answer(
    stored: &[(Kind, store::Stored)],
    key: &CaseKey,
) -> Result<Option<AnswerView>> {
    let Some((_, letter)) = stored.iter().rfind(|(kind, _)| *kind == Kind::Answer) else {
        return Ok(None);
    };
    let of_it = |kind: Kind| {
        stored
            .iter()
            .rfind(|(of, paper)| *of == kind && paper.draft == letter.draft)
            .map(|(_, paper)| paper)
    };
    Ok(Some(AnswerView {
        draft: letter.draft,
        letter: letter.open(key)?,
        returned: of_it(Kind::Return)
            .map(|paper| paper.open::<Text>(key).map(|Text { text }| text))
            .transpose()?,
        signature: of_it(Kind::Signature)
            .map(|paper| paper.open(key))
            .transpose()?,
    }))
}
