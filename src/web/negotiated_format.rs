//! Content negotiation between JSON and PDF: `?format=` decides, else `Accept`, else JSON.

use std::future::{Ready, ready};

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header::{self, Accept, Header as _, HeaderValue, Quality};
use actix_web::mime;
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
        ready(asked.and_then(|query| match query.0.format {
            Some(format) => Ok(Self(format)),
            None => accepted(request).map(Self),
        }))
    }
}

/// The format that `Accept` prefers (RFC 9110 §12.5.1), JSON among equals. Without the header, or
/// with one that is no text, JSON.
fn accepted(request: &HttpRequest) -> Result<Format> {
    let sent = request.headers().get(header::ACCEPT);
    let Some(accept) = Accept::parse(request)
        .ok()
        .filter(|_| sent.is_some_and(|sent| !sent.is_empty()))
    else {
        return Ok(Format::Json);
    };
    match [Format::Json, Format::Pdf].map(|format| quality(&accept, format.media_type())) {
        [json, pdf] if json >= pdf && json > Quality::ZERO => Ok(Format::Json),
        [_, pdf] if pdf > Quality::ZERO => Ok(Format::Pdf),
        _ => Err(refusal()),
    }
}

fn refusal() -> Error {
    Error::new(Code::NotAcceptable).detail(
        "Tersedia: application/json dan application/pdf.",
        "There are application/json and application/pdf.",
    )
}

/// The quality of a media type below `application/`; the most specific matching range counts.
fn quality(accept: &Accept, media_type: &str) -> Quality {
    let ranges = accept.iter().filter_map(|range| {
        let specificity = match (range.item.type_(), range.item.subtype()) {
            (mime::STAR, mime::STAR) => 1,
            (mime::APPLICATION, mime::STAR) => 2,
            _ if range.item.essence_str() == media_type => 3,
            _ => return None,
        };
        Some((specificity, range.quality))
    });
    ranges
        .max_by_key(|(specificity, _)| *specificity)
        .map_or(Quality::ZERO, |(_, quality)| quality)
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
    use actix_web::test::TestRequest;

    use super::*;

    fn of(accept: &'static str) -> Option<Format> {
        let request = TestRequest::default().insert_header((header::ACCEPT, accept));
        accepted(&request.to_http_request()).ok()
    }

    #[test]
    fn without_a_wish_it_is_json() {
        assert_eq!(
            accepted(&TestRequest::default().to_http_request()).ok(),
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
