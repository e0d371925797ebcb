//! Every refusal of the service: one table of code, status and texts, and the `Error` that carries
//! a row of the table to the caller. The conversion to `application/problem+json` (RFC 9457) is in
//! `web::problem`.

pub mod faults;

use std::borrow::Cow;

use serde::{Deserialize, Serialize, Serializer};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::sop::codes;
use crate::sop::text::Term;
pub(crate) use crate::sop::text::Text;

/// A result of this service.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Builds a bilingual text.
pub(crate) fn text(id: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Text {
    Text::new(id, en)
}

macro_rules! codes {
    ($($name:ident $status:literal $code:literal $id:literal $en:literal $remedy_id:literal $remedy_en:literal;)*) => {
        /// The stable codes. A code never changes its meaning; its words may.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $(#[doc = $en] $name,)* }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The row of the table.
            pub fn row(self) -> &'static ProblemRow {
                match self { $(Self::$name => &ProblemRow {
                    code: $code, status: $status, title: Term { id: $id, en: $en }, remedy: Term { id: $remedy_id, en: $remedy_en },
                },)* }
            }
        }
    };
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.row().code)
    }
}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        codes::schema(
            "Code of a refusal: `GET /problems/{code}` gives its cause and its remedy.",
            Self::ALL.iter().map(|code| code.row().code),
        )
    }
}

impl ToSchema for Code {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ProblemCode")
    }
}

/// One row of the table of refusals.
#[derive(Debug)]
pub struct ProblemRow {
    /// The stable code.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The title.
    pub title: Term,
    /// The remedy for the caller.
    pub remedy: Term,
}

#[rustfmt::skip]
codes! {
//  name                  status  code                       title
//  title                                          remedy
//  remedy
    MalformedBody         400     "malformed_body"           "Isi permintaan tidak dapat dibaca"             "The body cannot be read"                      "Kirim JSON yang sah."                                                       "Send valid JSON.";
    InvalidParameter      400     "invalid_parameter"        "Parameter tidak sah"                           "A path or query parameter is wrong"           "Periksa nama dan nilai parameter."                                          "Check the names and values of the parameters.";
    InvalidCursor         400     "invalid_cursor"           "Kursor tidak sah"                              "The cursor is invalid or belongs to another list"  "Mulai lagi dari halaman pertama dengan filter yang sama."                   "Start again from the first page with the same filter.";
    Unauthenticated       401     "unauthenticated"          "Belum masuk"                                   "You are not signed in"                        "Masuk dahulu, lalu kirim token akses."                                      "Sign in and send the access token.";
    BadCredentials        401     "bad_credentials"          "Surel atau kata sandi salah"                   "Wrong e-mail or password"                     "Periksa surel dan kata sandi."                                              "Check the e-mail and the password.";
    BadSecondFactor       401     "bad_second_factor"        "Faktor kedua salah"                            "The second factor is wrong"                   "Kirim kode yang baru; setiap kode berlaku satu kali."                       "Send a new code; each code is valid once.";
    StepUpRequired        401     "step_up_required"         "Faktor kedua harus dibuktikan lagi"            "The second factor must be proved again"       "Buktikan faktor kedua dengan POST /api/v1/me/step-up, lalu ulangi dalam lima menit."  "Prove the second factor with POST /api/v1/me/step-up, then repeat within five minutes.";
    InvalidRefreshToken   401     "invalid_refresh_token"    "Token penyegar tidak berlaku"                  "The refresh token is not valid"               "Masuk kembali."                                                             "Sign in again.";
    BadReceiptCode        401     "bad_receipt_code"         "Kode tanda terima tidak berlaku"               "The receipt code is not valid"                "Periksa kode pada tanda terima. Kode pada slip harus diaktifkan terlebih dahulu; kode yang hilang tidak dapat diganti."  "Check the code on the receipt. A code from a slip must be activated first; a lost code cannot be replaced.";
    BadSignature          401     "bad_signature"            "Tanda tangan permintaan tidak sah"             "The request's signature is not valid"         "Tanda tangani isi mentah menurut Standard Webhooks dengan rahasia bersama." "Sign the raw body as Standard Webhooks, with the shared secret.";
    NotYourStep           403     "not_your_step"            "Bukan langkah Anda"                            "This step belongs to another role"            "Langkah ini dikerjakan oleh peran lain dalam SOP."                          "Another role of the SOP does this step.";
    FourEyes              403     "four_eyes"                "Asas empat mata: harus dikerjakan orang lain"  "Another person must do this (four eyes)"      "Minta pejabat lain yang berwenang."                                         "Ask another authorised official.";
    Forbidden             403     "forbidden"                "Tidak berwenang"                               "You may not do this"                          "Hubungi administrator bila ini memang tugas Anda."                          "Contact an administrator if this is your task.";
    SecondFactorRequired  403     "second_factor_required"   "Faktor kedua belum didaftarkan"                "A second factor must be enrolled first"       "Daftarkan aplikasi autentikator (POST /api/v1/me/mfa/totp) atau kunci sandi."  "Enrol an authenticator app (POST /api/v1/me/mfa/totp) or a passkey.";
    OriginNotAllowed      403     "origin_not_allowed"       "Asal halaman tidak diizinkan"                  "The page's origin is not allowed"             "Minta administrator menambahkan asal halaman itu (skema, host, porta) pada CORS_ORIGINS." "Ask an administrator to add the page's origin (scheme, host, port) to CORS_ORIGINS.";
    NotFound              404     "not_found"                "Tidak ditemukan"                               "Not found"                                    "Periksa alamatnya; mungkin Anda tidak berwenang melihatnya."                "Check the address; you may also lack access to it.";
    MethodNotAllowed      405     "method_not_allowed"       "Metode tidak tersedia di alamat ini"           "The method is not available here"             "Lihat header Allow."                                                        "See the Allow header.";
    OutOfOrder            409     "out_of_order"             "Berkas tidak pada tahap ini"                   "The file is not at this stage"                "Muat ulang berkas; lihat next untuk langkah berikutnya."                    "Reload the file; next lists the possible steps.";
    Overtaken             409     "overtaken"                "Berkas sudah diproses petugas lain"            "Another user has changed the file"            "Muat ulang berkas."                                                         "Reload the file.";
    Conflict              409     "conflict"                 "Bertentangan dengan data yang ada"             "The request conflicts with stored data"       "Lihat rincian."                                                             "See the detail.";
    ScheduleConflict      409     "schedule_conflict"        "Orangnya sudah bertugas pada hari itu"         "The person is booked on these days"           "Pilih orang atau hari lain; errors menyebut yang bertabrakan."               "Choose another person or other days; errors names the clashes.";
    Impartiality          409     "impartiality"             "Ketidakberpihakan terganggu"                   "Impartiality is at risk"                      "Pilih orang lain; errors menyebut siapa yang berhubungan dengan pelanggan."  "Choose another person; errors names those related to the customer.";
    CopyPending           409     "copy_pending"             "Salinan sedang dibuat"                         "The copy is being made"                       "Tunggu selama Retry-After, lalu minta lagi."                                "Wait for Retry-After, then ask again.";
    DisclosuresFrozen     409     "disclosures_frozen"       "Pembukaan sedang dibekukan"                    "Disclosures are frozen"                       "Tunggu sampai pelanggaran kerahasiaan ditutup; permintaan yang tertunda kemudian dilanjutkan."    "Wait until the breach of confidentiality is closed; pending requests then continue.";
    ExampleTariff         409     "example_tariff"           "Tarif contoh masih berlaku"                    "An example tariff is in force"                "Bendahara atau administrator mengimpor tarif yang berlaku (POST /tariffs/import), lalu ulangi." "The treasurer or an administrator imports the tariffs in force (POST /tariffs/import); then repeat.";
    ActivationUsed        409     "activation_used"          "Kode aktivasi sudah dipakai"                   "The activation code was used before"          "Bila bukan Anda yang memakainya, orang lain telah membaca slip itu; laporkan kepada penjaga identitas."  "If you did not use it, another person has read the slip; tell the identity custodian.";
    IdempotencyInFlight   409     "idempotency_in_flight"    "Permintaan yang sama sedang dikerjakan"        "The same request is still in progress"        "Ulangi sebentar lagi dengan kunci yang sama."                               "Repeat shortly with the same key.";
    StaleVersion          412     "stale_version"            "Versi sudah berubah"                           "The version has changed"                      "Muat ulang, lalu ulangi dengan ETag yang baru."                             "Reload, then repeat with the new ETag.";
    BodyTooLarge          413     "body_too_large"           "Isi permintaan terlalu besar"                  "The body is too large"                        "Kirim isi yang lebih kecil."                                                "Send a smaller body.";
    UnsupportedMediaType  415     "unsupported_media_type"   "Jenis isi tidak didukung"                      "The type of the body is not supported"        "Lihat jenis yang diterima dalam rincian."                                   "See the accepted types in the detail.";
    RangeNotSatisfiable   416     "range_not_satisfiable"    "Rentang di luar berkas"                        "The range lies outside the file"              "Lihat header Content-Range."                                                "See the Content-Range header.";
    InvalidContent        422     "invalid_content"          "Isi tidak sah"                                 "The content is not valid"                     "Perbaiki setiap butir dalam errors."                                        "Correct every item in errors.";
    IdempotencyMismatch   422     "idempotency_key_reused"   "Kunci idempotensi dipakai untuk isi lain"      "The idempotency key was used for other content" "Pakai kunci baru."                                                        "Use a new key.";
    SignatureRefused      422     "signature_refused"        "Tanda tangan ditolak"                          "The signature was refused"                    "Periksa NIK, passphrase dan sertifikat penanda tangan."                     "Check the signer's NIK, passphrase and certificate.";
    PreconditionRequired  428     "precondition_required"    "If-Match wajib dikirim"                        "If-Match is required"                         "Kirim ETag versi yang Anda ubah dalam If-Match."                            "Send the ETag of the version you change in If-Match.";
    TooManyRequests       429     "too_many_requests"        "Terlalu banyak permintaan"                     "Too many requests"                            "Tunggu selama Retry-After."                                                 "Wait for Retry-After.";
    Internal              500     "internal_error"           "Kesalahan di pihak kami"                       "The fault is ours"                            "Coba lagi; bila berulang, sebutkan trace_id."                               "Try again; if the error persists, report the trace_id.";
    SigningFailed         502     "signing_failed"           "Jawaban layanan tanda tangan tidak sah"        "The signing service returned an invalid answer"  "Coba lagi; bila berulang, beri tahu administrator. Tidak ada nomor yang terpakai." "Try again; if the error persists, tell an administrator. No number was used.";
    SigningUnavailable    503     "signing_unavailable"      "Layanan tanda tangan tidak menjawab"           "The signing service does not answer"          "Tunggu selama Retry-After, lalu ulangi. Tidak ada nomor yang terpakai."     "Wait for Retry-After, then repeat. No number was used.";
    Busy                  503     "busy"                     "Layanan sedang sibuk"                          "The service is busy"                          "Tunggu selama Retry-After."                                                 "Wait for Retry-After.";
    RequestTimeout        408     "request_timeout"          "Isi permintaan tidak diterima tepat waktu"     "The body did not arrive in time"              "Kirim ulang dengan koneksi yang lebih cepat."                               "Send it again over a faster connection.";
}

/// One fault of a body or of parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
    pub pointer: String,
    /// The stable code of the fault.
    pub code: &'static str,
    /// The description of the fault.
    pub detail: Text,
}

/// Builds a fault at `pointer`.
pub(crate) fn fault(
    pointer: impl Into<String>,
    code: &'static str,
    id: impl Into<Cow<'static, str>>,
    en: impl Into<Cow<'static, str>>,
) -> FieldError {
    FieldError {
        pointer: pointer.into(),
        code,
        detail: text(id, en),
    }
}

/// A refusal for the caller, or a stored reply that is sent instead of doing the work again.
#[derive(Debug)]
pub enum Error {
    /// A row of the table with the details of this case.
    Refused(Box<Refused>),
    /// The stored reply to an earlier request with the same `Idempotency-Key`.
    Replayed(Box<Replay>),
}

/// A row of the table with the details of this case.
#[derive(Debug)]
pub struct Refused {
    /// The row.
    pub code: Code,
    /// The details; without them the remedy of the row is sent.
    pub detail: Option<Text>,
    /// Every fault of the body or of the parameters.
    pub faults: Vec<FieldError>,
    /// Extra headers, such as `Retry-After`.
    pub headers: Vec<(&'static str, String)>,
    /// The cause, for the log only; never sent to the caller.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// A stored reply (Idempotency-Key).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replay {
    /// The status it had.
    pub status: u16,
    /// `Location`, if it had one.
    pub location: Option<String>,
    /// `ETag`, if it had one.
    pub etag: Option<String>,
    /// The JSON body, as text; none for an empty reply.
    pub body: Option<String>,
}

impl Error {
    /// A refusal with this code and without details.
    pub(crate) fn new(code: Code) -> Self {
        Self::Refused(Box::new(Refused {
            code,
            detail: None,
            faults: Vec::new(),
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// An internal error; the cause is logged.
    pub(crate) fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Code::Internal).change(|refused| refused.cause = Some(cause.into()))
    }

    /// A refusal for a server beside the service that cannot work at the moment; the cause is logged.
    pub(crate) fn busy(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Code::Busy)
            .header("retry-after", "1")
            .change(|refused| refused.cause = Some(cause.into()))
    }

    /// A 422 with these faults.
    pub(crate) fn invalid(faults: Vec<FieldError>) -> Self {
        Self::new(Code::InvalidContent).change(|refused| refused.faults = faults)
    }

    /// Adds details in both languages.
    #[must_use]
    pub(crate) fn detail(
        self,
        id: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) -> Self {
        let detail = text(id, en);
        self.change(|refused| refused.detail = Some(detail))
    }

    /// Adds these faults.
    #[must_use]
    pub(crate) fn faults(self, faults: Vec<FieldError>) -> Self {
        self.change(|refused| refused.faults = faults)
    }

    /// The faults of an `invalid_content` error.
    ///
    /// # Errors
    /// The error itself, if it is any other error.
    #[cfg(test)]
    pub(crate) fn into_faults(self) -> Result<Vec<FieldError>> {
        match self {
            Self::Refused(refused) if refused.code == Code::InvalidContent => Ok(refused.faults),
            other => Err(other),
        }
    }

    /// Sends `name: value` with the reply.
    #[must_use]
    pub(crate) fn header(self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        self.change(|refused| refused.headers.push((name, value)))
    }

    /// The code of a refusal; `None` for a stored reply.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused(refused) => Some(refused.code),
            Self::Replayed(_) => None,
        }
    }

    fn change(mut self, how: impl FnOnce(&mut Refused)) -> Self {
        if let Self::Refused(refused) = &mut self {
            how(refused);
        }
        self
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refused) => f.write_str(refused.code.row().code),
            Self::Replayed(_) => f.write_str("replayed"),
        }
    }
}

impl std::error::Error for Error {}

impl From<sqlx::Error> for Error {
    /// Expected constraint violations are mapped by name (`OnConstraint`) at their statement; all
    /// others are internal errors.
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::new(Code::NotFound),
            transient if is_transient(&transient) => Self::busy(transient),
            other => Self::internal(other),
        }
    }
}

/// Classes and codes of SQLSTATE that describe the state of the server and not the statement.
const TRANSIENT: [&str; 12] = [
    "08",    // connection exception
    "25006", // read-only transaction: a standby, a server in the middle of a failover, a disk that is nearly full
    "25P03", // idle-in-transaction timeout
    "25P04", // transaction timeout
    "40",    // deadlock, serialization failure
    "53",    // disk full, out of memory, too many connections
    "55006", // object in use
    "55P03", // lock not available
    "57014", // statement timeout
    "57P",   // shutdown, crash, starting up
    "58000", // system error
    "58030", // I/O error
];

/// True if the same request may succeed in a moment: the connection was lost, the server is
/// read-only, out of resources or stopping, or other transactions blocked this one too long. All
/// other errors are errors of the service or of the data.
fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(said) => said
            .code()
            .is_some_and(|code| TRANSIENT.iter().any(|class| code.starts_with(class))),
        // A connection that breaks in the middle of a message may end as any of these errors.
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        _ => false,
    }
}

/// Reads an absent value as `not_found`.
pub(crate) trait OrNotFound<T> {
    /// The value.
    ///
    /// # Errors
    /// `not_found`.
    fn or_not_found(self) -> Result<T>;
}

impl<T> OrNotFound<T> for Option<T> {
    fn or_not_found(self) -> Result<T> {
        self.ok_or_else(|| Error::new(Code::NotFound))
    }
}

/// Maps the violation of a named constraint to a refusal.
pub(crate) trait OnConstraint<T> {
    /// Returns `refusal()` if the statement violated the constraint `name`, else the original
    /// error.
    fn on_constraint(self, name: &str, refusal: impl FnOnce() -> Error) -> Result<T>;

    /// The same for the constraints `names`.
    fn on_constraints(self, names: &[&str], refusal: impl FnOnce() -> Error) -> Result<T>;
}

impl<T> OnConstraint<T> for std::result::Result<T, sqlx::Error> {
    fn on_constraint(self, name: &str, refusal: impl FnOnce() -> Error) -> Result<T> {
        self.on_constraints(&[name], refusal)
    }

    fn on_constraints(self, names: &[&str], refusal: impl FnOnce() -> Error) -> Result<T> {
        self.map_err(|error| {
            let broken = error
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::constraint);
            if broken.is_some_and(|broken| names.contains(&broken)) {
                refusal()
            } else {
                error.into()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_there_once_and_has_its_words() {
        let codes: std::collections::BTreeSet<_> =
            Code::ALL.iter().map(|code| code.row().code).collect();
        assert_eq!(codes.len(), Code::ALL.len());
        for row in Code::ALL.iter().map(|code| code.row()) {
            assert!((400..600).contains(&row.status), "{}", row.code);
            assert!(
                [row.title.id, row.title.en, row.remedy.id, row.remedy.en]
                    .iter()
                    .all(|words| !words.is_empty()),
                "{}",
                row.code
            );
        }
    }
}
