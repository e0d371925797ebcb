//! Uploads and downloads against a store in a temporary folder.

use std::future::Future as _;
use std::path::PathBuf;
use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{Stream, StreamExt as _, stream};
use uuid::Uuid;

use super::intake::receive_and_detect;
use super::{Received, SizeLimits, UploadRules, receive, samples as sample};
use crate::casework::file_kind::FileKind;
use crate::error::{Code, Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::ids::CustomerId;
use crate::secrecy::sha256;
use crate::web::body_reader::ReadTimeout;

mod downloads;
mod over_a_socket;

const MIB: u64 = 1 << 20;

/// A store in a folder that is removed when the test ends.
struct TestStore {
    folder: PathBuf,
    store: DocumentStore,
}

impl TestStore {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("documents-{}", Uuid::new_v4()));
        let store = DocumentStore::folder(&folder).unwrap();
        Self { folder, store }
    }

    /// Every file in the store, by its key.
    fn objects(&self) -> Vec<String> {
        let (mut folders, mut objects) = (vec![self.folder.clone()], Vec::new());
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    objects.push(
                        path.strip_prefix(&self.folder)
                            .unwrap()
                            .to_str()
                            .unwrap()
                            .to_owned(),
                    );
                }
            }
        }
        objects
    }

    /// Cleaning up happens in a background task, so the test waits for it.
    async fn becomes_empty(&self) {
        for _ in 0..500 {
            if self.objects().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("left behind: {:?}", self.objects());
    }

    async fn has_begun(&self) {
        for _ in 0..500 {
            if !self.objects().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("nothing has reached the store");
    }

    async fn receive(
        &self,
        headers: &HeaderMap,
        payload: impl Stream<Item = std::result::Result<Bytes, PayloadError>> + Unpin,
    ) -> Result<Received> {
        receive(
            &self.store,
            customer(),
            headers,
            payload,
            &terms(&FileKind::ALL),
            noon(),
        )
        .await
    }

    async fn refusal(
        &self,
        headers: &HeaderMap,
        payload: impl Stream<Item = std::result::Result<Bytes, PayloadError>> + Unpin,
    ) -> (Code, String) {
        refused(self.receive(headers, payload).await)
    }
}

impl Drop for TestStore {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn noon() -> DateTime<Utc> {
    "2026-11-02T05:00:00Z".parse().unwrap()
}

fn customer() -> CustomerId {
    CustomerId(Uuid::from_u128(7))
}

fn terms(accepts: &[FileKind]) -> UploadRules<'_> {
    let limits = SizeLimits {
        request: 8 * MIB,
        per_kind: &|kind| if kind == FileKind::Png { MIB } else { 4 * MIB },
    };
    UploadRules {
        accepts,
        limits,
        pace: ReadTimeout::FILE,
    }
}

/// A tenth of a second for everything.
fn hurried() -> ReadTimeout {
    let tenth = Duration::from_millis(100);
    ReadTimeout {
        idle: tenth,
        window: tenth,
        ..ReadTimeout::FILE
    }
}

fn headers(given: &[(HeaderName, &'static str)]) -> HeaderMap {
    given
        .iter()
        .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
        .collect()
}

fn whole(file: Vec<u8>) -> impl Stream<Item = std::result::Result<Bytes, PayloadError>> + Unpin {
    in_pieces(file, 32 << 10)
}

fn in_pieces(
    file: Vec<u8>,
    piece: usize,
) -> impl Stream<Item = std::result::Result<Bytes, PayloadError>> + Unpin {
    let file = Bytes::from(file);
    let pieces: Vec<_> = (0..file.len())
        .step_by(piece)
        .map(|at| Ok(file.slice(at..file.len().min(at + piece))))
        .collect();
    stream::iter(pieces)
}

fn pdf_of(size: u64) -> Vec<u8> {
    let [(_, file), ..] = sample::filled(usize::try_from(size).unwrap() - sample::pdf().len());
    file
}

fn refused<T: std::fmt::Debug>(outcome: Result<T>) -> (Code, String) {
    match outcome {
        Err(Error::Refused(refused)) => {
            let fault = refused.faults.first().map(|fault| fault.code.to_owned());
            (
                refused.code,
                fault
                    .or(refused.detail.map(|detail| detail.en.into_owned()))
                    .unwrap_or_default(),
            )
        }
        other => panic!("not refused: {other:?}"),
    }
}

#[actix_web::test]
async fn what_is_received_lies_in_the_customers_folder_as_it_was_sent() {
    let place = TestStore::new();
    for filling in [0, 1000, 700_000] {
        for (kind, file) in sample::filled(filling) {
            for piece in [filling / 3 + 1, 64 << 10] {
                let received = place
                    .receive(&HeaderMap::new(), in_pieces(file.clone(), piece))
                    .await
                    .unwrap();
                assert_eq!(
                    (received.kind, received.size, received.sha256),
                    (kind, file.len() as u64, sha256(&file))
                );
                assert_eq!(
                    received.key,
                    format!(
                        "customers/{}/{}.{}",
                        customer(),
                        received.id,
                        kind.extension()
                    )
                );
                assert_eq!(place.objects(), std::slice::from_ref(&received.key));
                assert_eq!(
                    std::fs::read(place.folder.join(&received.key)).unwrap(),
                    file
                );
                drop(received);
                place.becomes_empty().await;
            }
        }
    }
}

#[actix_web::test]
async fn what_is_kept_stays() {
    let place = TestStore::new();
    let received = place
        .receive(&HeaderMap::new(), whole(sample::pdf()))
        .await
        .unwrap();
    let key = received.key.clone();
    received.keep();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(place.objects(), [key]);
}

#[actix_web::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let place = TestStore::new();
    let broken = whole(pdf_of(2 * MIB))
        .take(40)
        .chain(stream::iter([Err(PayloadError::Incomplete(None))]));
    assert_eq!(
        place.refusal(&HeaderMap::new(), broken).await.0,
        Code::MalformedBody
    );
    place.becomes_empty().await;
}

#[actix_web::test]
async fn an_upload_dropped_in_mid_stream_leaves_nothing() {
    let place = TestStore::new();
    let hanging = whole(pdf_of(2 * MIB)).take(40).chain(stream::pending());
    {
        let headers = HeaderMap::new();
        let mut upload = std::pin::pin!(place.receive(&headers, hanging));
        let progress = async {
            tokio::select! {
                _ = &mut upload => panic!("it cannot end"),
                () = place.has_begun() => {}
            }
        };
        progress.await;
        assert!(
            place.objects()[0].starts_with("quarantine/"),
            "nothing is visible before the end"
        );
    }
    place.becomes_empty().await;
}

#[actix_web::test]
async fn an_upload_dropped_at_any_moment_leaves_nothing() {
    for polls in 1..40 {
        let place = TestStore::new();
        let headers = HeaderMap::new();
        {
            let mut upload = std::pin::pin!(place.receive(&headers, whole(pdf_of(MIB))));
            for _ in 0..polls {
                let ended = std::future::poll_fn(|context| {
                    std::task::Poll::Ready(upload.as_mut().poll(context).is_ready())
                })
                .await;
                if ended {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        // Not `becomes_empty`: it could look before the store's side has begun.
        tokio::time::sleep(Duration::from_millis(20)).await;
        place.becomes_empty().await;
    }
}

#[actix_web::test]
async fn the_limit_of_the_request_holds_with_and_without_a_length() {
    let place = TestStore::new();
    let announced = headers(&[(header::CONTENT_LENGTH, "8388609")]);
    assert_eq!(
        place.refusal(&announced, stream::pending()).await,
        (Code::BodyTooLarge, "At most 8 MiB.".into())
    );
    let generous = UploadRules {
        limits: SizeLimits {
            request: MIB,
            per_kind: &|_| 64 * MIB,
        },
        ..terms(&FileKind::ALL)
    };
    let endless = whole(pdf_of(2 * MIB)).chain(stream::repeat_with(|| {
        Ok(Bytes::from_static(&[b'x'; 4096]))
    }));
    let outcome = receive(
        &place.store,
        customer(),
        &HeaderMap::new(),
        endless,
        &generous,
        noon(),
    )
    .await;
    assert_eq!(
        refused(outcome),
        (Code::BodyTooLarge, "At most 1 MiB for PDF.".into())
    );
    place.becomes_empty().await;
}

#[actix_web::test]
async fn the_limit_of_a_kind_holds_as_soon_as_the_kind_is_known() {
    let place = TestStore::new();
    let [(_, pdf), _, (_, png), (_, docx), _] = sample::filled(usize::try_from(MIB).unwrap());
    assert_eq!(
        place.refusal(&HeaderMap::new(), whole(png.clone())).await,
        (Code::BodyTooLarge, "At most 1 MiB for PNG.".into())
    );
    assert_eq!(
        place
            .receive(&HeaderMap::new(), whole(pdf))
            .await
            .unwrap()
            .kind,
        FileKind::Pdf
    );
    let announced = headers(&[(header::CONTENT_LENGTH, "1048577")]);
    let first_piece_only = whole(png).take(1).chain(stream::pending());
    assert_eq!(
        place.refusal(&announced, first_piece_only).await.0,
        Code::BodyTooLarge
    );
    // Word or Excel is known at the end only.
    let small_docx = UploadRules {
        limits: SizeLimits {
            request: 8 * MIB,
            per_kind: &|kind| {
                if kind == FileKind::Docx {
                    MIB / 2 * 3
                } else {
                    4 * MIB
                }
            },
        },
        ..terms(&FileKind::ALL)
    };
    let outcome = receive(
        &place.store,
        customer(),
        &HeaderMap::new(),
        whole(docx),
        &small_docx,
        noon(),
    )
    .await;
    assert_eq!(
        refused(outcome),
        (Code::BodyTooLarge, "At most 1.5 MiB for DOCX.".into())
    );
    place.becomes_empty().await;
}

#[actix_web::test]
async fn a_file_of_exactly_the_limit_is_taken() {
    let place = TestStore::new();
    assert_eq!(
        place
            .receive(&HeaderMap::new(), whole(pdf_of(4 * MIB)))
            .await
            .unwrap()
            .size,
        4 * MIB
    );
    assert_eq!(
        place
            .refusal(&HeaderMap::new(), whole(pdf_of(4 * MIB + 1)))
            .await
            .0,
        Code::BodyTooLarge
    );
}

#[actix_web::test]
async fn the_declared_type_must_agree_with_the_content_when_it_says_something() {
    let place = TestStore::new();
    for agreeable in [
        "application/pdf",
        "Application/PDF; x=y",
        "application/octet-stream",
        "",
    ] {
        let given = headers(&[(header::CONTENT_TYPE, agreeable)]);
        assert_eq!(
            place
                .receive(&given, whole(sample::pdf()))
                .await
                .unwrap()
                .kind,
            FileKind::Pdf,
            "{agreeable}"
        );
    }
    let given = headers(&[(header::CONTENT_TYPE, "application/pdf")]);
    let (code, detail) = place.refusal(&given, whole(sample::png())).await;
    assert_eq!(code, Code::UnsupportedMediaType);
    assert!(detail.contains("The content is PNG"), "{detail}");
    let given = headers(&[(header::CONTENT_TYPE, FileKind::Xlsx.media_type())]);
    assert!(
        place
            .refusal(&given, whole(sample::docx()))
            .await
            .1
            .contains("The content is DOCX")
    );
    place.becomes_empty().await;
}

#[actix_web::test]
async fn content_that_is_not_accepted_never_reaches_the_store() {
    let place = TestStore::new();
    for (file, found) in [
        (
            b"<!DOCTYPE html><script>alert(1)</script>".repeat(100),
            "The content is text/html; accepted are: PDF, JPEG.",
        ),
        (
            sample::png().repeat(100),
            "The content is PNG; accepted are: PDF, JPEG.",
        ),
        (
            sample::docx().repeat(100),
            "The content is DOCX/XLSX; accepted are: PDF, JPEG.",
        ),
    ] {
        let terms = terms(&[FileKind::Pdf, FileKind::Jpeg]);
        let outcome = receive(
            &place.store,
            customer(),
            &HeaderMap::new(),
            whole(file).chain(stream::pending()),
            &terms,
            noon(),
        )
        .await;
        assert_eq!(refused(outcome), (Code::UnsupportedMediaType, found.into()));
        assert_eq!(place.objects(), [""; 0]);
    }
}

#[actix_web::test]
async fn a_letter_with_macros_is_refused_whatever_it_is_called() {
    let place = TestStore::new();
    let file = sample::zip(&[
        "[Content_Types].xml",
        "word/document.xml",
        "word/vbaProject.bin",
    ]);
    let given = headers(&[(header::CONTENT_TYPE, FileKind::Docx.media_type())]);
    let (code, detail) = place.refusal(&given, whole(file)).await;
    assert!(
        code == Code::UnsupportedMediaType && detail.contains("macros"),
        "{detail}"
    );
    place.becomes_empty().await;
}

#[actix_web::test]
async fn nothing_half_a_file_and_a_packed_file_are_refused() {
    let place = TestStore::new();
    assert_eq!(
        place.refusal(&HeaderMap::new(), stream::empty()).await,
        (Code::InvalidContent, "empty".into())
    );
    assert_eq!(
        place
            .refusal(&HeaderMap::new(), whole(b"%PDF-1.4 ".repeat(90_000)))
            .await,
        (Code::InvalidContent, "incomplete".into())
    );
    assert_eq!(
        place
            .refusal(
                &headers(&[(header::CONTENT_ENCODING, "gzip")]),
                whole(sample::pdf())
            )
            .await
            .0,
        Code::UnsupportedMediaType
    );
    assert_eq!(
        place
            .refusal(
                &headers(&[(header::CONTENT_RANGE, "bytes 0-9/20")]),
                whole(sample::pdf())
            )
            .await
            .0,
        Code::InvalidParameter
    );
    place.becomes_empty().await;
}

#[actix_web::test]
async fn a_sender_who_stops_or_only_drips_runs_out_of_time() {
    let place = TestStore::new();
    let hasty = UploadRules {
        pace: hurried(),
        ..terms(&FileKind::ALL)
    };
    let stopped = whole(pdf_of(MIB)).take(8).chain(stream::pending());
    let outcome = receive(
        &place.store,
        customer(),
        &HeaderMap::new(),
        stopped,
        &hasty,
        noon(),
    )
    .await;
    assert_eq!(refused(outcome).0, Code::RequestTimeout);
    let drip = Box::pin(stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        Some((Ok(Bytes::from_static(b"x")), ()))
    }));
    let outcome = receive(
        &place.store,
        customer(),
        &HeaderMap::new(),
        whole(pdf_of(MIB)).take(8).chain(drip),
        &hasty,
        noon(),
    )
    .await;
    assert_eq!(refused(outcome).0, Code::RequestTimeout);
    place.becomes_empty().await;
}

#[actix_web::test]
async fn a_file_taken_into_memory_keeps_the_same_manners() {
    let patience = hurried();
    let none = HeaderMap::new();
    assert_eq!(
        receive_and_detect(&none, whole(pdf_of(MIB)), MIB, patience)
            .await
            .map(|(bytes, kind)| (bytes.to_vec(), kind))
            .unwrap(),
        (pdf_of(MIB), FileKind::Pdf)
    );
    let code = async |headers: &HeaderMap, body| {
        receive_and_detect(headers, body, MIB, patience)
            .await
            .unwrap_err()
            .code()
    };
    assert_eq!(
        code(&none, whole(pdf_of(MIB + 1)).boxed_local()).await,
        Some(Code::BodyTooLarge)
    );
    let announced = headers(&[(header::CONTENT_LENGTH, "1048577")]);
    assert_eq!(
        code(&announced, stream::pending().boxed_local()).await,
        Some(Code::BodyTooLarge)
    );
    assert_eq!(
        code(&none, stream::empty().boxed_local()).await,
        Some(Code::InvalidContent)
    );
    assert_eq!(
        code(
            &none,
            whole(pdf_of(MIB))
                .take(3)
                .chain(stream::pending())
                .boxed_local()
        )
        .await,
        Some(Code::RequestTimeout)
    );
    let broken = stream::once(async { Err(PayloadError::Incomplete(None)) });
    assert_eq!(
        code(
            &none,
            whole(pdf_of(MIB)).take(3).chain(broken).boxed_local()
        )
        .await,
        Some(Code::MalformedBody)
    );
}

#[actix_web::test]
async fn a_store_that_fails_is_said_so_and_may_be_asked_again() {
    let place = TestStore::new();
    std::fs::write(place.folder.join("quarantine"), "in the way").unwrap();
    assert_eq!(
        place
            .refusal(&HeaderMap::new(), whole(pdf_of(2 * MIB)))
            .await
            .0,
        Code::Busy
    );
    assert_eq!(
        place
            .refusal(&HeaderMap::new(), whole(sample::pdf()))
            .await
            .0,
        Code::Busy
    );
    std::fs::remove_file(place.folder.join("quarantine")).unwrap();
    std::fs::write(place.folder.join("customers"), "in the way").unwrap();
    assert_eq!(
        place
            .refusal(&HeaderMap::new(), whole(sample::pdf()))
            .await
            .0,
        Code::Busy
    );
    assert_eq!(place.objects(), ["customers"]);
}

#[actix_web::test]
#[expect(
    clippy::disallowed_methods,
    reason = "the file system stamps files with the machine's clock"
)]
async fn only_old_strays_are_swept_and_no_document() {
    let place = TestStore::new();
    let document = place
        .receive(&HeaderMap::new(), whole(sample::pdf()))
        .await
        .unwrap();
    let key = document.key.clone();
    document.keep();
    std::fs::write(place.folder.join("quarantine/left"), "by a crash").unwrap();
    assert_eq!(
        place
            .store
            .remove_strays(Utc::now() - TimeDelta::hours(1))
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        place
            .store
            .remove_strays(Utc::now() + TimeDelta::hours(1))
            .await
            .unwrap(),
        1
    );
    assert_eq!(place.objects(), [key]);
}

#[actix_web::test]
async fn a_store_that_is_gone_is_not_healthy() {
    let place = TestStore::new();
    place.store.health().await.unwrap();
    std::fs::remove_dir_all(&place.folder).unwrap();
    assert!(place.store.health().await.is_err());
}
