//! A paper on its way out: as an attachment called like its number, never compressed and never kept by caches in between.

use actix_web::body::BoxBody;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, Responder};

use super::etags::is_known;

/// The media type of papers.
pub const MEDIA_TYPE: &str = "application/pdf";

/// A letter or a paper: PDF/A-2a, tagged, with its typeface in it.
#[derive(Debug, utoipa::ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct PdfFile(pub Vec<u8>);

/// A PDF as a reply.
#[derive(Debug)]
pub struct Pdf {
    name: String,
    etag: Option<String>,
    /// None when the caller has it already.
    bytes: Option<Vec<u8>>,
}

impl Pdf {
    /// 200 with these bytes, called `name` (of letters, digits, `-`, `_` and `.`). Without a tag for what should leave no trace with others.
    #[must_use]
    pub fn new(name: impl Into<String>, etag: Option<String>, bytes: Vec<u8>) -> Self {
        Self {
            name: name.into(),
            etag,
            bytes: Some(bytes),
        }
    }

    /// 304, if the caller of `request` says that they have what `etag` names.
    #[must_use]
    pub fn known(request: &HttpRequest, name: &str, etag: &str) -> Option<Self> {
        let known = is_known(request.headers(), etag);
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
