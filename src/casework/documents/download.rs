//! A stored version on its way out: always as an attachment of its true type, whole or one range of it, never kept by caches in between.

use std::ops::Range;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header::{self, ContentEncoding, HeaderName};
use actix_web::http::{Method, StatusCode};

use super::file_name::attachment;
use super::range::{Asked, asked};
use super::store::StoredDocument;
use crate::error::{Code, Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::web::etags::is_known;

/// Answers a GET or HEAD for `stored`. Who may see it was decided before.
///
/// # Errors
/// 416 for a range outside the file; 500 when the store has lost the object.
pub async fn send(
    store: &DocumentStore,
    stored: &StoredDocument,
    request: &HttpRequest,
) -> Result<HttpResponse> {
    let text = |name: HeaderName| {
        request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let etag = format!("\"{}\"", hex::encode(stored.sha256));
    if is_known(request.headers(), &etag) {
        return Ok(HttpResponse::NotModified()
            .insert_header((header::ETAG, etag))
            .insert_header(NOT_KEPT)
            .finish());
    }
    // A range of another version would be glued to what the caller has: then the whole is sent (RFC 9110 §13.1.5). Weak tags and dates never match.
    let same = text(header::IF_RANGE).is_none_or(|tag| tag == etag);
    let wish = text(header::RANGE).filter(|_| same && request.method() == Method::GET);
    let range = match wish.map_or(Asked::Whole, |wish| asked(wish, stored.size)) {
        Asked::Nothing => {
            let refusal = Error::new(Code::RangeNotSatisfiable)
                .header("content-range", format!("bytes */{}", stored.size));
            return Err(refusal.header("accept-ranges", "bytes"));
        }
        Asked::Whole => None,
        Asked::Part(range) => Some(range),
    };
    let mut response = HttpResponse::build(if range.is_some() {
        StatusCode::PARTIAL_CONTENT
    } else {
        StatusCode::OK
    });
    response
        .insert_header((header::CONTENT_TYPE, stored.kind.media_type()))
        .insert_header((header::CONTENT_DISPOSITION, attachment(&stored.file_name)))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::ETAG, etag))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header(NOT_KEPT)
        // Compressed on the way it would have another length and other ranges than the ones we name.
        .insert_header(ContentEncoding::Identity);
    if let Some(Range { start, end }) = &range {
        response.insert_header((
            header::CONTENT_RANGE,
            format!("bytes {start}-{}/{}", end - 1, stored.size),
        ));
    }
    let range = range.unwrap_or(0..stored.size);
    let length = range.end - range.start;
    if request.method() == Method::HEAD {
        return Ok(response.body(SizedStream::new(
            length,
            futures_util::stream::empty::<std::io::Result<bytes::Bytes>>(),
        )));
    }
    let pieces = store.read(&stored.object_key, range).await?;
    Ok(response.body(SizedStream::new(length, pieces)))
}

const NOT_KEPT: (HeaderName, &str) = (header::CACHE_CONTROL, "private, no-store");
