//! One sheet of an application, as data or on paper: the deficiency sheet of a round, a confirmation sheet with its answer.

use actix_web::get;
use serde::Deserialize;
use sqlx::PgConnection;

use super::confirmation::{self, Confirmation};
use super::printed::{audit_confirmation, deficiency_sheet};
use super::queries::{AtRound, seen};
use super::snapshot;
use super::verification::{self, DeficiencySheet};
use crate::casework::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::ids::ApplicationId;
use crate::typesetting::Typesetter;
use crate::web::{At, Format, FormatQuery, JsonOrPdf, NegotiatedFormat, PdfFile, Provided, Reply};

/// Read a deficiency sheet (lembar kekurangan dokumen).
///
/// That of one round, as JSON or as the sheet itself: `?format=pdf`, or `Accept: application/pdf`.
#[utoipa::path(tag = "certification", params(AtRound, FormatQuery), responses((status = 200, content((DeficiencySheet = "application/json"), (PdfFile = "application/pdf")))))]
#[get("/applications/{id}/deficiency-sheets/{round}")]
pub async fn read_deficiency_sheet(
    desk: Desk,
    at: At<AtRound>,
    wanted: NegotiatedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<DeficiencySheet>> {
    let record = seen(&desk, at.0.id).await?;
    let sheets = desk
        .database()
        .read(async |c| verification::store::sheets(c, at.0.id).await)
        .await?;
    let sheet = sheets
        .into_iter()
        .find(|sheet| sheet.round == at.0.round)
        .ok_or_else(|| Error::new(Code::NotFound))?;
    match wanted.0 {
        Format::Json => Ok(JsonOrPdf::Json(Reply::ok(sheet).version(1))),
        Format::Pdf => {
            let then = desk
                .database()
                .read(async |c| snapshot::of_round(c, at.0.id, sheet.round).await)
                .await?;
            let paper = deficiency_sheet(
                &sheet,
                record.number.as_deref().unwrap_or_default(),
                &then.form,
            )?;
            typesetter
                .0
                .print(paper, desk.request())
                .await
                .map(JsonOrPdf::Pdf)
        }
    }
}

/// A proposal of an application, in the path.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtProposal {
    /// Id of the application.
    pub id: ApplicationId,
    /// Which proposal, from 1 on.
    #[param(example = 1, minimum = 1, maximum = 32_767)]
    pub seq: i16,
}

/// Read a confirmation sheet (lembar konfirmasi audit).
///
/// One proposal and its answer, as JSON or as the sheet itself (`?format=pdf`, or `Accept: application/pdf`), to be filled in by hand while it is unanswered.
/// On paper the proposed team has its names, because whoever may object must know to whom.
#[utoipa::path(tag = "certification", params(AtProposal, FormatQuery), responses((status = 200, content((Confirmation = "application/json"), (PdfFile = "application/pdf")))))]
#[get("/applications/{id}/audit-confirmations/{seq}")]
pub async fn read_audit_confirmation(
    desk: Desk,
    at: At<AtProposal>,
    wanted: NegotiatedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<Confirmation>> {
    let record = seen(&desk, at.0.id).await?;
    let sheets = desk
        .database()
        .read(async |c| confirmation::store::list(c, at.0.id).await)
        .await?;
    let sheet = sheets
        .into_iter()
        .find(|sheet| sheet.seq == at.0.seq)
        .ok_or_else(|| Error::new(Code::NotFound))?;
    match wanted.0 {
        Format::Json => {
            let version = 1 + i64::from(sheet.answer.is_some());
            Ok(JsonOrPdf::Json(Reply::ok(sheet).version(version)))
        }
        Format::Pdf => {
            let read = async |c: &mut PgConnection| {
                Ok((
                    snapshot::of_round(c, at.0.id, sheet.round).await?,
                    confirmation::store::team_names(c, at.0.id, sheet.seq).await?,
                ))
            };
            let (then, names) = desk.database().read(read).await?;
            let paper = audit_confirmation(
                &sheet,
                record.number.as_deref().unwrap_or_default(),
                &then.form,
                &names,
            )?;
            typesetter
                .0
                .print(paper, desk.request())
                .await
                .map(JsonOrPdf::Pdf)
        }
    }
}
