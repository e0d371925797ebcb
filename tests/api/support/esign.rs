//! A simulation of the national e-sign client service, according to its documentation: on a socket
//! of its own, with basic authentication, its three operations, its refusals, which quote the
//! request, and its failures.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use service_desk::gateways::signing::{Authority, SignatureRequest};

/// The NIK of its one valid signer.
pub const NIK: &str = "1671010101900001";
/// The signer's passphrase.
pub const PASSPHRASE: &str = "#Rahasia1234*kenari";
/// The NIK of a signer with an expired certificate.
pub const EXPIRED: &str = "1671010101900002";
/// The office's user name at the service.
pub const USER: &str = "desk";
/// The office's password at the service.
pub const PASSWORD: &str = "sandi-layanan-esign";

/// The behaviour of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Works.
    Fine,
    /// Accepts requests and never answers.
    Silent,
    /// Answers that it is overloaded.
    Busy,
    /// Answers with an internal error.
    Broken,
    /// Refuses the PDF to sign with this status and this JSON.
    Picky(u16, &'static str),
    /// Answers the status request with this JSON.
    Knowing(&'static str),
    /// Answers with an HTML page.
    Babbling,
    /// Signs another letter than the given one.
    Deceitful,
    /// Rejects its own signature in the verification.
    Doubtful,
}

/// A running e-sign service.
pub struct ESign {
    /// The address of the service.
    pub url: String,
    state: Arc<State>,
}

struct State {
    mood: Mutex<Behaviour>,
    asked: Mutex<Vec<(String, Value)>>,
    authority: Authority,
}

impl ESign {
    /// Starts the service on a free port.
    pub fn open() -> Self {
        let authority = Authority::create("BSrE", "2026-07-06T01:00:00Z".parse().unwrap()).unwrap();
        let state = Arc::new(State {
            mood: Mutex::new(Behaviour::Fine),
            asked: Mutex::default(),
            authority,
        });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = web::Data::from(Arc::clone(&state));
        let server = HttpServer::new(move || {
            let json = web::JsonConfig::default().limit(32 << 20);
            App::new()
                .app_data(shared.clone())
                .app_data(json)
                .route("/api/v2/user/check/status", web::post().to(status))
                .route("/api/v2/sign/pdf", web::post().to(sign))
                .route("/api/v2/verify/pdf", web::post().to(verify))
        });
        actix_web::rt::spawn(
            server
                .workers(1)
                .disable_signals()
                .listen(listener)
                .unwrap()
                .run(),
        );
        Self { url, state }
    }

    /// Sets the behaviour from now on.
    pub fn behave(&self, mood: Behaviour) {
        *self.state.mood.lock().unwrap() = mood;
    }

    /// The received requests in order: path and body.
    pub fn asked(&self) -> Vec<(String, Value)> {
        self.state.asked.lock().unwrap().clone()
    }

    /// The flags of an application that signs with this service.
    pub fn flags(&self) -> Vec<&str> {
        vec![
            "--signing",
            "bsre",
            "--bsre-url",
            &self.url,
            "--bsre-user",
            USER,
            "--bsre-password",
            PASSWORD,
        ]
    }
}

/// The common start of each operation: the behaviour, and the check of the office's credentials.
async fn begin(state: &State, request: &HttpRequest, body: &Value) -> Result<(), HttpResponse> {
    state
        .asked
        .lock()
        .unwrap()
        .push((request.path().to_owned(), body.clone()));
    let expected = format!("Basic {}", STANDARD.encode(format!("{USER}:{PASSWORD}")));
    if request
        .headers()
        .get("authorization")
        .is_none_or(|given| given.as_bytes() != expected.as_bytes())
    {
        return Err(
            HttpResponse::Unauthorized().json(json!({"error": "Unauthorized", "status_code": 401}))
        );
    }
    let mood = *state.mood.lock().unwrap();
    match mood {
        Behaviour::Silent => {
            tokio::time::sleep(Duration::from_mins(2)).await;
            Err(HttpResponse::GatewayTimeout().finish())
        }
        Behaviour::Busy => {
            Err(HttpResponse::TooManyRequests().json(json!({"error": "Too many requests"})))
        }
        Behaviour::Broken => Err(HttpResponse::InternalServerError()
            .json(json!({"error": format!("NullPointerException near {body}")}))),
        Behaviour::Babbling => Err(HttpResponse::Ok()
            .content_type("text/html")
            .body("<html>login</html>")),
        Behaviour::Fine
        | Behaviour::Deceitful
        | Behaviour::Doubtful
        | Behaviour::Picky(..)
        | Behaviour::Knowing(_) => Ok(()),
    }
}

async fn status(
    state: web::Data<State>,
    request: HttpRequest,
    body: web::Json<Value>,
) -> HttpResponse {
    if let Err(refusal) = begin(&state, &request, &body).await {
        return refusal;
    }
    if let Behaviour::Knowing(status) = *state.mood.lock().unwrap() {
        return HttpResponse::Ok()
            .content_type("application/json")
            .body(status);
    }
    match body["nik"].as_str() {
        Some(NIK) => HttpResponse::Ok().json(
            json!({"status": "ISSUE", "status_code": 1111, "message": "User sudah terdaftar"}),
        ),
        Some(EXPIRED) => HttpResponse::Ok().json(
            json!({"status": "EXPIRED", "status_code": 2021, "message": "Sertifikat kedaluwarsa"}),
        ),
        other => HttpResponse::BadRequest()
            .json(json!({"error": format!("User {other:?} tidak ditemukan"), "status_code": 2011})),
    }
}

async fn sign(
    state: web::Data<State>,
    request: HttpRequest,
    body: web::Json<Value>,
) -> HttpResponse {
    if let Err(refusal) = begin(&state, &request, &body).await {
        return refusal;
    }
    let properties = &body["signatureProperties"][0];
    let shaped = [
        "tampilan",
        "page",
        "originX",
        "originY",
        "width",
        "height",
        "location",
        "reason",
        "contactInfo",
    ];
    if shaped.iter().any(|name| properties[name].is_null()) || properties["tampilan"] != "INVISIBLE"
    {
        return HttpResponse::BadRequest()
            .json(json!({"error": "signatureProperties tidak lengkap", "status_code": 2051}));
    }
    if body["nik"] != NIK || body["passphrase"] != PASSPHRASE {
        let quoted = format!(
            "Proses signing gagal : passphrase {} anda salah untuk {}",
            body["passphrase"], body["nik"]
        );
        return HttpResponse::BadRequest().json(json!({"error": quoted, "status_code": 2031}));
    }
    if let Behaviour::Picky(status, said) = *state.mood.lock().unwrap() {
        let status = actix_web::http::StatusCode::from_u16(status).unwrap();
        return HttpResponse::build(status)
            .content_type("application/json")
            .body(said);
    }
    let mut pdf = STANDARD.decode(body["file"][0].as_str().unwrap()).unwrap();
    if *state.mood.lock().unwrap() == Behaviour::Deceitful {
        pdf = [pdf.as_slice(), b"% and a word more\n"].concat();
        let place = pdf
            .windows(6)
            .position(|window| window == b"/Pages")
            .unwrap();
        pdf[place..place + 6].copy_from_slice(b"/Pagez");
        pdf.extend_from_slice(b"/ByteRange [0 1 2 3]");
        return HttpResponse::Ok().json(json!({"time": 1, "file": [STANDARD.encode(pdf)]}));
    }
    let text = |name: &str| properties[name].as_str().unwrap().to_owned();
    let order = SignatureRequest {
        pdf,
        name: "Dr. Ahmad Fauzi".to_owned(),
        capacity: "Kepala".to_owned(),
        office: "BSrE".to_owned(),
        place: text("location"),
        reason: text("reason"),
        verify_url: text("contactInfo"),
        at: "2026-07-06T01:00:00Z".parse().unwrap(),
    };
    HttpResponse::Ok().json(
        json!({"time": 1503, "file": [STANDARD.encode(state.authority.sign(&order).unwrap())]}),
    )
}

async fn verify(
    state: web::Data<State>,
    request: HttpRequest,
    body: web::Json<Value>,
) -> HttpResponse {
    if let Err(refusal) = begin(&state, &request, &body).await {
        return refusal;
    }
    let holds =
        *state.mood.lock().unwrap() != Behaviour::Doubtful && body["file"].as_str().is_some();
    let conclusion = if holds { "VALID" } else { "INVALID" };
    HttpResponse::Ok()
        .json(json!({"conclusion": conclusion, "description": "Dokumen valid, Sertifikat yang digunakan terpercaya", "signatureInformations": []}))
}
