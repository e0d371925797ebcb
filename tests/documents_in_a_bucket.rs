//! Uploads to a bucket, against a small simulation of S3 on a real socket: enough of the protocol
//! to check the requests and the sizes of their parts.
#![expect(clippy::unwrap_used, reason = "the helpers of a test fail with it")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use service_desk::casework::documents::{Received, SizeLimits, UploadRules, receive};
use service_desk::casework::file_kind::FileKind;
use service_desk::error::Result;
use service_desk::gateways::document_store::DocumentStore;
use service_desk::ids::CustomerId;
use service_desk::web::body_reader::ReadTimeout;
use uuid::Uuid;

const MIB: usize = 1 << 20;

#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, Bytes>,
    uploads: BTreeMap<String, BTreeMap<u32, Bytes>>,
    /// The sizes of the request bodies with content.
    bodies: Vec<usize>,
    unsigned: usize,
}

type Shared = web::Data<Mutex<Bucket>>;

#[expect(
    clippy::too_many_lines,
    reason = "one walk through a bucket, told in order"
)]
async fn answer(bucket: Shared, request: HttpRequest, body: Bytes) -> HttpResponse {
    let mut bucket = bucket.lock().unwrap();
    let key = request
        .path()
        .strip_prefix("/office/")
        .unwrap_or_default()
        .to_owned();
    let query = web::Query::<BTreeMap<String, String>>::from_query(request.query_string())
        .unwrap()
        .into_inner();
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
    };
    if !header("authorization")
        .is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 Credential=key/"))
    {
        bucket.unsigned += 1;
    }
    if !body.is_empty() && request.method() == Method::PUT {
        bucket.bodies.push(body.len());
    }
    let upload = query.get("uploadId");
    match (request.method().as_str(), upload) {
        ("POST", None) if query.contains_key("uploads") => {
            let id = Uuid::new_v4().to_string();
            bucket.uploads.insert(id.clone(), BTreeMap::new());
            HttpResponse::Ok().body(format!(
                "<InitiateMultipartUploadResult><Bucket>office</Bucket><Key>{key}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
            ))
        }
        ("PUT", Some(upload)) => {
            let part = query["partNumber"].parse().unwrap();
            bucket.uploads.get_mut(upload).unwrap().insert(part, body);
            HttpResponse::Ok()
                .insert_header(("etag", format!("\"{part}\"")))
                .finish()
        }
        ("POST", Some(upload)) => {
            let whole = bucket
                .uploads
                .remove(upload)
                .unwrap()
                .into_values()
                .collect::<Vec<_>>()
                .concat();
            bucket.objects.insert(key, whole.into());
            HttpResponse::Ok().body(
                "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>",
            )
        }
        ("DELETE", Some(upload)) => {
            bucket.uploads.remove(upload);
            HttpResponse::NoContent().finish()
        }
        ("PUT", None) => {
            let content = match header("x-amz-copy-source") {
                Some(source) => bucket.objects[source
                    .trim_start_matches('/')
                    .strip_prefix("office/")
                    .unwrap()]
                .clone(),
                None => body,
            };
            bucket.objects.insert(key, content);
            HttpResponse::Ok()
                .insert_header(("etag", "\"x\""))
                .body("<CopyObjectResult><ETag>x</ETag><LastModified>2026-11-02T05:00:00.000Z</LastModified></CopyObjectResult>")
        }
        ("DELETE", None) => {
            bucket.objects.remove(&key);
            HttpResponse::NoContent().finish()
        }
        ("GET", None) if query.contains_key("list-type") => {
            let prefix = query.get("prefix").map_or("", String::as_str);
            let found = bucket
                .objects
                .iter()
                .filter(|(key, _)| key.starts_with(prefix));
            let entry = |(key, content): (&String, &Bytes)| {
                let size = content.len();
                format!(
                    "<Contents><Key>{key}</Key><Size>{size}</Size><LastModified>2026-11-02T05:00:00.000Z</LastModified><ETag>x</ETag></Contents>"
                )
            };
            let found = found.map(entry).collect::<Vec<_>>().concat();
            HttpResponse::Ok().body(format!(
                "<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
            ))
        }
        ("GET" | "HEAD", None) => {
            let Some(content) = bucket.objects.get(&key) else {
                return HttpResponse::NotFound().finish();
            };
            let range = header("range").map(|range| {
                let (from, to) = range
                    .strip_prefix("bytes=")
                    .unwrap()
                    .split_once('-')
                    .unwrap();
                from.parse::<usize>().unwrap()..to.parse::<usize>().unwrap() + 1
            });
            let mut reply = if range.is_some() {
                HttpResponse::PartialContent()
            } else {
                HttpResponse::Ok()
            };
            reply
                .insert_header(("last-modified", "Mon, 02 Nov 2026 05:00:00 GMT"))
                .insert_header(("etag", "\"x\""));
            let slice = content.slice(range.clone().unwrap_or(0..content.len()));
            if let Some(range) = range {
                reply.insert_header((
                    "content-range",
                    format!("bytes {}-{}/{}", range.start, range.end - 1, content.len()),
                ));
            }
            reply.body(slice)
        }
        other => panic!("the imitation does not know {other:?} {}", request.uri()),
    }
}

fn bucket() -> (Shared, DocumentStore) {
    let shared = Shared::from(Arc::new(Mutex::new(Bucket::default())));
    let handed_in = shared.clone();
    let app = move || {
        App::new()
            .app_data(handed_in.clone())
            .app_data(web::PayloadConfig::new(64 * MIB))
            .default_service(web::to(answer))
    };
    let server = HttpServer::new(app)
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
    let endpoint = format!("http://{}", server.addrs()[0]);
    actix_web::rt::spawn(server.run());
    let store =
        DocumentStore::s3("office", Some(&endpoint), "ap-southeast-3", "key", "secret").unwrap();
    (shared, store)
}

fn pdf(size: usize) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    file.extend((0..size - 15).map(|at| u8::try_from(at % 251).unwrap()));
    file.extend(b"\n%%EOF");
    file
}

fn sent(file: Vec<u8>) -> impl Stream<Item = std::result::Result<Bytes, PayloadError>> + Unpin {
    let file = Bytes::from(file);
    stream::iter(
        (0..file.len())
            .step_by(60_000)
            .map(move |at| Ok(file.slice(at..file.len().min(at + 60_000)))),
    )
}

async fn upload(
    store: &DocumentStore,
    payload: impl Stream<Item = std::result::Result<Bytes, PayloadError>> + Unpin,
) -> Result<Received> {
    let limits = SizeLimits {
        request: 1 << 30,
        per_kind: &|_| 1 << 30,
    };
    let terms = UploadRules {
        accepts: &[FileKind::Pdf],
        limits,
        pace: ReadTimeout::FILE,
    };
    let now: DateTime<Utc> = "2026-11-02T05:00:00Z".parse().unwrap();
    receive(
        store,
        CustomerId(Uuid::nil()),
        &HeaderMap::new(),
        payload,
        &terms,
        now,
    )
    .await
}

async fn becomes_empty(bucket: &Shared) {
    for _ in 0..500 {
        if bucket.lock().unwrap().objects.is_empty() && bucket.lock().unwrap().uploads.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let bucket = bucket.lock().unwrap();
    panic!(
        "left behind: {:?} {:?}",
        bucket.objects.keys(),
        bucket.uploads.keys()
    );
}

#[actix_web::test]
async fn a_large_file_goes_to_the_bucket_in_parts_and_comes_back() {
    let (bucket, store) = bucket();
    store.health().await.unwrap();
    let file = pdf(12 * MIB + 7);
    let received = upload(&store, sent(file.clone())).await.unwrap();
    {
        let bucket = bucket.lock().unwrap();
        assert_eq!(
            bucket.objects.keys().collect::<Vec<_>>(),
            [&received.key],
            "only the document, no longer in quarantine"
        );
        assert_eq!(bucket.objects[&received.key], file);
        assert_eq!(bucket.bodies, [5 * MIB, 5 * MIB, 2 * MIB + 7]);
        assert_eq!((bucket.unsigned, bucket.uploads.len()), (0, 0));
    }
    let pieces: Vec<Bytes> = store
        .read(&received.key, 100..9_000_000)
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(pieces.concat(), file[100..9_000_000]);
    drop(received);
    becomes_empty(&bucket).await;
}

#[actix_web::test]
async fn a_small_file_goes_in_one_piece() {
    let (bucket, store) = bucket();
    let received = upload(&store, sent(pdf(1000))).await.unwrap();
    assert_eq!(bucket.lock().unwrap().bodies, [1000]);
    let key = received.key.clone();
    received.keep();
    assert_eq!(
        bucket.lock().unwrap().objects.keys().collect::<Vec<_>>(),
        [&key]
    );
}

#[actix_web::test]
async fn an_upload_that_breaks_off_or_is_dropped_leaves_no_object_and_no_unfinished_parts() {
    let (bucket, store) = bucket();
    let broken = sent(pdf(12 * MIB))
        .take(200)
        .chain(stream::iter([Err(PayloadError::Incomplete(None))]));
    upload(&store, broken).await.unwrap_err();
    becomes_empty(&bucket).await;
    assert!(
        !bucket.lock().unwrap().bodies.is_empty(),
        "parts had been sent"
    );
    bucket.lock().unwrap().bodies.clear();
    let hanging = sent(pdf(12 * MIB)).take(200).chain(stream::pending());
    let dropped = tokio::time::timeout(Duration::from_millis(500), upload(&store, hanging)).await;
    assert!(dropped.is_err(), "the stream cannot have ended");
    becomes_empty(&bucket).await;
    assert!(
        !bucket.lock().unwrap().bodies.is_empty(),
        "parts had been sent"
    );
}

#[actix_web::test]
async fn what_a_crash_left_in_quarantine_is_swept() {
    let (bucket, store) = bucket();
    let stray = DocumentStore::quarantine_key();
    bucket
        .lock()
        .unwrap()
        .objects
        .insert(stray, Bytes::from_static(b"half"));
    let before = store
        .remove_strays("2026-11-02T04:00:00Z".parse().unwrap())
        .await
        .unwrap();
    let after = store
        .remove_strays("2026-11-02T06:00:00Z".parse().unwrap())
        .await
        .unwrap();
    assert_eq!((before, after), (0, 1));
}

#[actix_web::test]
async fn an_object_that_is_not_there_is_an_error_before_the_first_byte() {
    let (_bucket, store) = bucket();
    assert!(
        store
            .read("customers/nobody/nothing.pdf", 0..10)
            .await
            .is_err()
    );
}

#[actix_web::test]
async fn small_objects_are_put_listed_and_read_whole() {
    let (bucket, store) = bucket();
    assert_eq!(
        store.read_whole("audit/anchor-2026-11-02").await.unwrap(),
        None
    );
    assert!(store.list("audit/").await.unwrap().is_empty());
    for day in ["2026-11-02", "2026-11-03"] {
        store
            .put(&format!("audit/anchor-{day}"), day.into())
            .await
            .unwrap();
    }
    store.put("elsewhere/anchor", b"x".to_vec()).await.unwrap();
    assert_eq!(
        bucket.lock().unwrap().bodies,
        [10, 10, 1],
        "one request each"
    );
    let mut listed = store.list("audit/").await.unwrap();
    listed.sort();
    assert_eq!(
        listed,
        ["audit/anchor-2026-11-02", "audit/anchor-2026-11-03"]
    );
    assert_eq!(
        store
            .read_whole("audit/anchor-2026-11-03")
            .await
            .unwrap()
            .unwrap(),
        b"2026-11-03"
    );
}
