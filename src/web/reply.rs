//! What a handler gives back: a view with its status, version and place. Answers `If-None-Match`.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

use super::etags::is_known;
use super::page::Page;
use super::problem::Language;
use crate::error::{Error, Replay, Result};
use crate::secrecy::sha256;

/// What a reply that depends on its reader must say to caches.
pub(super) const VARY: &str = "Accept, Accept-Language";

/// A reply whose body is `T` as JSON.
#[derive(Debug)]
pub struct Reply<T> {
    status: StatusCode,
    body: Option<T>,
    version: Option<i64>,
    location: Option<String>,
    next: Option<String>,
    /// The language of what is said in it, where it depends on the reader.
    language: Option<Language>,
    /// Set once the body has been written down with its effect.
    sealed: Option<Replay>,
}

impl<T: Serialize> Reply<T> {
    /// 200 with this body.
    #[must_use]
    pub fn ok(body: T) -> Self {
        Self {
            status: StatusCode::OK,
            body: Some(body),
            version: None,
            location: None,
            next: None,
            language: None,
            sealed: None,
        }
    }

    /// 201 with this body, which now lives at `location`.
    #[must_use]
    pub fn created(location: impl Into<String>, body: T) -> Self {
        Self {
            status: StatusCode::CREATED,
            location: Some(location.into()),
            ..Self::ok(body)
        }
    }

    /// The same with the version of the resource, which becomes its `ETag`.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }

    /// The same with a `Link` to the page at this cursor, if there is one (RFC 8288).
    #[must_use]
    pub fn next(mut self, cursor: Option<String>) -> Self {
        self.next = cursor;
        self
    }

    /// The same, said in the reader's language, or shown to them in another form than to others.
    #[must_use]
    pub fn spoken(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Fixes the bytes that will be sent, so that they can be stored with their effect.
    pub(super) fn seal(mut self) -> Result<Self> {
        let body = self
            .body
            .as_ref()
            .map(serde_json::to_string)
            .transpose()
            .map_err(Error::internal)?;
        let etag = body
            .as_deref()
            .and_then(|body| self.version.map(|version| etag(version, body)));
        self.sealed = Some(Replay {
            status: self.status.as_u16(),
            location: self.location.clone(),
            etag,
            body,
        });
        Ok(self)
    }

    /// The bytes that will be sent.
    pub(super) fn sealed(&self) -> Option<&Replay> {
        self.sealed.as_ref()
    }
}

impl<T: Serialize> Reply<Page<T>> {
    /// 200 with this page, and a `Link` to the next one if there is one (RFC 8288).
    #[must_use]
    pub fn page(page: Page<T>) -> Self {
        let next = page.next_cursor.clone();
        Self::ok(page).next(next)
    }
}

impl Reply<()> {
    /// 202: it was taken in; what comes of it is not told.
    #[must_use]
    pub fn accepted() -> Self {
        Self {
            status: StatusCode::ACCEPTED,
            ..Self::nothing()
        }
    }

    /// 204.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: None,
            version: None,
            location: None,
            next: None,
            language: None,
            sealed: None,
        }
    }
}

/// `"<version>.<digest of what is shown>"`: the version guards writes, the digest tells a reader that what is derived has moved.
pub(super) fn etag(version: i64, body: &str) -> String {
    format!(
        "\"{version}.{}\"",
        hex::encode(&sha256(body.as_bytes())[..6])
    )
}

impl<T: Serialize> Responder for Reply<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let reply = match if self.sealed.is_some() {
            Ok(self)
        } else {
            self.seal()
        } {
            Ok(reply) => reply,
            Err(error) => return HttpResponse::from_error(error),
        };
        let Some(sealed) = reply.sealed else {
            return HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR);
        };
        let mut response = HttpResponse::build(reply.status);
        if let Some(location) = &sealed.location {
            response.insert_header((header::LOCATION, location.as_str()));
        }
        if let Some(cursor) = &reply.next {
            response.insert_header((header::LINK, next_page(request, cursor)));
        }
        if let Some(language) = reply.language {
            response
                .insert_header((header::VARY, VARY))
                .insert_header((header::CONTENT_LANGUAGE, language.tag()));
        }
        if let Some(etag) = &sealed.etag {
            response.insert_header((header::ETAG, etag.as_str()));
            if reply.status == StatusCode::OK && is_known(request.headers(), etag) {
                return response.status(StatusCode::NOT_MODIFIED).finish();
            }
        }
        match sealed.body {
            Some(body) => response.content_type("application/json").body(body),
            None => response.finish(),
        }
    }
}

/// The address that was asked for, with its other parameters, at `cursor`.
fn next_page(request: &HttpRequest, cursor: &str) -> String {
    let others = request
        .query_string()
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("cursor"));
    let query: Vec<&str> = others.collect();
    let joint = if query.is_empty() { "" } else { "&" };
    format!(
        "<{}?{}{joint}cursor={cursor}>; rel=\"next\"",
        request.path(),
        query.join("&")
    )
}
