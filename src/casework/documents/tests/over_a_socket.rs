//! Uploads and downloads through a real server: connection failures that no stream of ours
//! imitates.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

use super::*;
use crate::casework::documents::StoredDocument;
use crate::casework::documents::download::send;
use crate::ids::{ApplicationId, OfficeId, UserId};

async fn put(
    store: web::Data<DocumentStore>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let received = receive(
        &store,
        customer(),
        request.headers(),
        payload,
        &terms(&FileKind::ALL),
        noon(),
    )
    .await?;
    let key = received.key.clone();
    received.keep();
    Ok(HttpResponse::Created().body(key))
}

async fn fetch(store: web::Data<DocumentStore>, request: HttpRequest) -> Result<HttpResponse> {
    let object_key = request.match_info().query("key").to_owned();
    let nobody = Uuid::nil();
    let stored = StoredDocument {
        id: crate::ids::DocumentId(nobody),
        office_id: OfficeId(nobody),
        customer_id: customer(),
        case_id: ApplicationId(nobody),
        requirement: "deed".into(),
        version: 1,
        file_name: "Akta.pdf".into(),
        kind: FileKind::Pdf,
        size: 3 * MIB,
        sha256: [7; 32],
        object_key,
        uploaded_by: UserId(nobody),
        uploaded_at: noon(),
    };
    send(&store, &stored, &request).await
}

fn serve(place: &TestStore) -> SocketAddr {
    let store = place.store.clone();
    let app = move || {
        let compress = actix_web::middleware::Compress::default();
        App::new()
            .app_data(web::Data::new(store.clone()))
            .wrap(compress)
            .route("/", web::put().to(put))
            .service(web::resource("/{key:.*}").to(fetch))
    };
    let server = HttpServer::new(app)
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
    let address = server.addrs()[0];
    actix_web::rt::spawn(server.run());
    address
}

/// Sends the whole request and reads the whole reply, on a thread of its own.
async fn exchange(address: SocketAddr, said: Vec<u8>) -> Vec<u8> {
    let talk = move || {
        let mut connection = TcpStream::connect(address).unwrap();
        connection
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        connection.write_all(&said).unwrap();
        let mut heard = Vec::new();
        connection.read_to_end(&mut heard).unwrap();
        heard
    };
    actix_web::rt::task::spawn_blocking(talk).await.unwrap()
}

fn upload(file: &[u8], length: u64) -> Vec<u8> {
    [
        format!(
            "PUT / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        )
        .as_bytes(),
        file,
    ]
    .concat()
}

#[actix_web::test]
async fn a_file_goes_in_and_comes_out_unchanged_and_uncompressed() {
    let place = TestStore::new();
    let address = serve(&place);
    let file = pdf_of(3 * MIB);
    let heard = String::from_utf8(exchange(address, upload(&file, 3 * MIB)).await).unwrap();
    assert!(heard.starts_with("HTTP/1.1 201"), "{heard}");
    let key = heard.split("\r\n\r\n").nth(1).unwrap().to_owned();
    let ask = |method: &str| {
        format!("{method} /{key} HTTP/1.1\r\nhost: x\r\nconnection: close\r\naccept-encoding: gzip, br\r\n\r\n").into_bytes()
    };
    let heard = exchange(address, ask("GET")).await;
    assert!(heard.ends_with(&file));
    let head = String::from_utf8_lossy(&heard[..heard.len() - file.len()]).to_lowercase();
    assert!(
        head.starts_with("http/1.1 200") && head.contains("content-length: 3145728\r\n"),
        "{head}"
    );
    let head_only = String::from_utf8(exchange(address, ask("HEAD")).await)
        .unwrap()
        .to_lowercase();
    assert!(
        head_only.contains("content-length: 3145728\r\n") && head_only.ends_with("\r\n\r\n"),
        "{head_only}"
    );
}

#[actix_web::test]
async fn a_client_that_hangs_up_leaves_nothing() {
    let place = TestStore::new();
    let address = serve(&place);
    let mut connection = TcpStream::connect(address).unwrap();
    let begun = upload(&pdf_of(2 * MIB)[..usize::try_from(MIB).unwrap()], 2 * MIB);
    let connection = actix_web::rt::task::spawn_blocking(move || {
        connection.write_all(&begun).unwrap();
        connection
    });
    let connection = connection.await.unwrap();
    place.has_begun().await;
    drop(connection);
    place.becomes_empty().await;
}
