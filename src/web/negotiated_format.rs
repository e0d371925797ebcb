//! Content negotiation between JSON and PDF: `?format=` decides, else `Accept`, else JSON.

use std::future::{Ready, ready};

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use serde::{Deserialize, Serialize};

use super::params::Query;
use super::pdf::{MEDIA_TYPE, Pdf};
use super::reply::Reply;
use crate::error::{Code, Error, Result};

/// The format of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PaperFormat)]
pub enum Format {
    /// The data as JSON.
    Json,
    /// The document as PDF/A.
    Pdf,
}

/// The query parameter `format`.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FormatQuery {
    /// `json` or `pdf`; without it, `Accept` decides.
    #[param(inline)]
    pub format: Option<Format>,
}

/// Extractor of the negotiated format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NegotiatedFormat(pub Format);

impl FromRequest for NegotiatedFormat {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let asked = Query::<FormatQuery>::from_request(request, payload).into_inner();
        ready(asked.and_then(|query| {
            match query.0.format {
                Some(format) => Ok(Self(format)),
                None => accepted(
                    request.headers().get(header::ACCEPT),
                    &[Format::Json, Format::Pdf],
                )
                .map(Self),
            }
        }))
    }
}

/// The format of `offered` that `accept` prefers (RFC 9110 §12.5.1); among equals the first.
/// Without the header, or with an unreadable one, the first of `offered`.
///
/// # Errors
/// `not_acceptable` when `accept` excludes all of them.
pub fn accepted(accept: Option<&HeaderValue>, offered: &[Format]) -> Result<Format> {
    let Some(accept) = accept
        .and_then(|value| value.to_str().ok())
        .filter(|value| !value.trim().is_empty())
    else {
        return offered.first().copied().ok_or_else(refusal);
    };
    let ranked = offered
        .iter()
        .map(|format| (*format, quality(accept, format.media_type())));
    // `max_by_key` returns the last maximum, so the iterator is reversed.
    let best = ranked
        .rev()
        .max_by_key(|(_, quality)| *quality)
        .filter(|(_, quality)| *quality > 0);
    best.map(|(format, _)| format).ok_or_else(refusal)
}

fn refusal() -> Error {
    Error::new(Code::NotAcceptable).detail(
        "Tersedia: application/json dan application/pdf.",
        "There are application/json and application/pdf.",
    )
}

/// The quality of a media type in `accept`, in thousandths; the most specific matching range
/// counts.
fn quality(accept: &str, media_type: &str) -> u32 {
    let family = media_type.split('/').next().unwrap_or_default();
    let ranges = accept.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next()?.to_ascii_lowercase();
        let particular = match name.as_str() {
            name if name == media_type => 3,
            name if name.strip_suffix("/*") == Some(family) => 2,
            "*/*" => 1,
            _ => return None,
        };
        let quality = parts
            .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
            .map_or(1000, quality_in_thousandths);
        Some((particular, quality))
    });
    ranges
        .max_by_key(|(particular, _)| *particular)
        .map_or(0, |(_, quality)| quality)
}

fn quality_in_thousandths(quality: &str) -> u32 {
    let quality = quality
        .parse::<f32>()
        .ok()
        .filter(|quality| quality.is_finite())
        .unwrap_or(1.0)
        .clamp(0.0, 1.0);
    (0..=1000)
        .rev()
        .find(|step| f64::from(*step) / 1000.0 <= f64::from(quality) + 0.000_5)
        .unwrap_or_default()
}

impl Format {
    fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Pdf => MEDIA_TYPE,
        }
    }
}

/// A reply in the negotiated format.
#[derive(Debug)]
pub enum JsonOrPdf<T> {
    /// The data as JSON.
    Json(Reply<T>),
    /// The document as PDF.
    Pdf(Pdf),
}

impl<T: Serialize> Responder for JsonOrPdf<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = match self {
            Self::Json(reply) => reply.respond_to(request),
            Self::Pdf(pdf) => pdf.respond_to(request),
        };
        response
            .headers_mut()
            .append(header::VARY, HeaderValue::from_static("accept"));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(accept: &'static str) -> Option<Format> {
        accepted(
            Some(&HeaderValue::from_static(accept)),
            &[Format::Json, Format::Pdf],
        )
        .ok()
    }

    #[test]
    fn without_a_wish_it_is_json() {
        assert_eq!(
            accepted(None, &[Format::Json, Format::Pdf]).ok(),
            Some(Format::Json)
        );
        for accept in [
            "",
            "*/*",
            "application/*",
            "application/json",
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "application/pdf;q=0.5, */*",
        ] {
            assert_eq!(of(accept), Some(Format::Json), "{accept}");
        }
    }

    #[test]
    fn a_paper_is_had_by_who_likes_it_better() {
        for accept in [
            "application/pdf",
            "APPLICATION/PDF",
            "application/json;q=0.5, application/pdf",
            "application/pdf, */*;q=0.1",
            "application/json;q=0, */*",
        ] {
            assert_eq!(of(accept), Some(Format::Pdf), "{accept}");
        }
    }

    #[test]
    fn what_is_not_served_is_refused() {
        for accept in [
            "text/csv",
            "application/json;q=0, application/pdf;q=0",
            "image/*",
            "*/*;q=0",
            "nonsense",
        ] {
            assert_eq!(of(accept), None, "{accept}");
        }
    }
}
