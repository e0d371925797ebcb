//! Every way the service says no: one table of code, status and words, and the `Error` that carries a row of it to the caller.
//! How an error becomes `application/problem+json` (RFC 9457) stands in `web::problem`.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A result of this service.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A text in the office's two languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Bahasa Indonesia: the default.
    pub id: Cow<'static, str>,
    /// English.
    pub en: Cow<'static, str>,
}

/// A text said in both languages.
pub fn text(id: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Text {
    Text {
        id: id.into(),
        en: en.into(),
    }
}

macro_rules! codes {
    ($($name:ident $status:literal $code:literal $id:literal $en:literal $remedy_id:literal $remedy_en:literal;)*) => {
        /// The stable codes. A code never changes its meaning; its words may.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $(#[doc = $en] $name,)* }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its row.
            #[must_use]
            pub fn row(self) -> &'static Row {
                match self { $(Self::$name => &Row {
                    code: $code, status: $status, title_id: $id, title_en: $en, remedy_id: $remedy_id, remedy_en: $remedy_en,
                },)* }
            }
        }
    };
}

/// One row of the table.
#[derive(Debug)]
pub struct Row {
    /// The stable code.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The title in Indonesian.
    pub title_id: &'static str,
    /// The title in English.
    pub title_en: &'static str,
    /// What the caller can do, in Indonesian.
    pub remedy_id: &'static str,
    /// What the caller can do, in English.
    pub remedy_en: &'static str,
}

#[rustfmt::skip]
codes! {
//  name                  status  code                       title                                           title                                          remedy                                                                       remedy
    MalformedBody         400     "malformed_body"           "Isi permintaan tidak dapat dibaca"             "The body cannot be read"                      "Kirim JSON yang sah."                                                       "Send valid JSON.";
    InvalidParameter      400     "invalid_parameter"        "Parameter tidak sah"                           "A path or query parameter is wrong"           "Periksa nama dan nilai parameter."                                          "Check the names and values of the parameters.";
    InvalidCursor         400     "invalid_cursor"           "Kursor tidak sah"                              "The cursor is not ours or not for this list"  "Mulai lagi dari halaman pertama dengan filter yang sama."                   "Start again from the first page with the same filter.";
    Unauthenticated       401     "unauthenticated"          "Belum masuk"                                   "You are not signed in"                        "Masuk dahulu, lalu kirim token akses."                                      "Sign in and send the access token.";
    BadCredentials        401     "bad_credentials"          "Surel atau kata sandi salah"                   "Wrong e-mail or password"                     "Periksa surel dan kata sandi."                                              "Check the e-mail and the password.";
    InvalidRefreshToken   401     "invalid_refresh_token"    "Token penyegar tidak berlaku"                  "The refresh token is not valid"               "Masuk kembali."                                                             "Sign in again.";
    BadReceiptCode        401     "bad_receipt_code"         "Kode tidak membuka apa pun"                    "The code opens nothing"                       "Periksa kode pada tanda terima; kode pada slip harus diaktifkan dulu, dan kode yang hilang tidak dapat dibuat ulang." "Check the code on the receipt; one from a slip must be activated first, and a lost one cannot be made anew.";
    NotYourStep           403     "not_your_step"            "Bukan langkah Anda"                            "This step is another's"                       "Langkah ini dikerjakan oleh peran lain dalam SOP."                          "Another role of the SOP does this step.";
    FourEyes              403     "four_eyes"                "Asas empat mata"                               "You drafted or initialled it yourself"        "Minta pejabat lain yang berwenang."                                         "Ask another person who may do it.";
    Forbidden             403     "forbidden"                "Tidak berwenang"                               "You may not do this"                          "Minta kepada administrator bila memang tugas Anda."                         "Ask an administrator if it is your task.";
    OriginNotAllowed      403     "origin_not_allowed"       "Asal halaman tidak diizinkan"                  "The page's origin is not allowed"             "Minta administrator menambahkan asal halaman itu (skema, host, porta) pada CORS_ORIGINS." "Ask an administrator to add the page's origin (scheme, host, port) to CORS_ORIGINS.";
    NotFound              404     "not_found"                "Tidak ditemukan"                               "Not found"                                    "Periksa alamatnya; mungkin juga bukan milik Anda."                          "Check the address; it may also not be yours to see.";
    MethodNotAllowed      405     "method_not_allowed"       "Metode tidak tersedia di alamat ini"           "The method is not available here"             "Lihat kepala Allow."                                                        "See the Allow header.";
    NotAcceptable         406     "not_acceptable"           "Bentuk yang diminta tidak tersedia"            "It is not served in that format"              "Minta salah satu bentuk dalam rincian."                                     "Ask for one of the formats in the detail.";
    OutOfOrder            409     "out_of_order"             "Berkas tidak pada tahap ini"                   "The file is not at this stage"                "Muat ulang berkas; lihat next untuk langkah berikutnya."                    "Reload the file; next says what can be done.";
    Overtaken             409     "overtaken"                "Didahului petugas lain"                        "Somebody else was first"                      "Muat ulang berkas."                                                         "Reload the file.";
    Conflict              409     "conflict"                 "Bertentangan dengan data yang ada"             "It clashes with what is stored"               "Lihat rincian."                                                             "See the detail.";
    DisclosuresFrozen     409     "disclosures_frozen"       "Pembukaan sedang dibekukan"                    "Disclosures are frozen"                       "Tunggu sampai pelanggaran kerahasiaan ditutup; permintaan yang menunggu berjalan lagi dari situ." "Wait until the breach of confidentiality is closed; a request that waits goes on from there.";
    ActivationUsed        409     "activation_used"          "Kode aktivasi sudah dipakai"                   "The activation code was used before"          "Bila bukan Anda, orang lain telah membaca slip itu; sampaikan kepada penjaga identitas." "If it was not you, somebody else has read the slip; tell the identity custodian.";
    IdempotencyInFlight   409     "idempotency_in_flight"    "Permintaan yang sama sedang dikerjakan"        "The same request is still being worked on"    "Ulangi sebentar lagi dengan kunci yang sama."                               "Repeat shortly with the same key.";
    StaleVersion          412     "stale_version"            "Versi sudah berubah"                           "The version has changed"                      "Muat ulang, lalu ulangi dengan ETag yang baru."                             "Reload, then repeat with the new ETag.";
    BodyTooLarge          413     "body_too_large"           "Isi permintaan terlalu besar"                  "The body is too large"                        "Kirim yang lebih kecil."                                                    "Send less.";
    UnsupportedMediaType  415     "unsupported_media_type"   "Jenis isi tidak didukung"                      "The type of the body is not supported"        "Lihat jenis yang diterima dalam rincian."                                   "See the accepted types in the detail.";
    RangeNotSatisfiable   416     "range_not_satisfiable"    "Rentang di luar berkas"                        "The range lies outside the file"              "Lihat kepala Content-Range."                                                "See the Content-Range header.";
    InvalidContent        422     "invalid_content"          "Isi tidak sah"                                 "The content is wrong"                         "Perbaiki setiap butir dalam errors."                                        "Mend every item in errors.";
    IdempotencyMismatch   422     "idempotency_key_reused"   "Kunci idempotensi dipakai untuk isi lain"      "The idempotency key was used for other content" "Pakai kunci baru."                                                        "Use a new key.";
    SignatureRefused      422     "signature_refused"        "Tanda tangan ditolak"                          "The signature was refused"                    "Periksa NIK, passphrase dan sertifikat penanda tangan."                     "Check the signer's NIK, passphrase and certificate.";
    PreconditionRequired  428     "precondition_required"    "If-Match wajib dikirim"                        "If-Match is required"                         "Kirim ETag versi yang Anda ubah dalam If-Match."                            "Send the ETag of the version you change in If-Match.";
    TooManyRequests       429     "too_many_requests"        "Terlalu banyak permintaan"                     "Too many requests"                            "Tunggu selama Retry-After."                                                 "Wait for Retry-After.";
    Internal              500     "internal_error"           "Kesalahan di pihak kami"                       "The fault is ours"                            "Coba lagi; bila berulang, sebutkan trace_id."                               "Try again; if it stays, tell us the trace_id.";
    SigningFailed         502     "signing_failed"           "Layanan tanda tangan menjawab keliru"          "The signing service answered wrongly"         "Coba lagi; bila berulang, beri tahu administrator. Tidak ada nomor yang terpakai." "Try again; if it stays, tell an administrator. No number was used.";
    SigningUnavailable    503     "signing_unavailable"      "Layanan tanda tangan tidak menjawab"           "The signing service does not answer"          "Tunggu selama Retry-After, lalu ulangi. Tidak ada nomor yang terpakai."     "Wait for Retry-After, then repeat. No number was used.";
    Busy                  503     "busy"                     "Sedang penuh"                                  "Too busy at the moment"                       "Tunggu selama Retry-After."                                                 "Wait for Retry-After.";
    RequestTimeout        408     "request_timeout"          "Isi permintaan tidak kunjung tiba"             "The body did not arrive in time"              "Kirim ulang lebih cepat."                                                   "Send it again, faster.";
}

/// One fault of a body: where, what, and in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// JSON pointer (RFC 6901) into the body, or `#query/name`.
    pub pointer: String,
    /// Stable code of the fault.
    pub code: &'static str,
    /// What is wrong.
    pub detail: Text,
}

/// A fault at `pointer`.
pub fn fault(
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

/// A refusal on its way to the caller, or a stored reply that stands in for doing the work again.
#[derive(Debug)]
pub enum Error {
    /// A row of the table with what is particular to this case.
    Refused(Box<Refused>),
    /// The same request was answered before: say the same again.
    Replayed(Box<Replay>),
}

/// A row of the table with what is particular to this case.
#[derive(Debug)]
pub struct Refused {
    /// The row.
    pub code: Code,
    /// What is particular; the title's remedy when none.
    pub detail: Option<Text>,
    /// Every fault of the body.
    pub faults: Vec<FieldError>,
    /// Extra headers, such as `Retry-After`.
    pub headers: Vec<(&'static str, String)>,
    /// The cause, for the log only; never sent.
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
    /// A refusal with this code and nothing particular.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self::Refused(Box::new(Refused {
            code,
            detail: None,
            faults: Vec::new(),
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// Our own fault; the cause goes to the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(Code::Internal).change(|refused| refused.cause = Some(cause.into()))
    }

    /// A 422 with these faults.
    #[must_use]
    pub fn invalid(faults: Vec<FieldError>) -> Self {
        Self::new(Code::InvalidContent).change(|refused| refused.faults = faults)
    }

    /// Says what is particular here, in both languages.
    #[must_use]
    pub fn detail(
        self,
        id: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) -> Self {
        let detail = text(id, en);
        self.change(|refused| refused.detail = Some(detail))
    }

    /// Lists these faults.
    #[must_use]
    pub fn faults(self, faults: Vec<FieldError>) -> Self {
        self.change(|refused| refused.faults = faults)
    }

    /// The faults of wrong content, for who goes on to look for more.
    ///
    /// # Errors
    /// The error itself, when it is about anything else.
    pub fn into_faults(self) -> Result<Vec<FieldError>> {
        match self {
            Self::Refused(refused) if refused.code == Code::InvalidContent => Ok(refused.faults),
            other => Err(other),
        }
    }

    /// Sends `name: value` with the reply.
    #[must_use]
    pub fn header(self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        self.change(|refused| refused.headers.push((name, value)))
    }

    /// The code, when it is a refusal.
    #[must_use]
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
    /// A constraint we expect is mapped by name where it is expected; here only what nobody foresaw is left.
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::new(Code::NotFound),
            passing if will_pass(&passing) => Self::new(Code::Busy)
                .header("retry-after", "1")
                .change(|refused| refused.cause = Some(passing.into())),
            other => Self::internal(other),
        }
    }
}

/// Classes and codes of SQLSTATE that tell of the server's state and not of the statement.
const PASSING: [&str; 12] = [
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

/// Whether the database was lost, only reads, lacks room, is being stopped, or others were in the way for too long: the same request may do better in a
/// moment. What remains is a fault of ours or of the data.
fn will_pass(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(said) => said
            .code()
            .is_some_and(|code| PASSING.iter().any(|class| code.starts_with(class))),
        // What a connection that broke in the middle of a message may end as.
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

/// Turns the violation of a named constraint into a refusal of our own.
pub trait OnConstraint<T> {
    /// If the statement failed on the constraint `name`, the error is what `refusal` says.
    ///
    /// # Errors
    /// That refusal, or the statement's own error.
    fn on_constraint(self, name: &str, refusal: impl FnOnce() -> Error) -> Result<T>;
}

impl<T> OnConstraint<T> for std::result::Result<T, sqlx::Error> {
    fn on_constraint(self, name: &str, refusal: impl FnOnce() -> Error) -> Result<T> {
        self.map_err(|error| {
            let broken = error
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::constraint);
            if broken == Some(name) {
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
                [row.title_id, row.title_en, row.remedy_id, row.remedy_en]
                    .iter()
                    .all(|words| !words.is_empty()),
                "{}",
                row.code
            );
        }
    }
}
