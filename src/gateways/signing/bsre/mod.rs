//! The provider `bsre`: the national e-sign client service, version 2, which an office runs beside
//! its applications. Basic authentication; JSON with the PDF in Base64. The signer's NIK and
//! passphrase go only into the request; no text of the service is logged or passed on.

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
    Refusal, SignRequest, SignResponse, SignatureProperties, StatusRequest, StatusResponse,
    VerifyRequest, VerifyResponse,
};
use super::SignatureRequest;
use super::credentials::{Credentials, Nik, Passphrase};
use super::failure::SigningFailure;
use crate::error::{Error, Result};

/// Timeout for connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Timeout of one request. The transaction of the step stays open in the meantime and ends after
/// thirty seconds without a statement.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(12);
/// Largest response in bytes: a letter in Base64 is about one hundredth of it.
const MAX_RESPONSE: usize = 32 << 20;
/// Status of a certificate that can sign.
const ISSUED: &str = "ISSUE";
/// Status values that say nothing about the signer.
const NO_STATUS: [&str; 3] = ["", "ERROR", "FAILED"];
/// Conclusions for a file with valid signatures: fully trusted, or with warnings about the trust.
const VALID_CONCLUSIONS: [&str; 2] = ["VALID", "WARNING"];

/// A client of the service. Cheap to clone.
#[derive(Clone)]
pub struct Bsre {
    client: Client,
    url: String,
    /// `Authorization`, marked as sensitive.
    authorization: header::HeaderValue,
}

impl Bsre {
    /// Creates a client of the service at `url` with user and password.
    ///
    /// # Errors
    /// When user or password cannot be in a header, or no client can be created.
    pub fn new(url: &str, user: &str, password: &str) -> Result<Self> {
        let basic = Zeroizing::new(format!(
            "Basic {}",
            STANDARD.encode(Zeroizing::new(format!("{user}:{password}")).as_bytes())
        ));
        let mut authorization = header::HeaderValue::from_str(&basic).map_err(Error::internal)?;
        authorization.set_sensitive(true);
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        Ok(Self {
            client: client.build().map_err(Error::internal)?,
            url: url.trim_end_matches('/').to_owned(),
            authorization,
        })
    }

    /// Checks that the signer has a certificate that can sign now.
    ///
    /// # Errors
    /// When credentials or the certificate are missing, or the service does not answer.
    pub async fn check_signer(&self, credentials: &Credentials) -> Result<(), SigningFailure> {
        let (nik, _) = require(credentials)?;
        let status: StatusResponse = self
            .post(
                "/api/v2/user/check/status",
                &StatusRequest { nik: nik.expose() },
            )
            .await?;
        match status.status.to_ascii_uppercase().as_str() {
            ISSUED => return Ok(()),
            status if NO_STATUS.contains(&status) => {
                return Err(SigningFailure::broken(
                    None,
                    "the response contains no status of the signer",
                ));
            }
            _ => {}
        }
        Err(SigningFailure::refused(
            None,
            "Penanda tangan tidak memiliki sertifikat elektronik yang dapat dipakai; perbarui di BSrE.",
            "The signer has no certificate that can sign; renew it with the national authority.",
        ))
    }

    /// Signs the PDF of `signature_request` and has the service verify the signature.
    ///
    /// # Errors
    /// When the service refuses, does not answer, or returns a file that is not a signed copy.
    pub async fn sign(
        &self,
        signature_request: &SignatureRequest,
        credentials: &Credentials,
    ) -> Result<Vec<u8>, SigningFailure> {
        let (nik, passphrase) = require(credentials)?;
        let properties = SignatureProperties::invisible(
            &signature_request.place,
            &signature_request.reason,
            &signature_request.verify_url,
        );
        let request = SignRequest {
            nik: nik.expose(),
            passphrase: passphrase.expose(),
            signature_properties: [properties],
            file: [STANDARD.encode(&signature_request.pdf)],
        };
        let signed: SignResponse = self.post("/api/v2/sign/pdf", &request).await?;
        let [file] = signed.file.as_slice() else {
            return Err(SigningFailure::broken(
                None,
                "the response does not contain exactly one file",
            ));
        };
        let pdf = STANDARD
            .decode(file)
            .map_err(|_| SigningFailure::broken(None, "the returned file is not Base64"))?;
        if !is_signed_copy(&signature_request.pdf, &pdf) {
            return Err(SigningFailure::broken(
                None,
                "the returned file is not a signed copy of the letter",
            ));
        }
        let verdict: VerifyResponse = self
            .post("/api/v2/verify/pdf", &VerifyRequest { file })
            .await?;
        if VALID_CONCLUSIONS.contains(&verdict.conclusion.as_str()) {
            Ok(pdf)
        } else {
            Err(SigningFailure::broken(
                None,
                "the service rejects its own signature",
            ))
        }
    }

    /// Sends one request. Its buffer is wiped afterwards.
    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, SigningFailure> {
        let body = Zeroizing::new(
            serde_json::to_vec(body)
                .map_err(|_| SigningFailure::broken(None, "a request could not be written"))?,
        );
        let request = self.client.post(format!("{}{path}", self.url));
        let request = request
            .header(header::AUTHORIZATION, self.authorization.clone())
            .header(header::CONTENT_TYPE, "application/json");
        let answer = request
            .body(Bytes::from_owner(body))
            .send()
            .await
            .map_err(|_| SigningFailure::unavailable(None))?;
        let status = answer.status();
        let bytes = read_body(answer).await?;
        if status.is_success() {
            return serde_json::from_slice(&bytes).map_err(|_| {
                SigningFailure::broken(
                    Some(status.as_u16()),
                    "the response has an unexpected structure",
                )
            });
        }
        Err(map_refusal(
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

async fn read_body(mut answer: reqwest::Response) -> Result<Vec<u8>, SigningFailure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|_| SigningFailure::unavailable(None))?
    {
        if bytes.len() + chunk.len() > MAX_RESPONSE {
            return Err(SigningFailure::broken(None, "the response is too large"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn require(credentials: &Credentials) -> Result<(&Nik, &Passphrase), SigningFailure> {
    credentials
        .nik
        .as_ref()
        .zip(credentials.passphrase.as_ref())
        .ok_or_else(|| SigningFailure::internal(Error::invalid(credentials.missing())))
}

/// Maps an unsuccessful response. Only a response about the signer's NIK, passphrase or certificate
/// is the signer's fault: the service also answers 400 to an unreadable PDF, and the credentials of
/// the office are not the signer's.
fn map_refusal(status: StatusCode, said: &Refusal) -> SigningFailure {
    let number = said.number().or(Some(status.as_u16()));
    match status {
        StatusCode::REQUEST_TIMEOUT
        | StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => SigningFailure::unavailable(number),
        _ if said.concerns_signer() => SigningFailure::refused(
            number,
            "Layanan tanda tangan elektronik menolak NIK, passphrase, atau sertifikatnya.",
            "The e-sign service does not accept the NIK, the passphrase or the certificate.",
        ),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
            SigningFailure::broken(
                number,
                "the service does not know this office, or not at this address",
            )
        }
        status if status.is_client_error() => SigningFailure::broken(
            number,
            "the service rejects the request, such as the PDF or the position of the signature",
        ),
        _ => SigningFailure::broken(number, "the service failed"),
    }
}

/// True if `signed` begins with `letter`, byte for byte, and adds a signature dictionary
/// (`/ByteRange`). The signed letter must be the one that was initialled.
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

    /// Only an answer about NIK, passphrase or certificate is the signer's fault.
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
                map_refusal(StatusCode::from_u16(status).unwrap(), &said).outcome,
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
