//! Single sheets of an application as JSON or PDF: a deficiency sheet of a round, and a
//! confirmation sheet with its answer.

use actix_web::get;
use serde::Deserialize;
use sqlx::PgConnection;

use super::confirmation::{self, Confirmation};
use super::printed::{audit_confirmation, deficiency_sheet};
use super::queries::{AtRound, find_visible};
use super::snapshot;
use super::verification::{self, DeficiencySheet};
use crate::casework::desk::Desk;
use crate::error::{Code, Error, Result};
use crate::ids::ApplicationId;
use crate::typesetting::Typesetter;
use crate::web::{
    Format, FormatQuery, JsonOrPdf, NegotiatedFormat, PathParam, PdfFile, Provided, Reply,
};

/// Read a deficiency sheet (lembar kekurangan dokumen).
///
/// The sheet of one round, as JSON or PDF (`?format=pdf`, or `Accept: application/pdf`).
#[utoipa::path(tag = "certification", params(AtRound, FormatQuery), responses((status = 200, content((DeficiencySheet = "application/json"), (PdfFile = "application/pdf")))))]
#[get("/applications/{id}/deficiency-sheets/{round}")]
pub async fn read_deficiency_sheet(
    desk: Desk,
    at: PathParam<AtRound>,
    wanted: NegotiatedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<DeficiencySheet>> {
    let record = find_visible(&desk, at.0.id).await?;
    let sheets = desk
        .database()
        .read(async |c| verification::store::sheets(c, at.0.id).await)
        .await?;
    let sheet = sheets
        .into_iter()
        .find(|sheet| sheet.round == at.0.round)
        .ok_or_else(|| Error::new(Code::NotFound))?;
    match wanted.0 {
        Format::Json => Ok(JsonOrPdf::Json(Reply::ok(sheet).read_only())),
        Format::Pdf => {
            let snapshot = desk
                .database()
                .read(async |c| snapshot::of_round(c, at.0.id, sheet.round).await)
                .await?;
            let document = deficiency_sheet(
                &sheet,
                record.number.as_deref().unwrap_or_default(),
                &snapshot.form,
            )?;
            typesetter
                .0
                .pdf_response(document, desk.request())
                .await
                .map(JsonOrPdf::Pdf)
        }
    }
}

/// Path of a proposal of an application.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub struct AtProposal {
    /// Id of the application.
    pub id: ApplicationId,
    /// Number of the proposal, from 1 on.
    #[param(example = 1, minimum = 1, maximum = 32_767)]
    pub seq: i16,
}

/// Read a confirmation sheet (lembar konfirmasi audit).
///
/// One proposal with its answer, as JSON or PDF (`?format=pdf`, or `Accept: application/pdf`). The
/// PDF of an unanswered proposal can be filled in by hand. It names the proposed team, because the
/// customer may object to members.
#[utoipa::path(tag = "certification", params(AtProposal, FormatQuery), responses((status = 200, content((Confirmation = "application/json"), (PdfFile = "application/pdf")))))]
#[get("/applications/{id}/audit-confirmations/{seq}")]
pub async fn read_audit_confirmation(
    desk: Desk,
    at: PathParam<AtProposal>,
    wanted: NegotiatedFormat,
    typesetter: Provided<Typesetter>,
) -> Result<JsonOrPdf<Confirmation>> {
    let record = find_visible(&desk, at.0.id).await?;
    let sheets = desk
        .database()
        .read(async |c| confirmation::store::list(c, at.0.id).await)
        .await?;
    let sheet = sheets
        .into_iter()
        .find(|sheet| sheet.seq == at.0.seq)
        .ok_or_else(|| Error::new(Code::NotFound))?;
    match wanted.0 {
        Format::Json => Ok(JsonOrPdf::Json(Reply::ok(sheet).read_only())),
        Format::Pdf => {
            let read = async |c: &mut PgConnection| {
                Ok((
                    snapshot::of_round(c, at.0.id, sheet.round).await?,
                    confirmation::store::team_names(c, at.0.id, sheet.seq).await?,
                ))
            };
            let (snapshot, names) = desk.database().read(read).await?;
            let document = audit_confirmation(
                &sheet,
                record.number.as_deref().unwrap_or_default(),
                &snapshot.form,
                &names,
            )?;
            typesetter
                .0
                .pdf_response(document, desk.request())
                .await
                .map(JsonOrPdf::Pdf)
        }
    }
}
