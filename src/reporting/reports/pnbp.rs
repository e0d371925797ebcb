//! `GET /reports/pnbp`: the PNBP figures.

use actix_web::get;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::certification::billing::AccountCode;
use crate::certification::schemes::SchemeCode;
use crate::error::Result;
use crate::reporting::pnbp::{self, PnbpReport, store};
use crate::reporting::realization::filter::Filter;
use crate::reporting::realization::reader::{RecordReader, readers};
use crate::sop::role::codes;
use crate::web::{Query, Reply};

/// The filter.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PnbpQuery {
    /// Issued on this day (WIB) or later.
    #[param(example = "2026-07-01")]
    pub from: Option<NaiveDate>,
    /// Issued on this day (WIB) or earlier.
    #[param(example = "2026-07-31")]
    pub to: Option<NaiveDate>,
    /// Issued in this month (WIB); instead of `from` and `to`.
    #[param(example = "2026-07", pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$")]
    pub month: Option<String>,
    /// Only this scheme.
    #[param(inline)]
    pub scheme: Option<SchemeCode>,
    /// Only this account code (kode akun).
    #[param(inline)]
    pub account_code: Option<AccountCode>,
}

/// Read the PNBP figures (penerimaan negara bukan pajak).
///
/// Every billing code of the filter counts, with all money under it: the sums are those of
/// `GET /billings` under the same filter. By month of issue, scheme and account.
#[utoipa::path(
    tag = "reports", params(PnbpQuery), responses((status = 200, body = PnbpReport)),
    extensions(("x-roles" = json!(codes(&readers()))), ("x-problem-codes" = json!(["invalid_content"])))
)]
#[get("/reports/pnbp")]
pub async fn read_pnbp(reader: RecordReader, query: Query<PnbpQuery>) -> Result<Reply<PnbpReport>> {
    let query = query.0;
    let filter = Filter {
        from: query.from,
        to: query.to,
        ..Filter::default()
    }
    .for_period(query.month.as_deref())?;
    let of = (
        query.scheme,
        query.account_code.as_ref().map(|code| code.0.as_str()),
    );
    let codes = reader
        .database
        .read(async |c| {
            store::list_tallies(c, reader.caller.office, filter.time_range(), of, reader.now).await
        })
        .await?;
    Ok(Reply::ok(pnbp::report(codes)))
}
