//! Builds the view of a complaint for one reader. Papers that the reader may not read are not
//! opened.

use sqlx::PgConnection;

use super::file::ComplaintRow;
use super::papers::form::Content;
use super::papers::of_staff::{PaperKind, PaperText};
use super::sealing::case_key::CaseKey;
use super::services::ComplaintServices;
use super::store::{papers as store, warnings};
use super::views::{AnswerView, ComplaintPaper, Papers, ReadAccess, WarningOfCase};
use crate::error::Result;

/// Opens the papers of a complaint that the viewer of `record` may read.
pub async fn papers(
    connection: &mut PgConnection,
    record: &ComplaintRow,
    services: &ComplaintServices,
) -> Result<Papers> {
    let reads = ReadAccess::for_roles(record.roles, record.staff_reads);
    if reads == ReadAccess::StageOnly {
        return Ok(Papers::default());
    }
    let key = services.case_key(record.id, &record.wrapped).await?;
    let stored = store::list(connection, record.id).await?;
    let mut papers = Papers {
        answer: answer(&stored, &key)?,
        resolution: newest(&stored, PaperKind::Resolution, &key)?,
        ..Papers::default()
    };
    if reads == ReadAccess::All {
        papers.content = Some(Content::open(&key, record.id, &record.content)?);
        papers.disposition = text(&stored, PaperKind::Disposition, &key)?;
        papers.forwarding = text(&stored, PaperKind::Forwarding, &key)?;
        for kind in [
            PaperKind::OutOfScope,
            PaperKind::Referral,
            PaperKind::Reopening,
            PaperKind::Hold,
        ] {
            papers.reasons.extend(text(&stored, kind, &key)?);
        }
        if record.has_warnings {
            papers.warnings = warnings::list_of_case(connection, record.id)
                .await?
                .iter()
                .map(|stored| warning(stored, &key))
                .collect::<Result<_>>()?;
        }
    }
    Ok(papers)
}

fn warning(stored: &warnings::WarningRow, key: &CaseKey) -> Result<WarningOfCase> {
    let (text, statement) = stored.open(key)?;
    Ok(WarningOfCase {
        id: stored.id,
        issued_on: stored.issued_on,
        text,
        statement,
    })
}

fn newest<T: serde::de::DeserializeOwned>(
    stored: &[(PaperKind, store::PaperRow)],
    kind: PaperKind,
    key: &CaseKey,
) -> Result<Option<T>> {
    stored
        .iter()
        .rfind(|(of, _)| *of == kind)
        .map(|(_, paper)| paper.open(key))
        .transpose()
}

pub(super) fn text(
    stored: &[(PaperKind, store::PaperRow)],
    kind: PaperKind,
    key: &CaseKey,
) -> Result<Option<ComplaintPaper>> {
    let newest = stored.iter().rfind(|(of, _)| *of == kind);
    newest
        .map(|(_, paper)| {
            paper
                .open::<PaperText>(key)
                .map(|PaperText { text }| ComplaintPaper { text, at: paper.at })
        })
        .transpose()
}

/// The newest letter of answer, with its return or signature.
pub(super) fn answer(
    stored: &[(PaperKind, store::PaperRow)],
    key: &CaseKey,
) -> Result<Option<AnswerView>> {
    let Some((_, letter)) = stored.iter().rfind(|(kind, _)| *kind == PaperKind::Answer) else {
        return Ok(None);
    };
    let of_it = |kind: PaperKind| {
        stored
            .iter()
            .rfind(|(of, paper)| *of == kind && paper.draft == letter.draft)
            .map(|(_, paper)| paper)
    };
    Ok(Some(AnswerView {
        draft: letter.draft,
        letter: letter.open(key)?,
        returned: of_it(PaperKind::Return)
            .map(|paper| paper.open::<PaperText>(key).map(|PaperText { text }| text))
            .transpose()?,
        signature: of_it(PaperKind::Signature)
            .map(|paper| paper.open(key))
            .transpose()?,
    }))
}
