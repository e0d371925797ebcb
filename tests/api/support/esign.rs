//! The national e-sign client service, as far as its manners are known: on a socket of its own, with basic authentication, its three operations, its way of
//! refusing, which quotes what it was sent, and its bad days.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use service_desk::gateways::signing::{Authority, Order};

/// Whom it knows, and with what they sign.
pub const NIK: &str = "1671010101900001";
/// Their passphrase.
pub const PASSPHRASE: &str = "#Rahasia1234*kenari";
/// Somebody whose certificate has run out.
pub const EXPIRED: &str = "1671010101900002";
/// The office's user there.
pub const USER: &str = "desk";
/// Its password.
pub const PASSWORD: &str = "sandi-layanan-esign";

/// How it is today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// It works.
    Fine,
    /// It accepts what it is sent and never answers.
    Silent,
    /// It has too much to do.
    Busy,
    /// It fails.
    Broken,
    /// It does not accept the PDF it is to sign: this status, this JSON.
    Picky(u16, &'static str),
    /// It knows a signer's status by this JSON.
    Knowing(&'static str),
    /// It answers with a page.
    Babbling,
    /// It signs another letter than it was given.
    Deceitful,
    /// It does not hold its own signature good.
    Doubtful,
}

/// The service.
pub struct ESign {
    /// Where it listens.
    pub url: String,
    state: Arc<State>,
}

struct State {
    mood: Mutex<Mood>,
    asked: Mutex<Vec<(String, Value)>>,
    authority: Authority,
}

impl ESign {
    /// Opens it on a free port.
    pub fn open() -> Self {
        let authority = Authority::make("BSrE", "2026-07-06T01:00:00Z".parse().unwrap()).unwrap();
        let state = Arc::new(State {
            mood: Mutex::new(Mood::Fine),
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

    /// How it is from now on.
    pub fn is(&self, mood: Mood) {
        *self.state.mood.lock().unwrap() = mood;
    }

    /// What it was asked, in order: path and body.
    pub fn asked(&self) -> Vec<(String, Value)> {
        self.state.asked.lock().unwrap().clone()
    }

    /// The flags of a service that signs here.
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

/// What everything begins with: its mood, and whether it knows the office.
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
        Mood::Silent => {
            tokio::time::sleep(Duration::from_mins(2)).await;
            Err(HttpResponse::GatewayTimeout().finish())
        }
        Mood::Busy => {
            Err(HttpResponse::TooManyRequests().json(json!({"error": "Too many requests"})))
        }
        Mood::Broken => Err(HttpResponse::InternalServerError()
            .json(json!({"error": format!("NullPointerException near {body}")}))),
        Mood::Babbling => Err(HttpResponse::Ok()
            .content_type("text/html")
            .body("<html>login</html>")),
        Mood::Fine | Mood::Deceitful | Mood::Doubtful | Mood::Picky(..) | Mood::Knowing(_) => {
            Ok(())
        }
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
    if let Mood::Knowing(status) = *state.mood.lock().unwrap() {
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
    if let Mood::Picky(status, said) = *state.mood.lock().unwrap() {
        let status = actix_web::http::StatusCode::from_u16(status).unwrap();
        return HttpResponse::build(status)
            .content_type("application/json")
            .body(said);
    }
    let mut pdf = STANDARD.decode(body["file"][0].as_str().unwrap()).unwrap();
    if *state.mood.lock().unwrap() == Mood::Deceitful {
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
    let order = Order {
        pdf,
        name: "Dr. Ahmad Fauzi".to_owned(),
        capacity: "Kepala".to_owned(),
        office: "BSrE".to_owned(),
        place: text("location"),
        reason: text("reason"),
        check_at: text("contactInfo"),
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
    let holds = *state.mood.lock().unwrap() != Mood::Doubtful && body["file"].as_str().is_some();
    let conclusion = if holds { "VALID" } else { "INVALID" };
    HttpResponse::Ok()
        .json(json!({"conclusion": conclusion, "description": "Dokumen valid, Sertifikat yang digunakan terpercaya", "signatureInformations": []}))
}
