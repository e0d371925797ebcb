//! JSON or another representation of the same resource: `?format=`, else JSON. The contract gives
//! each representation a path of its own, which ends in its format; [`representation_paths`] turns
//! such a request into one for the resource.

use std::future::{Ready, ready};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::uri::{PathAndQuery, Uri};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use serde::{Deserialize, Serialize};

use super::operations::Found;
use super::params::Query;
use super::pdf::Pdf;
use super::reply::Reply;
use crate::error::{Error, Result};

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
    /// `json` or `pdf`; `json` by default.
    #[param(inline)]
    pub format: Option<Format>,
}

/// Extractor of the requested format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestedFormat(pub Format);

impl FromRequest for RequestedFormat {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let asked = Query::<FormatQuery>::from_request(request, payload).into_inner();
        ready(asked.map(|query| Self(query.0.format.unwrap_or(Format::Json))))
    }
}

/// A reply in the requested format.
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
        match self {
            Self::Json(reply) => reply.respond_to(request),
            Self::Pdf(pdf) => pdf.respond_to(request),
        }
    }
}

/// The query parameter that chooses a representation.
pub const PARAMETER: &str = "format";

/// Middleware, the innermost: a request for the path of a representation continues as a request for
/// the resource with `?format=`. The layers around it have seen the operation of the contract.
pub async fn representation_paths<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let format = Found::of(request.request())?
        .operation()
        .and_then(|operation| operation.format);
    if let Some(format) = format
        && let Some((resource, _)) = request.path().rsplit_once('/')
    {
        let query = request.query_string();
        let joint = if query.is_empty() { "" } else { "&" };
        let address = format!("{resource}?{query}{joint}{PARAMETER}={format}");
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(address).map_err(Error::internal)?);
        let uri = Uri::from_parts(parts).map_err(Error::internal)?;
        request.match_info_mut().get_mut().update(&uri);
        request.head_mut().uri = uri;
    }
    next.call(request).await
}
