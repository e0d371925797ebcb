//! The printed SOPs, without login: as data, as a page, as a diagram, all from the table that the
//! service runs on.

use std::sync::OnceLock;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder as _, get, web};
use serde::{Deserialize, Serialize};

use super::catalogue::{Procedure, SOPS};
use crate::error::{Code, Error, Result};
use crate::sop::codes::SopCode;
use crate::sop::render::SopView;
use crate::sop::text::Term;
use crate::typesetting::Compiler;
use crate::web::etags::{READ_ONLY, etag, if_none_match_matches};
use crate::web::{PathParam, Query, Reply};

/// The SOPs.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Sops {
    /// Every SOP of the service.
    pub items: Vec<SopSummary>,
}

/// An SOP in the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct SopSummary {
    /// The code.
    #[schema(value_type = SopCode)]
    pub code: &'static str,
    /// The name.
    pub title: Term,
    /// The number of numbered steps.
    #[schema(example = 8)]
    pub step_count: usize,
    /// The office's share of the standard time (waktu baku), in minutes of working time.
    #[schema(example = 225)]
    pub office_minutes: u32,
    /// The sum of all standard times, in minutes of working time.
    #[schema(example = 285)]
    pub total_minutes: u32,
}

impl From<SopView> for SopSummary {
    fn from(sop: SopView) -> Self {
        let step_count = sop.steps.iter().filter(|row| row.step.is_some()).count();
        let SopView {
            code,
            title,
            office_minutes,
            total_minutes,
            ..
        } = sop;
        Self {
            code,
            title,
            step_count,
            office_minutes,
            total_minutes,
        }
    }
}

/// List the SOPs (daftar SOP).
///
/// The printed procedures of the service, with their standard times.
#[utoipa::path(tag = "sops", responses((status = 200, body = Sops)), security(()))]
#[get("/sops")]
pub(crate) async fn list_sops() -> Reply<Sops> {
    Reply::ok(Sops {
        items: SOPS.iter().map(|sop| sop.view().into()).collect(),
    })
}

/// The path of an SOP.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Path)]
pub(crate) struct AtSop {
    /// Code of the SOP.
    #[param(value_type = SopCode, example = "cert")]
    pub code: String,
}

/// The format of an SOP.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Shown {
    /// `json` by default.
    #[serde(default)]
    #[param(inline)]
    pub format: Format,
}

/// The formats of an SOP.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    /// The rows as JSON.
    #[default]
    Json,
    /// A Markdown page.
    Markdown,
    /// A Mermaid diagram of the stages.
    Mermaid,
    /// A poster for A3, landscape.
    Svg,
}

/// Read an SOP (prosedur dan mutu baku).
///
/// The printed table row for row, with its printed head: as JSON, as a Markdown page,
/// as a Mermaid diagram of the stages, or as an A3 poster with a lane for each actor (SVG).
#[utoipa::path(
    tag = "sops",
    params(AtSop, Shown),
    responses((status = 200, content(
        (SopView = "application/json"),
        (String = "text/markdown", example = "# SOP `cert` · Pelayanan Sertifikasi (Certification service)\n"),
        (String = "text/plain", example = "stateDiagram-v2\n    [*] --> draft\n"),
        (String = "image/svg+xml", example = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1190.55pt\" height=\"841.88pt\"/>"),
    ))),
    security(()),
    extensions(("x-problem-codes" = json!(["not_found", "invalid_parameter"])))
)]
#[get("/sops/{code}")]
pub(crate) async fn read_sop(
    at: PathParam<AtSop>,
    shown: Query<Shown>,
    request: HttpRequest,
) -> Result<HttpResponse> {
    let sop = find(&at.0.code)?;
    Ok(match shown.0.format {
        Format::Json => Reply::ok(sop.view()).read_only().respond_to(&request),
        Format::Markdown => text(&request, "text/markdown; charset=utf-8", sop.markdown()),
        Format::Svg => {
            let drawn = web::block(|| poster(sop))
                .await
                .map_err(Error::internal)??;
            text(&request, "image/svg+xml", drawn.to_owned())
        }
        Format::Mermaid => text(&request, "text/plain; charset=utf-8", sop.mermaid()),
    })
}

/// The poster of `sop` as SVG, drawn at its first request: an SOP changes only with a release of the
/// service.
pub fn poster(sop: &'static dyn Procedure) -> Result<&'static str> {
    static POSTERS: [OnceLock<String>; SOPS.len()] = [const { OnceLock::new() }; SOPS.len()];
    let cached = SOPS
        .iter()
        .zip(&POSTERS)
        .find(|(known, _)| known.code() == sop.code());
    let (_, cached) = cached.ok_or_else(|| Error::new(Code::NotFound))?;
    if let Some(poster) = cached.get() {
        return Ok(poster);
    }
    let compiler = Compiler::new().map_err(Error::internal)?;
    let poster = sop.poster(&compiler)?;
    Ok(cached.get_or_init(|| poster))
}

fn find(code: &str) -> Result<&'static dyn Procedure> {
    SOPS.iter()
        .find(|sop| sop.code() == code)
        .copied()
        .ok_or_else(|| {
            let known = SOPS
                .iter()
                .map(|sop| sop.code())
                .collect::<Vec<_>>()
                .join(", ");
            Error::new(Code::NotFound).detail(
                format!("SOP yang ada: {known}."),
                format!("The SOPs are: {known}."),
            )
        })
}

fn text(request: &HttpRequest, content_type: &'static str, body: String) -> HttpResponse {
    let etag = etag(READ_ONLY, &body);
    let known = if_none_match_matches(request.headers(), &etag);
    let mut reply = if known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    reply.insert_header((header::ETAG, etag));
    if known {
        reply.finish()
    } else {
        reply.content_type(content_type).body(body)
    }
}
