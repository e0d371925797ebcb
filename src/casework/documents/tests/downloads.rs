//! Downloads: headers, ranges and preconditions.

use actix_web::HttpResponse;
use actix_web::body::to_bytes;
use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;

use super::*;
use crate::casework::documents::StoredDocument;
use crate::casework::documents::download::send;
use crate::ids::{ApplicationId, OfficeId, UserId};

const SIZE: u64 = 700_000;

async fn stored(place: &TestStore) -> (StoredDocument, Vec<u8>) {
    let file = pdf_of(SIZE);
    let received = place
        .receive(&HeaderMap::new(), whole(file.clone()))
        .await
        .unwrap();
    let stored = StoredDocument {
        id: received.id,
        office_id: OfficeId(Uuid::from_u128(1)),
        customer_id: customer(),
        case_id: ApplicationId(Uuid::from_u128(2)),
        requirement: "deed".into(),
        version: 1,
        file_name: "Akta é.pdf".into(),
        kind: received.kind,
        size: received.size,
        sha256: received.sha256,
        object_key: received.key.clone(),
        uploaded_by: UserId(Uuid::from_u128(3)),
        uploaded_at: noon(),
    };
    received.keep();
    (stored, file)
}

async fn get(
    place: &TestStore,
    stored: &StoredDocument,
    given: &[(HeaderName, String)],
) -> Result<HttpResponse> {
    let request = given.iter().fold(TestRequest::get(), |request, header| {
        request.insert_header(header.clone())
    });
    send(&place.store, stored, &request.to_http_request()).await
}

fn said(response: &HttpResponse, name: HeaderName) -> &str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[actix_web::test]
async fn a_document_goes_out_whole_as_an_attachment_of_its_own_type() {
    let place = TestStore::new();
    let (stored, file) = stored(&place).await;
    let response = get(&place, &stored, &[]).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(said(&response, header::CONTENT_TYPE), "application/pdf");
    assert_eq!(
        said(&response, header::CONTENT_DISPOSITION),
        "attachment; filename=\"Akta _.pdf\"; filename*=UTF-8''Akta%20%C3%A9.pdf"
    );
    assert_eq!(said(&response, header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert_eq!(said(&response, header::CACHE_CONTROL), "private, no-store");
    assert_eq!(said(&response, header::ACCEPT_RANGES), "bytes");
    assert_eq!(
        said(&response, header::ETAG),
        format!("\"{}\"", hex::encode(sha256(&file)))
    );
    assert_eq!(to_bytes(response.into_body()).await.unwrap(), file);
}

#[actix_web::test]
async fn a_range_goes_out_alone() {
    let place = TestStore::new();
    let (stored, file) = stored(&place).await;
    for (asked, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=1000-599999", 1000, 600_000),
        ("bytes=-20", 699_980, 700_000),
        ("bytes=262144-", 262_144, 700_000),
    ] {
        let response = get(&place, &stored, &[(header::RANGE, asked.into())])
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(
            said(&response, header::CONTENT_RANGE),
            format!("bytes {from}-{}/{SIZE}", to - 1)
        );
        assert_eq!(
            to_bytes(response.into_body()).await.unwrap(),
            file[from..to]
        );
    }
}

#[actix_web::test]
async fn a_range_outside_the_file_is_refused_with_its_size() {
    let place = TestStore::new();
    let (stored, _) = stored(&place).await;
    let Err(Error::Refused(refused)) =
        get(&place, &stored, &[(header::RANGE, "bytes=700000-".into())]).await
    else {
        panic!("not refused")
    };
    assert_eq!(refused.code, Code::RangeNotSatisfiable);
    assert!(
        refused
            .headers
            .contains(&("content-range", "bytes */700000".into()))
    );
}

#[actix_web::test]
async fn a_range_of_another_version_becomes_the_whole() {
    let place = TestStore::new();
    let (stored, _) = stored(&place).await;
    let etag = format!("\"{}\"", hex::encode(stored.sha256));
    for (tag, status) in [
        (etag.clone(), 206),
        ("\"other\"".into(), 200),
        (format!("W/{etag}"), 200),
        ("Mon, 02 Nov 2026 05:00:00 GMT".into(), 200),
    ] {
        let response = get(
            &place,
            &stored,
            &[
                (header::RANGE, "bytes=0-9".into()),
                (header::IF_RANGE, tag.clone()),
            ],
        )
        .await
        .unwrap();
        assert_eq!(response.status().as_u16(), status, "{tag}");
    }
}

#[actix_web::test]
async fn what_the_caller_has_is_not_sent_again() {
    let place = TestStore::new();
    let (stored, _) = stored(&place).await;
    let etag = format!("\"{}\"", hex::encode(stored.sha256));
    for (tags, status) in [
        (etag.clone(), 304),
        (format!("\"x\", W/{etag}"), 304),
        ("*".into(), 304),
        ("\"x\"".into(), 200),
    ] {
        let response = get(&place, &stored, &[(header::IF_NONE_MATCH, tags.clone())])
            .await
            .unwrap();
        assert_eq!(response.status().as_u16(), status, "{tags}");
        assert_eq!(said(&response, header::ETAG), etag);
    }
}

#[actix_web::test]
async fn a_head_tells_the_size_and_reads_nothing() {
    let place = TestStore::new();
    let (mut stored, _) = stored(&place).await;
    stored.object_key = "customers/nowhere".into();
    let request = TestRequest::default()
        .method(Method::HEAD)
        .insert_header((header::RANGE, "bytes=0-9"))
        .to_http_request();
    let response = send(&place.store, &stored, &request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(to_bytes(response.into_body()).await.unwrap().is_empty());
}

#[actix_web::test]
async fn a_lost_object_is_our_fault_before_a_byte_is_sent() {
    let place = TestStore::new();
    let (stored, _) = stored(&place).await;
    place.store.delete(&stored.object_key).await.unwrap();
    assert_eq!(
        refused(get(&place, &stored, &[]).await.map(|_| ())).0,
        Code::Internal
    );
}
