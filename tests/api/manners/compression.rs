//! Compression: a compressed reply equals the uncompressed one, and confidential replies are never
//! compressed.

use std::io::Read as _;

use reqwest::Method;

use super::{ask, everything, operations};
use crate::support::TestApp;

/// Shorter replies are not compressed.
const WORTH_IT: usize = 1_000;

#[actix_web::test]
async fn every_long_reply_is_compressed_for_who_takes_it_and_says_the_same() {
    let app = TestApp::start().await;
    let everybody = everything(&app).await;
    let mut compressed = 0;
    for operation in operations()
        .into_iter()
        .filter(|one| one.method == Method::GET && one.id != "read_metrics")
    {
        let path = operation.address();
        let plain = ask(
            &everybody,
            Method::GET,
            &path,
            &[("accept-encoding", "identity")],
        )
        .await;
        let packed = ask(
            &everybody,
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
        if plain.status != 200 || plain.bytes.len() < WORTH_IT {
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
