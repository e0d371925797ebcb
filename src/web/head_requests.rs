//! HEAD for every GET: the request is routed as GET and the reply is sent without a body. It is the
//! innermost layer, so that all other layers see the original method.

use actix_web::body::{BodySize, BodyStream, BoxBody, MessageBody, SizedStream};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use futures_util::stream;

/// Middleware: answers HEAD with the headers of the GET reply. `Range` is removed, because only GET
/// defines ranges (RFC 9110 §14.2).
pub async fn head_requests<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let is_head = request.method() == Method::HEAD;
    if is_head {
        let head = request.head_mut();
        head.method = Method::GET;
        head.headers.remove(header::RANGE);
    }
    let response = next.call(request).await?.map_into_boxed_body();
    Ok(if is_head {
        response.map_body(|_, body| empty_body(&body))
    } else {
        response
    })
}

/// An empty body with the length of `body`: `Content-Length` stays correct where it is known, and
/// the bytes are never produced.
fn empty_body(body: &BoxBody) -> BoxBody {
    match body.size() {
        BodySize::Sized(size) => {
            SizedStream::new(size, stream::empty::<std::io::Result<bytes::Bytes>>()).boxed()
        }
        BodySize::Stream => {
            BodyStream::new(stream::empty::<std::io::Result<bytes::Bytes>>()).boxed()
        }
        BodySize::None => ().boxed(),
    }
}
