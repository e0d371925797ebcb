//! Uploads need constant memory; in a process of its own, so that only this test's memory is
//! counted.
#![expect(clippy::unwrap_used, reason = "the helpers of a test fail with it")]

use actix_web::http::header::HeaderMap;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use service_desk::casework::documents::{SizeLimits, UploadRules, receive};
use service_desk::casework::file_kind::FileKind;
use service_desk::gateways::document_store::DocumentStore;
use service_desk::ids::CustomerId;
use service_desk::web::body_reader::ReadTimeout;
use uuid::Uuid;

const MIB: u64 = 1 << 20;

/// Memory in use, in bytes (`statm` counts pages of 4 KiB).
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

#[actix_web::test]
async fn three_hundred_megabytes_in_and_out_cost_no_more_memory_than_a_few() {
    let folder = std::env::temp_dir().join(format!("documents-{}", Uuid::new_v4()));
    let store = DocumentStore::folder(&folder).unwrap();
    let limits = SizeLimits {
        request: 400 * MIB,
        per_kind: &|_| 400 * MIB,
    };
    let terms = UploadRules {
        accepts: &[FileKind::Pdf],
        limits,
        pace: ReadTimeout::FILE,
    };
    let now = "2026-11-02T05:00:00Z".parse().unwrap();
    let upload = async |pieces: usize, peak: &mut u64| {
        // Each piece is new memory, as it is when it comes from a connection.
        let middle = (0..pieces)
            .map(|piece| Bytes::from(vec![u8::try_from(piece % 251).unwrap(); 32 << 10]));
        let file = std::iter::once(Bytes::from_static(b"%PDF-1.7\n"))
            .chain(middle)
            .chain([Bytes::from_static(b"\n%%EOF\n")]);
        let payload = stream::iter(file).map(|piece| {
            *peak = (*peak).max(resident());
            Ok(piece)
        });
        receive(
            &store,
            CustomerId(Uuid::nil()),
            &HeaderMap::new(),
            payload,
            &terms,
            now,
        )
        .await
        .unwrap()
    };
    // Warms up: threads, buffers and code pages are allocated once.
    let mut before = 0;
    drop(upload(320, &mut before).await);
    let before = resident();
    let mut peak = 0;
    let received = upload(9600, &mut peak).await;
    assert_eq!(received.size, 300 * MIB + 16);
    let mut sent = 0;
    let mut pieces = std::pin::pin!(store.read(&received.key, 0..received.size).await.unwrap());
    while let Some(piece) = pieces.next().await {
        sent += piece.unwrap().len() as u64;
        peak = peak.max(resident());
    }
    assert_eq!(sent, received.size);
    std::fs::remove_dir_all(&folder).unwrap();
    let grown = peak.saturating_sub(before);
    assert!(grown < 16 * MIB, "memory grew by {grown} bytes");
}
