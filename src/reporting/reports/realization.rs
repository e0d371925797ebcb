//! `GET /reports/realization`: the record in the requested format.

use actix_web::http::header;
use actix_web::{HttpResponse, Responder as _, get};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::certification::facts::ApplicationKind;
use crate::certification::schemes::SchemeCode;
use crate::certification::sop::Stage;
use crate::error::Result;
use crate::ids::UserId;
use crate::reporting::realization::document;
use crate::reporting::realization::filter::Filter;
use crate::reporting::realization::formats::{Chart, Format};
use crate::reporting::realization::page::RealizationPage;
use crate::reporting::realization::reader::{RecordReader, readers};
use crate::reporting::realization::report_request::ReportRequest;
use crate::reporting::realization::store::RealizationCursor;
use crate::sop::role::codes;
use crate::typesetting::Typesetter;
use crate::web::page::page_size;
use crate::web::params::contradiction;
use crate::web::problem::Language;
use crate::web::{Cursor, Page, PdfFile, Provided, Query, Reply};

/// Filter and format of the record.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RealizationQuery {
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
    /// Only files on which this member of staff did something (petugas).
    pub officer: Option<UserId>,
    /// Only files that are at this stage now.
    #[param(inline)]
    pub stage: Option<Stage>,
    /// `json` by default.
    #[param(inline)]
    pub format: Option<Format>,
    /// The chart; `on_time` by default.
    #[param(inline)]
    pub chart: Option<Chart>,
    /// `false` omits the sums from the first page.
    pub summary: Option<bool>,
    /// The number of JSON rows, 1 to 200; 20 by default.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl RealizationQuery {
    fn report_request(&self, language: Language) -> Result<ReportRequest> {
        let filter = Filter {
            from: self.from,
            to: self.to,
            scheme: self.scheme,
            kind: self.kind,
            officer: self.officer,
            stage: self.stage,
        };
        let format = self.format.unwrap_or_default();
        if self.chart.is_some() && format != Format::Svg {
            return Err(contradiction(
                "chart",
                "chart hanya dengan SVG.",
                "chart goes with SVG only.",
            ));
        }
        let filter = filter.for_period(self.month.as_deref())?;
        Ok(ReportRequest {
            filter,
            format,
            chart: self.chart.unwrap_or_default(),
            english: language == Language::English,
        })
    }
}

/// Read the record of certification services (Data Realisasi Layanan Sertifikasi).
///
/// The record that the SOP requires: the applications received in a period, each step with its
/// minutes of working time against the standard time, deficiencies, notice, team, days and cost.
/// All numbers come from journal and ledger. Every reader of the record sees the same rows,
/// independent of the single files the reader may open. Two columns that the service does not store
/// are null: the date on the letter and the satisfaction survey (SKM).
///
/// JSON is paged; the first page includes the sums of all rows of the filter. CSV (comma, UTF-8
/// with a byte order mark, times in WIB, an apostrophe before texts that a spreadsheet would run as
/// a formula) and XLSX (with a sheet of sums) contain all rows; SVG is a chart of the sums; PDF is
/// the report of a month (`month=2026-07`) or another period as a letter in Indonesian, with sums
/// and charts.
#[utoipa::path(
    tag = "reports",
    params(
        RealizationQuery,
        ("Accept-Language" = Option<String>, Header, description = "`en` for headings and labels in English.", example = "en"),
    ),
    responses(
        (status = 200, content(
            (RealizationPage = "application/json"),
            (String = "text/csv", example = "No.,Nomor permohonan,Tanggal surat permohonan,Diterima (WIB)\r\n1,P-2026-00001,,2026-07-06 08:00\r\n"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (PdfFile = "application/pdf"),
            (String = "image/svg+xml", example = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        )),
    ),
    extensions(("x-roles" = json!(codes(&readers()))), ("x-problem-codes" = json!(["invalid_content"])))
)]
#[get("/reports/realization")]
pub async fn read_realization(
    reader: RecordReader,
    query: Query<RealizationQuery>,
    cursor: Provided<Cursor>,
    typesetter: Provided<Typesetter>,
) -> Result<HttpResponse> {
    let (query, asked) = (&query.0, query.0.report_request(reader.language())?);
    let limit = page_size(query.limit)?;
    let after: Option<RealizationCursor> =
        cursor
            .0
            .read(query.cursor.as_deref(), "realization", &asked.filter)?;
    let sums = query.summary != Some(false) && after.is_none();
    let source = reader.source(&asked.filter);
    let mut reply = HttpResponse::Ok();
    reply
        .content_type(asked.format.media_type())
        .insert_header((header::CONTENT_LANGUAGE, reader.language().tag()))
        .insert_header((header::VARY, "accept-language"));
    if asked.format != Format::Svg {
        reply.insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", asked.file_name()),
        ));
    }
    Ok(match asked.format {
        Format::Json => json_page(&reader, &asked, &cursor.0, (after, limit, sums)).await?,
        Format::Csv => reply.streaming(document::csv(source, &asked).await?),
        Format::Xlsx => reply.streaming(document::xlsx(source, &asked).await?),
        Format::Svg => reply.body(document::chart(source, &asked, &typesetter.0).await?),
        Format::Pdf => reply.body(document::report(source, &asked, &typesetter.0).await?),
    })
}

async fn json_page(
    reader: &RecordReader,
    asked: &ReportRequest,
    cursor: &Cursor,
    (after, limit, sums): (Option<RealizationCursor>, i64, bool),
) -> Result<HttpResponse> {
    let rows = reader.source(&asked.filter).page(after, limit + 1).await?;
    let Page {
        items, next_cursor, ..
    } = cursor.page(rows, limit, "realization", &asked.filter, |(place, _)| {
        *place
    })?;
    let summary = if sums {
        Some(document::summary(reader.source(&asked.filter)).await?)
    } else {
        None
    };
    let items = items.into_iter().map(|(_, row)| row).collect();
    let page = RealizationPage {
        items,
        next_cursor: next_cursor.clone(),
        summary,
    };
    Ok(Reply::ok(page)
        .next(next_cursor)
        .respond_to(&reader.request))
}
