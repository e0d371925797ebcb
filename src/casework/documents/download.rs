//! Serves a stored version: always as an attachment of its true type, whole or one range, never
//! stored by caches.

use std::ops::Range;

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header::{self, ContentEncoding, HeaderName};
use actix_web::http::{Method, StatusCode};

use super::file_name::content_disposition;
use super::range::{RequestedRange, requested_range};
use super::store::StoredDocument;
use crate::error::{Code, Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::web::etags::if_none_match_matches;

/// Answers a GET or HEAD for `stored`. The caller has checked the right to see the document.
///
/// # Errors
/// 416 for a range outside the file; 500 when the object is missing from the store.
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
    if if_none_match_matches(request.headers(), &etag) {
        return Ok(HttpResponse::NotModified()
            .insert_header((header::ETAG, etag))
            .insert_header(NO_STORE)
            .finish());
    }
    // A range of another version would corrupt the client's copy, so the whole is sent (RFC 9110
    // §13.1.5). Weak tags and dates never match.
    let same = text(header::IF_RANGE).is_none_or(|tag| tag == etag);
    let wish = text(header::RANGE).filter(|_| same && request.method() == Method::GET);
    let range = match wish.map_or(RequestedRange::Whole, |wish| {
        requested_range(wish, stored.size)
    }) {
        RequestedRange::Nothing => {
            let refusal = Error::new(Code::RangeNotSatisfiable)
                .header("content-range", format!("bytes */{}", stored.size));
            return Err(refusal.header("accept-ranges", "bytes"));
        }
        RequestedRange::Whole => None,
        RequestedRange::Part(range) => Some(range),
    };
    let mut response = HttpResponse::build(if range.is_some() {
        StatusCode::PARTIAL_CONTENT
    } else {
        StatusCode::OK
    });
    response
        .insert_header((header::CONTENT_TYPE, stored.kind.media_type()))
        .insert_header((
            header::CONTENT_DISPOSITION,
            content_disposition(&stored.file_name),
        ))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::ETAG, etag))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header(NO_STORE)
        // A proxy that compressed the reply would change its length and ranges.
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

const NO_STORE: (HeaderName, &str) = (header::CACHE_CONTROL, "private, no-store");
