//! Download of attachments: always sent as `attachment` and `application/octet-stream`, so that a
//! browser does not open the file, and never cached. A clean copy gets a neutral name; an original
//! keeps the reporter's file name.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::body::{BoxBody, SizedStream};
use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, Responder};
use bytes::Bytes;
use zeroize::Zeroizing;

use crate::casework::documents::file_name;
use crate::complaint::papers::attached::TRANSFER_TIME;
use crate::complaint::sealing::sealed_file::AttachmentMeta;
use crate::complaint::services::upload_limiter::UploadPermit;

/// Bytes handed to the connection at once.
const CHUNK_SIZE: usize = 64 << 10;

/// A file to send, decrypted and verified as a whole.
pub struct Download {
    disposition: String,
    content: FileBytes,
}

/// The bytes, wiped from memory on drop, and the permit that they occupy.
struct FileBytes {
    bytes: Zeroizing<Vec<u8>>,
    permit: Option<UploadPermit>,
}

impl Download {
    /// Sends the clean copy of attachment number `seq`.
    pub fn new(seq: i32, bytes: Zeroizing<Vec<u8>>, permit: Option<UploadPermit>) -> Self {
        Self {
            disposition: format!("attachment; filename=\"lampiran-{seq}.pdf\""),
            content: FileBytes { bytes, permit },
        }
    }

    /// Sends the original under the reporter's file name.
    pub fn original(meta: &AttachmentMeta, bytes: Zeroizing<Vec<u8>>) -> Self {
        Self {
            disposition: file_name::content_disposition(&meta.name),
            content: FileBytes {
                bytes,
                permit: None,
            },
        }
    }
}

impl Responder for Download {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let length = self.content.bytes.len();
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "application/octet-stream"))
            .insert_header((header::CONTENT_DISPOSITION, self.disposition))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((
                header::CONTENT_SECURITY_POLICY,
                "sandbox; default-src 'none'; frame-ancestors 'none'",
            ))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header(ContentEncoding::Identity)
            .body(SizedStream::new(
                length as u64,
                futures_util::stream::iter(chunks(self.content, TRANSFER_TIME)),
            ))
    }
}

/// Sends the file in chunks. actix-web does not poll the body for a caller that has stopped
/// reading, so a separate task checks every `fair` and drops the file when no chunk was sent since
/// the last check, or when all permits are taken.
fn chunks(content: FileBytes, check_every: Duration) -> impl Iterator<Item = io::Result<Bytes>> {
    let offsets = (0..content.bytes.len()).step_by(CHUNK_SIZE);
    let content = Arc::new(Mutex::new((Some(content), 0_usize)));
    let weak = Arc::downgrade(&content);
    tokio::spawn(async move {
        let mut sent_before = 0;
        loop {
            tokio::time::sleep(check_every).await;
            let Some(content) = weak.upgrade() else {
                return;
            };
            let mut content = content.lock().unwrap_or_else(PoisonError::into_inner);
            let (file, sent) = &mut *content;
            if *sent == sent_before
                || file
                    .as_ref()
                    .and_then(|file| file.permit.as_ref())
                    .is_some_and(UploadPermit::is_contended)
            {
                drop(file.take());
                return;
            }
            sent_before = *sent;
        }
    });
    offsets.map(move |at| {
        let mut content = content.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, sent) = &mut *content;
        let rest = file
            .as_ref()
            .map(|file| &file.bytes[at..])
            .ok_or(io::ErrorKind::TimedOut)?;
        *sent += 1;
        Ok(Bytes::copy_from_slice(&rest[..rest.len().min(CHUNK_SIZE)]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::services::upload_limiter::UploadLimiter;
    use crate::ids::ComplaintId;

    #[actix_web::test]
    async fn who_stops_reading_keeps_neither_the_file_nor_the_seat() {
        let (uploads, case) = (
            UploadLimiter::with_limits(1, Duration::from_millis(200)),
            ComplaintId::random(),
        );
        let permit = uploads.acquire(case).await.unwrap();
        let bytes = Zeroizing::new(vec![7; 2 * CHUNK_SIZE + 1]);
        let mut chunks = chunks(
            FileBytes {
                bytes,
                permit: Some(permit),
            },
            Duration::from_millis(50),
        );
        assert_eq!(chunks.next().unwrap().unwrap().len(), CHUNK_SIZE);
        uploads.acquire(case).await.unwrap();
        assert_eq!(
            chunks.next().unwrap().unwrap_err().kind(),
            io::ErrorKind::TimedOut
        );
    }

    /// A slow reader that makes progress keeps the file; a reader that stopped loses the
    /// file at the next check.
    #[actix_web::test]
    async fn a_slow_reader_keeps_the_file_while_seats_are_free() {
        let (uploads, case) = (
            UploadLimiter::with_limits(2, Duration::from_millis(200)),
            ComplaintId::random(),
        );
        let permit = uploads.acquire(case).await.unwrap();
        let bytes = Zeroizing::new(vec![7; 6 * CHUNK_SIZE]);
        let mut chunks = chunks(
            FileBytes {
                bytes,
                permit: Some(permit),
            },
            Duration::from_millis(100),
        );
        for _ in 0..4 {
            assert!(chunks.next().unwrap().is_ok());
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert_eq!(
            chunks.next().unwrap().unwrap_err().kind(),
            io::ErrorKind::TimedOut
        );
    }

    #[actix_web::test]
    async fn a_file_is_sent_to_its_last_byte_and_frees_its_seat() {
        let (uploads, case) = (
            UploadLimiter::with_limits(1, Duration::from_millis(200)),
            ComplaintId::random(),
        );
        let permit = uploads.acquire(case).await.unwrap();
        let bytes = Zeroizing::new(vec![7; 2 * CHUNK_SIZE + 1]);
        let sent: Vec<_> = chunks(
            FileBytes {
                bytes,
                permit: Some(permit),
            },
            Duration::from_mins(1),
        )
        .map(|piece| piece.unwrap().len())
        .collect();
        assert_eq!(sent, [CHUNK_SIZE, CHUNK_SIZE, 1]);
        uploads.acquire(case).await.unwrap();
    }
}
