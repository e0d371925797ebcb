//! `GET /reports/sla`: the steps against their standard times.

use actix_web::get;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::certification::facts::ApplicationKind;
use crate::certification::schemes::SchemeCode;
use crate::error::Result;
use crate::reporting::realization::document;
use crate::reporting::realization::filter::Filter;
use crate::reporting::realization::reader::{RecordReader, readers};
use crate::reporting::realization::summary::{OfficeSummary, StepSummary};
use crate::sop::role::codes;
use crate::web::{Query, Reply};

/// The filter.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SlaQuery {
    /// Received on this day (WIB) or later.
    #[param(example = "2026-07-01")]
    pub from: Option<NaiveDate>,
    /// Received on this day (WIB) or earlier.
    #[param(example = "2026-07-31")]
    pub to: Option<NaiveDate>,
    /// Received in this month (WIB); instead of `from` and `to`.
    #[param(example = "2026-07", pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$")]
    pub month: Option<String>,
    /// Only this scheme.
    #[param(inline)]
    pub scheme: Option<SchemeCode>,
    /// Only this kind of application.
    #[param(inline)]
    pub kind: Option<ApplicationKind>,
}

/// The steps against their standard times (kinerja waktu layanan).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SlaReport {
    /// The time of the report, at which running clocks were read.
    pub made_at: DateTime<Utc>,
    /// The number of files.
    #[schema(example = 42)]
    pub count: u64,
    /// Open files.
    #[schema(example = 12)]
    pub open: u64,
    /// Running steps with a used-up standard time.
    #[schema(example = 1)]
    pub overdue_now: u64,
    /// Each numbered step.
    pub steps: Vec<StepSummary>,
    /// The office's total minutes, of files with the notice sent.
    pub office: OfficeSummary,
}

/// Read how the steps stand against their standard times (kinerja waktu layanan).
///
/// For each step: the files within its standard time (waktu baku), the files over it, the files
/// overdue now, and the durations. Computed from the rows of the record, the same for every reader.
#[utoipa::path(
    tag = "reports",
    params(SlaQuery),
    responses((status = 200, body = SlaReport)),
    extensions(("x-roles" = json!(codes(&readers()))), ("x-problem-codes" = json!(["invalid_content"])))
)]
#[get("/reports/sla")]
pub async fn read_sla(reader: RecordReader, query: Query<SlaQuery>) -> Result<Reply<SlaReport>> {
    let SlaQuery {
        from,
        to,
        month,
        scheme,
        kind,
    } = query.0;
    let filter = Filter {
        from,
        to,
        scheme,
        kind,
        ..Filter::default()
    }
    .for_period(month.as_deref())?;
    let sums = document::summary(reader.source(&filter)).await?;
    let overdue_now = sums.steps.iter().map(|step| step.overdue_now).sum();
    Ok(Reply::ok(SlaReport {
        made_at: reader.now,
        count: sums.count,
        open: sums.open,
        overdue_now,
        steps: sums.steps,
        office: sums.office,
    }))
}
