//! `GET /reports/deposits`: the deposit sheet of a month.

use actix_web::http::header;
use actix_web::{HttpResponse, Responder as _, get};
use serde::Deserialize;

use crate::error::Result;
use crate::reporting::pnbp::deposits::DepositSheet;
use crate::reporting::pnbp::{store, workbook};
use crate::reporting::realization::filter::Filter;
use crate::reporting::realization::formats::Format;
use crate::reporting::realization::reader::{RecordReader, readers};
use crate::sop::role::codes;
use crate::web::{Query, Reply};

/// The format of the deposit sheet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DepositFormat {
    /// The data.
    #[default]
    Json,
    /// A workbook.
    Xlsx,
}

/// The month and the format.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DepositQuery {
    /// Paid in this month (WIB).
    #[param(pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$")]
    pub month: String,
    /// `json` by default.
    #[param(inline)]
    pub format: Option<DepositFormat>,
}

/// Read the deposit sheet of a month (daftar setoran PNBP).
///
/// Every payment of the month by the time of payment, and every refund by the time of its
/// confirmation, with NTPN, account, payer and the sum in words; as JSON or as a workbook.
#[utoipa::path(
    tag = "reports", params(DepositQuery),
    responses((status = 200, content(
        (DepositSheet = "application/json"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    ))),
    extensions(("x-roles" = json!(codes(&readers()))))
)]
#[get("/reports/deposits")]
pub async fn read_deposits(
    reader: RecordReader,
    query: Query<DepositQuery>,
) -> Result<HttpResponse> {
    let DepositQuery { month, format } = query.0;
    let filter = Filter::default().for_period(Some(&month))?;
    let lines = reader
        .database
        .read(async |c| store::list_deposits(c, reader.caller.office, filter.time_range()).await)
        .await?;
    let sheet = DepositSheet::of(month, lines);
    if format.unwrap_or_default() == DepositFormat::Json {
        return Ok(Reply::ok(sheet).respond_to(&reader.request));
    }
    let name = format!(
        "attachment; filename=\"daftar-setoran-{}.xlsx\"",
        sheet.month
    );
    let bytes = workbook::write(&sheet)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, Format::Xlsx.media_type()))
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(bytes))
}
