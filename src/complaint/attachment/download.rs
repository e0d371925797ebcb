//! A clean copy on its way out: always an attachment with a name that says nothing, of no type that anything would open by itself, kept by nobody.

use actix_web::body::{BoxBody, SizedStream};
use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, Responder};
use bytes::Bytes;
use zeroize::Zeroizing;

use crate::complaint::room::Seat;
use crate::complaint::sealed_file::Meta;

/// How much is handed to the connection at once.
const PIECE: usize = 64 << 10;

/// A file to be sent, whole and proved.
pub struct Download {
    name: String,
    held: Held,
}

/// The bytes, wiped when the last of them is sent, and the seat they take.
struct Held {
    bytes: Zeroizing<Vec<u8>>,
    _seat: Option<Seat>,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Download {
    /// The copy `bytes` of the attachment with number `seq`, in this seat.
    #[must_use]
    pub fn new(seq: i32, meta: &Meta, bytes: Zeroizing<Vec<u8>>, seat: Option<Seat>) -> Self {
        Self { name: format!("lampiran-{seq}.{}", meta.kind.extension()), held: Held { bytes, _seat: seat } }
    }
}

impl Responder for Download {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let bytes = Bytes::from_owner(self.held);
        let length = bytes.len();
        let pieces = (0..length).step_by(PIECE).map(move |at| Ok::<_, std::io::Error>(bytes.slice(at..length.min(at + PIECE))));
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "application/octet-stream"))
            .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.name)))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; frame-ancestors 'none'"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header(ContentEncoding::Identity)
            .body(SizedStream::new(length as u64, futures_util::stream::iter(pieces)))
    }
}
