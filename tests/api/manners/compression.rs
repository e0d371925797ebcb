//! Compression: a compressed reply equals the uncompressed one, and confidential replies are never
//! compressed.

use std::io::Read as _;

use reqwest::Method;

use super::{ask, operations, person_with_every_role};
use crate::support::TestApp;

/// Shorter replies are not compressed.
const COMPRESSED_FROM: usize = 1_000;

#[actix_web::test]
async fn every_long_reply_is_compressed_for_who_takes_it_and_says_the_same() {
    let app = TestApp::start().await;
    let all_roles = person_with_every_role(&app).await;
    let mut compressed = 0;
    for operation in operations()
        .into_iter()
        .filter(|one| one.method == Method::GET)
        // Both say when they were made.
        .filter(|one| !["read_metrics", "read_realization_xlsx"].contains(&one.id.as_str()))
    {
        let path = operation.address();
        let plain = ask(
            &all_roles,
            Method::GET,
            &path,
            &[("accept-encoding", "identity")],
        )
        .await;
        let packed = ask(
            &all_roles,
            Method::GET,
            &path,
            &[("accept-encoding", "gzip")],
        )
        .await;
        if operation.is_confidential() {
            assert_eq!(
                packed.header("content-encoding"),
                None,
                "{path}: what is confidential has its length only"
            );
            continue;
        }
        if plain.status != 200 || plain.bytes.len() < COMPRESSED_FROM {
            continue;
        }
        assert_eq!(packed.header("content-encoding"), Some("gzip"), "{path}");
        let varies = packed.headers().iter().any(|(name, value)| {
            *name == "vary" && value.to_lowercase().contains("accept-encoding")
        });
        assert!(varies, "{path}");
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(packed.bytes.as_slice())
            .read_to_end(&mut unpacked)
            .unwrap();
        assert_eq!(
            (
                unpacked == plain.bytes,
                packed.bytes.len() < plain.bytes.len()
            ),
            (true, true),
            "{path}"
        );
        compressed += 1;
    }
    assert!(compressed > 5, "{compressed}");
}
