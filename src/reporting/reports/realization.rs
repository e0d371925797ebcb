//! `GET /reports/realization`: the record in the shape that was asked for.

use actix_web::http::header;
use actix_web::{HttpResponse, Responder as _, get};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::certification::facts::ApplicationKind;
use crate::certification::schemes::SchemeCode;
use crate::certification::sop::Stage;
use crate::error::Result;
use crate::ids::UserId;
use crate::reporting::realization::asked::Asked;
use crate::reporting::realization::document;
use crate::reporting::realization::filter::Filter;
use crate::reporting::realization::page::RealizationPage;
use crate::reporting::realization::reader::{RecordReader, readers};
use crate::reporting::realization::shapes::{Chart, Format};
use crate::reporting::realization::store::Place;
use crate::sop::role::codes;
use crate::typesetting::Typesetter;
use crate::web::page::size;
use crate::web::params::contradiction;
use crate::web::problem::Language;
use crate::web::{Cursor, Page, PdfFile, Provided, Query, Reply};

/// Which files, in which shape.
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
    /// Only of this service.
    #[param(inline)]
    pub scheme: Option<SchemeCode>,
    /// Only of this kind.
    #[param(inline)]
    pub kind: Option<ApplicationKind>,
    /// Only files on which this person of the office did something (petugas).
    pub officer: Option<UserId>,
    /// Only files that are at this stage now.
    #[param(inline)]
    pub stage: Option<Stage>,
    /// `json` when not given.
    #[param(inline)]
    pub format: Option<Format>,
    /// Which chart, with `format=svg`; `on_time` when not given.
    #[param(inline)]
    pub chart: Option<Chart>,
    /// `false`: the first page comes without the sums.
    pub summary: Option<bool>,
    /// How many rows of JSON, 1 to 200; 20 when not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl RealizationQuery {
    fn asked(&self, language: Language) -> Result<Asked> {
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
                "chart hanya dengan format=svg.",
                "chart goes with format=svg only.",
            ));
        }
        let filter = filter.over(self.month.as_deref())?;
        Ok(Asked {
            filter,
            format,
            chart: self.chart.unwrap_or_default(),
            english: language == Language::English,
        })
    }
}

/// Read the record of certification services (Data Realisasi Layanan Sertifikasi).
///
/// The record that the SOP asks for: what was received in a period, each step with its minutes of working time against the standard time, deficiencies, notice,
/// team, days and cost. Every number comes from journal and ledger. It is the office's record: everyone who may read it sees the same rows, whatever single files they may open. What the service does not keep is null: the letter's
/// own date and the satisfaction survey (SKM).
///
/// JSON comes page by page, the first page with the sums of every row under the filter. CSV (comma, UTF-8 with a byte order mark, times in WIB, texts that a
/// spreadsheet would take for a formula with an apostrophe before them) and XLSX (with a sheet of sums) hold every row; SVG is a chart of the sums; PDF is
/// the report of a month (`month=2026-07`) or another period as a letter, in Indonesian, with the sums and the charts.
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
    let (query, asked) = (&query.0, query.0.asked(reader.language())?);
    let limit = size(query.limit)?;
    let after: Option<Place> =
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
        Format::Json => page(&reader, &asked, &cursor.0, (after, limit, sums)).await?,
        Format::Csv => reply.streaming(document::csv(source, &asked).await?),
        Format::Xlsx => reply.streaming(document::xlsx(source, &asked).await?),
        Format::Svg => reply.body(document::chart(source, &asked, &typesetter.0).await?),
        Format::Pdf => reply.body(document::report(source, &asked, &typesetter.0).await?),
    })
}

async fn page(
    reader: &RecordReader,
    asked: &Asked,
    cursor: &Cursor,
    (after, limit, sums): (Option<Place>, i64, bool),
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
