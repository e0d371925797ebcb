//! Replies of handlers: a JSON view with status, `ETag`, `Location` and `Link`. Answers
//! `If-None-Match`.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

use super::etags::{READ_ONLY, etag, if_none_match_matches};
use super::page::Page;
use super::problem::Language;
use crate::error::{Error, Replay, Result};

/// `Vary` of replies that depend on the reader's preferences.
pub(super) const VARY: &str = "Accept, Accept-Language";

/// A reply with the body `T` as JSON.
#[derive(Debug)]
pub struct Reply<T> {
    status: StatusCode,
    body: Option<T>,
    version: Option<i64>,
    location: Option<String>,
    next: Option<String>,
    /// The language of the texts in the body, if the body depends on the reader.
    language: Option<Language>,
    /// The serialized reply, once `render` was called.
    rendered: Option<Replay>,
}

impl<T: Serialize> Reply<T> {
    /// 200 with `body`.
    pub fn ok(body: T) -> Self {
        Self {
            status: StatusCode::OK,
            body: Some(body),
            version: None,
            location: None,
            next: None,
            language: None,
            rendered: None,
        }
    }

    /// 201 with `body`; the new resource is at `location`.
    pub fn created(location: impl Into<String>, body: T) -> Self {
        Self {
            status: StatusCode::CREATED,
            location: Some(location.into()),
            ..Self::ok(body)
        }
    }

    /// 202 with `body`: the request takes effect after a further step.
    pub fn pending(body: T) -> Self {
        Self {
            status: StatusCode::ACCEPTED,
            ..Self::ok(body)
        }
    }

    /// Sets the version of the resource, which becomes part of the `ETag`.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }

    /// Makes the `ETag` a digest of the body alone, for a resource that callers do not write to.
    #[must_use]
    pub fn read_only(self) -> Self {
        self.version(READ_ONLY)
    }

    /// Sets a `Link` to the page at this cursor, if there is one (RFC 8288).
    #[must_use]
    pub fn next(mut self, cursor: Option<String>) -> Self {
        self.next = cursor;
        self
    }

    /// Marks the reply as dependent on the reader's language or preferred form (`Vary`,
    /// `Content-Language`).
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Serializes the reply, so that the same bytes can be stored with their effect.
    pub(super) fn render(mut self) -> Result<Self> {
        let body = self
            .body
            .as_ref()
            .map(serde_json::to_string)
            .transpose()
            .map_err(Error::internal)?;
        let etag = body
            .as_deref()
            .and_then(|body| self.version.map(|version| etag(version, body)));
        self.rendered = Some(Replay {
            status: self.status.as_u16(),
            location: self.location.clone(),
            etag,
            body,
        });
        Ok(self)
    }

    /// The serialized reply.
    pub(super) fn rendered(&self) -> Option<&Replay> {
        self.rendered.as_ref()
    }
}

impl<T: Serialize> Reply<Page<T>> {
    /// 200 with this page, and a `Link` to the next one if there is one (RFC 8288).
    pub fn page(page: Page<T>) -> Self {
        let next = page.next_cursor.clone();
        Self::ok(page).next(next)
    }
}

impl Reply<()> {
    /// 202 without a body: the request was accepted and its outcome is not disclosed.
    pub fn accepted() -> Self {
        Self {
            status: StatusCode::ACCEPTED,
            ..Self::no_content()
        }
    }

    /// 204 without a body.
    pub fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: None,
            version: None,
            location: None,
            next: None,
            language: None,
            rendered: None,
        }
    }
}

impl<T: Serialize> Responder for Reply<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let reply = match if self.rendered.is_some() {
            Ok(self)
        } else {
            self.render()
        } {
            Ok(reply) => reply,
            Err(error) => return HttpResponse::from_error(error),
        };
        let Some(rendered) = reply.rendered else {
            return HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR);
        };
        let mut response = HttpResponse::build(reply.status);
        if let Some(location) = &rendered.location {
            response.insert_header((header::LOCATION, location.as_str()));
        }
        if let Some(cursor) = &reply.next {
            response.insert_header((header::LINK, next_page_link(request, cursor)));
        }
        if let Some(language) = reply.language {
            response
                .insert_header((header::VARY, VARY))
                .insert_header((header::CONTENT_LANGUAGE, language.tag()));
        }
        if let Some(etag) = &rendered.etag {
            response.insert_header((header::ETAG, etag.as_str()));
            if reply.status == StatusCode::OK && if_none_match_matches(request.headers(), etag) {
                return response.status(StatusCode::NOT_MODIFIED).finish();
            }
        }
        match rendered.body {
            Some(body) => response.content_type("application/json").body(body),
            None => response.finish(),
        }
    }
}

/// A `Link` to the requested address with its other parameters, at `cursor`.
fn next_page_link(request: &HttpRequest, cursor: &str) -> String {
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
