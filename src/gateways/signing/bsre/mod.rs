//! The provider `bsre`: the national e-sign client service, version 2, which an office runs beside its applications. Basic authentication, JSON with the PDF in
//! Base64. The signer's NIK and passphrase go into the request and nowhere else; nothing the service says in words is logged or passed on.

mod wire;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::{Client, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use self::wire::{
    Conclusion, Refusal, SignRequest, SignatureProperties, Signed, Status, StatusRequest,
    VerifyRequest,
};
use super::Order;
use super::credentials::{Credentials, Nik, Passphrase};
use super::failure::Failure;
use crate::error::{Error, Result};

/// How long the service may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// How long one exchange may take: the transaction of the step is open meanwhile, and gives up after thirty seconds of silence.
const PATIENCE: Duration = Duration::from_secs(12);
/// The largest answer: a letter in Base64 is a hundredth of it.
const LARGEST: usize = 32 << 20;
/// What the service calls a certificate that can sign.
const ISSUED: &str = "ISSUE";
/// Answers to the question for the status that say nothing about the signer.
const NO_STATUS: [&str; 3] = ["", "ERROR", "FAILED"];
/// What it calls a file whose signatures hold, with everything it knows about their trust or without.
const HOLDS: [&str; 2] = ["VALID", "WARNING"];

/// A client of the service. Cheap to clone.
#[derive(Clone)]
pub struct Bsre {
    client: Client,
    url: String,
    /// `Authorization`, marked as sensitive.
    authorization: header::HeaderValue,
}

impl Bsre {
    /// A client of the service at `url`, as this user.
    ///
    /// # Errors
    /// When user or password cannot stand in a header, or no client can be made.
    pub fn new(url: &str, user: &str, password: &str) -> Result<Self> {
        let basic = Zeroizing::new(format!(
            "Basic {}",
            STANDARD.encode(Zeroizing::new(format!("{user}:{password}")).as_bytes())
        ));
        let mut authorization = header::HeaderValue::from_str(&basic).map_err(Error::internal)?;
        authorization.set_sensitive(true);
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        Ok(Self {
            client: client.build().map_err(Error::internal)?,
            url: url.trim_end_matches('/').to_owned(),
            authorization,
        })
    }

    /// Asks whether the signer has a certificate that can sign now.
    ///
    /// # Errors
    /// When there are no credentials, no such certificate, or no answer.
    pub async fn check_signer(&self, credentials: &Credentials) -> Result<(), Failure> {
        let (nik, _) = both(credentials)?;
        let status: Status = self
            .ask(
                "/api/v2/user/check/status",
                &StatusRequest { nik: nik.expose() },
            )
            .await?;
        match status.status.to_ascii_uppercase().as_str() {
            ISSUED => return Ok(()),
            status if NO_STATUS.contains(&status) => {
                return Err(Failure::broken(
                    None,
                    "its answer names no status of the signer",
                ));
            }
            _ => {}
        }
        Err(Failure::refused(
            None,
            "Penanda tangan tidak memiliki sertifikat elektronik yang dapat dipakai; perbarui di BSrE.",
            "The signer has no certificate that can sign; renew it with the national authority.",
        ))
    }

    /// The PDF of `order`, signed, and found to be signed by the service itself.
    ///
    /// # Errors
    /// When the service says no, does not answer, or gives back what is no signed copy.
    pub async fn sign(&self, order: &Order, credentials: &Credentials) -> Result<Vec<u8>, Failure> {
        let (nik, passphrase) = both(credentials)?;
        let properties =
            SignatureProperties::invisible(&order.place, &order.reason, &order.check_at);
        let request = SignRequest {
            nik: nik.expose(),
            passphrase: passphrase.expose(),
            signature_properties: [properties],
            file: [STANDARD.encode(&order.pdf)],
        };
        let signed: Signed = self.ask("/api/v2/sign/pdf", &request).await?;
        let [file] = signed.file.as_slice() else {
            return Err(Failure::broken(None, "it gave back not one file"));
        };
        let pdf = STANDARD
            .decode(file)
            .map_err(|_| Failure::broken(None, "its file is no Base64"))?;
        if !is_signed_copy(&order.pdf, &pdf) {
            return Err(Failure::broken(
                None,
                "its file is no signed copy of the letter",
            ));
        }
        let verdict: Conclusion = self
            .ask("/api/v2/verify/pdf", &VerifyRequest { file })
            .await?;
        if HOLDS.contains(&verdict.conclusion.as_str()) {
            Ok(pdf)
        } else {
            Err(Failure::broken(
                None,
                "it does not hold its own signature good",
            ))
        }
    }

    /// One exchange. The buffer of the request is wiped once it is sent.
    async fn ask<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        let body = Zeroizing::new(
            serde_json::to_vec(body)
                .map_err(|_| Failure::broken(None, "a request could not be written"))?,
        );
        let request = self.client.post(format!("{}{path}", self.url));
        let request = request
            .header(header::AUTHORIZATION, self.authorization.clone())
            .header(header::CONTENT_TYPE, "application/json");
        let answer = request
            .body(Bytes::from_owner(body))
            .send()
            .await
            .map_err(|_| Failure::unavailable(None))?;
        let status = answer.status();
        let bytes = read(answer).await?;
        if status.is_success() {
            return serde_json::from_slice(&bytes).map_err(|_| {
                Failure::broken(
                    Some(status.as_u16()),
                    "its answer is not of the shape it should have",
                )
            });
        }
        Err(refusal(
            status,
            &serde_json::from_slice(&bytes).unwrap_or_default(),
        ))
    }
}

impl std::fmt::Debug for Bsre {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bsre(secret)")
    }
}

async fn read(mut answer: reqwest::Response) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|_| Failure::unavailable(None))?
    {
        if bytes.len() + chunk.len() > LARGEST {
            return Err(Failure::broken(None, "its answer is too large"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn both(credentials: &Credentials) -> Result<(&Nik, &Passphrase), Failure> {
    credentials
        .nik
        .as_ref()
        .zip(credentials.passphrase.as_ref())
        .ok_or_else(|| Failure::of_our_own(Error::invalid(credentials.missing())))
}

/// Maps an answer that is no success. Only an answer that names the signer's NIK, passphrase or certificate is the signer's fault: the service answers 400 to
/// a PDF it cannot read, too, and the credentials of the office at the service are not the signer's.
fn refusal(status: StatusCode, said: &Refusal) -> Failure {
    let number = said.number().or(Some(status.as_u16()));
    match status {
        StatusCode::REQUEST_TIMEOUT
        | StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Failure::unavailable(number),
        _ if said.blames_the_signer() => Failure::refused(
            number,
            "Layanan tanda tangan elektronik menolak NIK, passphrase, atau sertifikatnya.",
            "The e-sign service does not accept the NIK, the passphrase or the certificate.",
        ),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
            Failure::broken(
                number,
                "it does not know this office, or not at this address",
            )
        }
        status if status.is_client_error() => Failure::broken(
            number,
            "it does not accept the request, such as the PDF or where the signature goes",
        ),
        _ => Failure::broken(number, "it failed"),
    }
}

/// Whether `signed` is a PDF that goes beyond `letter` and says what a signature in it covers. The letter itself must still be in it, byte for byte: what was
/// initialled is what is signed.
fn is_signed_copy(letter: &[u8], signed: &[u8]) -> bool {
    let Some(update) = signed.strip_prefix(letter) else {
        return false;
    };
    update.windows(10).any(|window| window == b"/ByteRange")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateways::signing::Outcome;

    /// Row 38: only an answer about NIK, passphrase or certificate is the signer's fault.
    #[test]
    fn only_an_answer_about_the_signer_is_the_signers_fault() {
        let table = [
            (
                400,
                r#"{"error": "Proses signing gagal : passphrase anda salah", "status_code": 2031}"#,
                Outcome::Refused,
            ),
            (
                400,
                r#"{"message": "Passphrase Anda salah"}"#,
                Outcome::Refused,
            ),
            (
                500,
                r#"{"error": "Passphrase anda salah", "status_code": "2031"}"#,
                Outcome::Refused,
            ),
            (
                400,
                r#"{"error": "User tidak terdaftar", "status_code": 2011}"#,
                Outcome::Refused,
            ),
            (
                404,
                r#"{"error": "User tidak ditemukan", "status_code": 2011}"#,
                Outcome::Refused,
            ),
            (400, r#"{"error": "NIK belum terdaftar"}"#, Outcome::Refused),
            (
                400,
                r#"{"error": "Sertifikat kedaluwarsa", "status_code": 2021}"#,
                Outcome::Refused,
            ),
            (
                400,
                r#"{"error": "Sertifikat sudah dicabut"}"#,
                Outcome::Refused,
            ),
            (
                400,
                r#"{"error": "File PDF tidak valid", "status_code": 2041}"#,
                Outcome::Broken,
            ),
            (
                400,
                r#"{"error": "Invalid PDF: missing passphrase for encrypted document"}"#,
                Outcome::Broken,
            ),
            (
                400,
                r#"{"error": "signatureProperties tidak lengkap", "status_code": 2051}"#,
                Outcome::Broken,
            ),
            (
                400,
                r#"{"error": "PDF sudah memiliki sertifikat"}"#,
                Outcome::Broken,
            ),
            (400, r#"{"error": {"deep": 1}}"#, Outcome::Broken),
            (400, "[]", Outcome::Broken),
            (400, "<html>Bad Request</html>", Outcome::Broken),
            (
                401,
                r#"{"error": "Unauthorized", "status_code": 401}"#,
                Outcome::Broken,
            ),
            (403, "{}", Outcome::Broken),
            (404, "{}", Outcome::Broken),
            (413, "{}", Outcome::Broken),
            (415, "{}", Outcome::Broken),
            (422, "{}", Outcome::Broken),
            (500, "{}", Outcome::Broken),
            (302, "", Outcome::Broken),
            (408, "{}", Outcome::Unavailable),
            (429, "{}", Outcome::Unavailable),
            (502, "{}", Outcome::Unavailable),
            (503, "{}", Outcome::Unavailable),
            (504, "{}", Outcome::Unavailable),
        ];
        for (status, body, outcome) in table {
            let said = serde_json::from_str(body).unwrap_or_default();
            assert_eq!(
                refusal(StatusCode::from_u16(status).unwrap(), &said).outcome,
                outcome,
                "{status} {body}"
            );
        }
    }

    #[test]
    fn a_signed_copy_begins_with_the_letter_and_goes_on_with_a_signature() {
        let letter = b"%PDF-1.7 a letter %%EOF\n";
        assert!(is_signed_copy(
            letter,
            b"%PDF-1.7 a letter %%EOF\n9 0 obj <</ByteRange [0 1 2 3]>> %%EOF"
        ));
        for other in [
            &letter[..],
            b"",
            b"%PDF-1.7 A letter %%EOF\n9 0 obj <</ByteRange [0 1 2 3]>> %%EOF",
        ] {
            assert!(!is_signed_copy(letter, other));
        }
    }
}
