//! PDF replies: an attachment named by its number, never compressed and never stored by caches.

use actix_web::body::BoxBody;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, Responder};

use super::etags::if_none_match_matches;

/// The media type of PDF.
pub const MEDIA_TYPE: &str = "application/pdf";

/// A letter or another document: PDF/A-2a, tagged, with embedded fonts.
#[derive(Debug, utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is used")]
pub struct PdfFile(Vec<u8>);

/// A PDF as a reply.
#[derive(Debug)]
pub struct Pdf {
    name: String,
    etag: Option<String>,
    /// `None` for 304.
    bytes: Option<Vec<u8>>,
}

impl Pdf {
    /// 200 with these bytes as the file `name` (letters, digits, `-`, `_` and `.`). Pass no `etag`
    /// for documents of which callers' caches must keep no trace.
    pub fn new(name: impl Into<String>, etag: Option<String>, bytes: Vec<u8>) -> Self {
        Self {
            name: name.into(),
            etag,
            bytes: Some(bytes),
        }
    }

    /// 304, if the `If-None-Match` header of `request` matches `etag`.
    pub fn not_modified(request: &HttpRequest, name: &str, etag: &str) -> Option<Self> {
        let known = if_none_match_matches(request.headers(), etag);
        known.then(|| Self {
            name: name.to_owned(),
            etag: Some(etag.to_owned()),
            bytes: None,
        })
    }
}

impl Responder for Pdf {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = if self.bytes.is_some() {
            HttpResponse::Ok()
        } else {
            HttpResponse::NotModified()
        };
        response.insert_header((header::CACHE_CONTROL, "private, no-store"));
        if let Some(etag) = self.etag {
            response.insert_header((header::ETAG, etag));
        }
        let Some(bytes) = self.bytes else {
            return response.finish();
        };
        response
            .insert_header((header::CONTENT_TYPE, MEDIA_TYPE))
            .insert_header((
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{}\"", self.name),
            ))
            .insert_header(ContentEncoding::Identity)
            .body(bytes)
    }
}
