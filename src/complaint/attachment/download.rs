//! A file on its way out: always an attachment, of no type that anything would open by itself, kept by nobody. A clean copy has a name that says nothing, an
//! original the reporter's.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::body::{BoxBody, SizedStream};
use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, Responder};
use bytes::Bytes;
use zeroize::Zeroizing;

use crate::casework::documents::file_name;
use crate::complaint::papers::attached::FAIR;
use crate::complaint::sealing::sealed_file::Meta;
use crate::complaint::services::upload_limiter::UploadPermit;

/// How much is handed to the connection at once.
const PIECE: usize = 64 << 10;

/// A file to be sent, whole and proved.
pub struct Download {
    disposition: String,
    held: Held,
}

/// The bytes, wiped when they are dropped, and the seat they take.
struct Held {
    bytes: Zeroizing<Vec<u8>>,
    seat: Option<UploadPermit>,
}

impl Download {
    /// The copy `bytes` of the attachment with number `seq`, in this seat.
    #[must_use]
    pub fn new(
        seq: i32,
        meta: &Meta,
        bytes: Zeroizing<Vec<u8>>,
        seat: Option<UploadPermit>,
    ) -> Self {
        let disposition = format!(
            "attachment; filename=\"lampiran-{seq}.{}\"",
            meta.kind.extension()
        );
        Self {
            disposition,
            held: Held { bytes, seat },
        }
    }

    /// The original `bytes`, under the name that the reporter gave it.
    #[must_use]
    pub fn original(meta: &Meta, bytes: Zeroizing<Vec<u8>>) -> Self {
        Self {
            disposition: file_name::attachment(&meta.name),
            held: Held { bytes, seat: None },
        }
    }
}

impl Responder for Download {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let length = self.held.bytes.len();
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
                futures_util::stream::iter(pieces(self.held, FAIR)),
            ))
    }
}

/// The file piece by piece. Nobody polls for a caller who has stopped reading, so a clock beside it looks every `fair`: it takes the file away when no piece
/// was asked for since, or when every seat is taken.
fn pieces(held: Held, fair: Duration) -> impl Iterator<Item = io::Result<Bytes>> {
    let places = (0..held.bytes.len()).step_by(PIECE);
    let held = Arc::new(Mutex::new((Some(held), 0_usize)));
    let late = Arc::downgrade(&held);
    tokio::spawn(async move {
        let mut seen = 0;
        loop {
            tokio::time::sleep(fair).await;
            let Some(held) = late.upgrade() else { return };
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            let (file, sent) = &mut *held;
            if *sent == seen
                || file
                    .as_ref()
                    .and_then(|file| file.seat.as_ref())
                    .is_some_and(UploadPermit::is_wanted)
            {
                drop(file.take());
                return;
            }
            seen = *sent;
        }
    });
    places.map(move |at| {
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        let (file, sent) = &mut *held;
        let rest = file
            .as_ref()
            .map(|file| &file.bytes[at..])
            .ok_or(io::ErrorKind::TimedOut)?;
        *sent += 1;
        Ok(Bytes::copy_from_slice(&rest[..rest.len().min(PIECE)]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::services::upload_limiter::UploadLimiter;
    use crate::ids::ComplaintId;

    #[actix_web::test]
    async fn who_stops_reading_keeps_neither_the_file_nor_the_seat() {
        let (room, case) = (
            UploadLimiter::of(1, 1, Duration::from_millis(200)),
            ComplaintId::random(),
        );
        let seat = room.seat(case).await.unwrap();
        let bytes = Zeroizing::new(vec![7; 2 * PIECE + 1]);
        let mut pieces = pieces(
            Held {
                bytes,
                seat: Some(seat),
            },
            Duration::from_millis(50),
        );
        assert_eq!(pieces.next().unwrap().unwrap().len(), PIECE);
        room.seat(case).await.unwrap();
        assert_eq!(
            pieces.next().unwrap().unwrap_err().kind(),
            io::ErrorKind::TimedOut
        );
    }

    /// Row 30: the same on the way out. A slow reader who gets on keeps the file; one who stopped loses it at the next look.
    #[actix_web::test]
    async fn a_slow_reader_keeps_the_file_while_seats_are_free() {
        let (room, case) = (
            UploadLimiter::of(2, 1, Duration::from_millis(200)),
            ComplaintId::random(),
        );
        let seat = room.seat(case).await.unwrap();
        let bytes = Zeroizing::new(vec![7; 6 * PIECE]);
        let mut pieces = pieces(
            Held {
                bytes,
                seat: Some(seat),
            },
            Duration::from_millis(100),
        );
        for _ in 0..4 {
            assert!(pieces.next().unwrap().is_ok());
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert_eq!(
            pieces.next().unwrap().unwrap_err().kind(),
            io::ErrorKind::TimedOut
        );
    }

    #[actix_web::test]
    async fn a_file_is_sent_to_its_last_byte_and_frees_its_seat() {
        let (room, case) = (
            UploadLimiter::of(1, 1, Duration::from_millis(200)),
            ComplaintId::random(),
        );
        let seat = room.seat(case).await.unwrap();
        let bytes = Zeroizing::new(vec![7; 2 * PIECE + 1]);
        let sent: Vec<_> = pieces(
            Held {
                bytes,
                seat: Some(seat),
            },
            Duration::from_mins(1),
        )
        .map(|piece| piece.unwrap().len())
        .collect();
        assert_eq!(sent, [PIECE, PIECE, 1]);
        room.seat(case).await.unwrap();
    }
}
