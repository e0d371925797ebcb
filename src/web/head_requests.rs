//! HEAD for every GET: it is routed as one, and its reply goes without the body. The innermost layer, so that all others see what was asked.

use actix_web::body::{BodySize, BodyStream, BoxBody, MessageBody, SizedStream};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use futures_util::stream;

/// Answers HEAD with the head of what GET would say. A range is asked of GET alone (RFC 9110 §14.2).
///
/// # Errors
/// What comes after says.
pub async fn head_requests<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let asked = request.method() == Method::HEAD;
    if asked {
        let head = request.head_mut();
        head.method = Method::GET;
        head.headers.remove(header::RANGE);
    }
    let response = next.call(request).await?.map_into_boxed_body();
    Ok(if asked {
        response.map_body(|_, body| silenced(&body))
    } else {
        response
    })
}

/// As long as `body`, and empty: the length is told where it is known, the bytes are not even made.
fn silenced(body: &BoxBody) -> BoxBody {
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
