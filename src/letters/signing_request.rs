//! A request to sign a letter: the signer's credentials, the signing provider and the record of the
//! attempt. A failed attempt is stored in its own transaction, after the step was rolled back.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use serde::Deserialize;
use uuid::Uuid;

use super::Letters;
use super::letter::LetterKind;
use super::signing_queue::SigningTurn;
use super::store;
use super::views::NewAttempt;
use crate::casework::desk::{Desk, OpenFile};
use crate::casework::workflow::Workflow;
use crate::error::{Error, FieldError, Result};
use crate::gateways::signing::{
    Credentials, Nik, Outcome, Passphrase, SignatureRequest, SigningFailure,
};
use crate::identity::{Identity, key_body_digest};
use crate::ids::{ApplicationId, OfficeId};
use crate::sop::role::Role;
use crate::typesetting::Typesetter;
use crate::web::body::Validate;
use crate::web::{Body, Reply, provided};

/// The signer's credentials. Both members are required if the national service signs, and neither
/// if the office's own test authority signs.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureForm {
    /// NIK of the signer: sixteen digits. Sent to the provider and never stored.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{16}$", example = "1671010101900001", write_only)]
    pub nik: Option<Nik>,
    /// Passphrase of the signer's certificate. Sent to the provider and never stored.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "#1234Rahasia*", write_only)]
    pub passphrase: Option<Passphrase>,
}

impl Validate for SignatureForm {
    fn errors(&self) -> Vec<FieldError> {
        let (nik, passphrase) = (self.nik.as_ref(), self.passphrase.as_ref());
        [
            nik.and_then(Nik::field_error),
            passphrase.and_then(Passphrase::field_error),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// One request to sign a letter.
pub struct SigningRequest {
    letters: Letters,
    typesetter: Typesetter,
    credentials: Credentials,
    desk: Desk,
    attempt_state: RefCell<SigningAttempt>,
    turn: Option<SigningTurn>,
}

/// The letter being signed, and the provider's result so far.
#[derive(Default, Clone, Copy)]
struct SigningAttempt {
    letter: Option<(LetterKind, Option<ApplicationId>)>,
    ended: Option<(Outcome, Option<u16>)>,
}

impl SigningRequest {
    /// Creates the signing request of the user of `desk`, for a step with more than credentials in
    /// its body. With an `Idempotency-Key`, only a keyed digest (HMAC) of the body is stored: a
    /// plain digest would help an attacker to guess the passphrase.
    pub fn new(desk: &Desk, credentials: Credentials) -> Result<Self> {
        let request = desk.request();
        key_body_digest(request, &provided::<Identity>(request)?);
        let (letters, typesetter) = (provided(request)?, provided(request)?);
        Ok(Self {
            letters,
            typesetter,
            credentials,
            desk: desk.clone(),
            attempt_state: RefCell::default(),
            turn: None,
        })
    }

    /// Takes the file for `task`, which gives a letter the next number of a register, after waiting
    /// for a turn in the signing queue. The turn lasts until the file is handed over. A user
    /// without a role for `task` is refused without waiting.
    pub async fn take<W: Workflow>(&mut self, id: W::Id, task: W) -> Result<OpenFile<W>> {
        if Role::all().any(|role| {
            self.desk.signed_in().roles.has(role) && W::sop().row(task).actor.admits(role)
        }) {
            self.turn = Some(self.letters.queue.acquire().await?);
        }
        self.desk.take(id, task).await
    }

    /// Prepares the provider for a letter of this kind, before the letter's number is taken, so
    /// that an unable signer is refused early.
    ///
    /// # Errors
    /// `invalid_content` if a required credential is missing; otherwise the provider's refusal.
    pub async fn prepare(
        &self,
        kind: LetterKind,
        application: Option<ApplicationId>,
    ) -> Result<()> {
        let missing = self.credentials.missing();
        if self.letters.signing.needs_credentials() && !missing.is_empty() {
            return Err(Error::invalid(missing));
        }
        self.attempt_state.replace(SigningAttempt {
            letter: Some((kind, application)),
            ended: None,
        });
        self.letters
            .signing
            .prepare(&self.credentials)
            .await
            .map_err(|failure| self.record_failure(failure))
    }

    /// Has the letter of `order` signed.
    pub(super) async fn sign(&self, order: &SignatureRequest) -> Result<Vec<u8>> {
        let signed = self
            .letters
            .signing
            .sign(order, &self.credentials)
            .await
            .map_err(|failure| self.record_failure(failure))?;
        // Until the transaction commits, the signed letter may still be discarded.
        self.attempt_state.borrow_mut().ended = Some((Outcome::NotKept, None));
        Ok(signed)
    }

    /// Hands the file over at the stage in `signed`, or stores why the signature failed.
    pub async fn hand_over<W: Workflow>(
        self,
        file: OpenFile<W>,
        signed: Result<W::Stage>,
    ) -> Result<Reply<W::View>> {
        let done = match signed {
            Ok(stage) => file.hand_over(stage).await,
            Err(error) => {
                // Roll back before the attempt is stored.
                drop(file);
                Err(error)
            }
        };
        let ended = self.attempt_state.borrow().ended;
        if let (Err(_), Some((outcome, number))) = (&done, ended) {
            self.store_attempt(&self.new_attempt(outcome, number)).await;
        }
        done
    }

    async fn store_attempt(&self, attempt: &NewAttempt) {
        let recorded = async {
            let mut transaction = self.desk.database().begin().await?;
            store::attempts::add(&mut transaction, attempt).await?;
            transaction.commit().await
        };
        if recorded.await.is_err() {
            tracing::warn!("an attempt to sign a letter could not be recorded");
        }
    }

    fn record_failure(&self, failure: SigningFailure) -> Error {
        self.attempt_state.borrow_mut().ended = Some((failure.outcome, failure.number));
        failure.into_error()
    }

    pub(super) fn new_attempt(&self, outcome: Outcome, number: Option<u16>) -> NewAttempt {
        let (kind, application) = self
            .attempt_state
            .borrow()
            .letter
            .unwrap_or((LetterKind::AuditNotice, None));
        let provider = self.provider();
        let (signer, at) = (self.desk.signed_in(), self.desk.request_time().now);
        NewAttempt {
            id: Uuid::new_v4(),
            office: signer.office,
            kind,
            application,
            by: signer.user,
            provider,
            outcome,
            number,
            at,
        }
    }

    pub(super) fn letters(&self) -> &Letters {
        &self.letters
    }

    pub(super) fn provider(&self) -> &'static str {
        self.letters.signing.code()
    }

    pub(super) fn typesetter(&self) -> &Typesetter {
        &self.typesetter
    }

    pub(super) fn office(&self) -> OfficeId {
        self.desk.signed_in().office
    }
}

impl FromRequest for SigningRequest {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    /// The body is optional.
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let desk = Desk::from_request(&request, &mut payload).await?;
            let form = if has_body(&request) {
                Body::<SignatureForm>::from_request(&request, &mut payload)
                    .await?
                    .0
            } else {
                SignatureForm::default()
            };
            Self::new(
                &desk,
                Credentials {
                    nik: form.nik,
                    passphrase: form.passphrase,
                },
            )
        })
    }
}

/// True if the request has a body (RFC 9112, section 6.3). A `Content-Type` alone does not announce
/// a body.
fn has_body(request: &HttpRequest) -> bool {
    let headers = request.headers();
    headers
        .get(header::CONTENT_LENGTH)
        .is_some_and(|length| length.as_bytes() != b"0")
        || headers.contains_key(header::TRANSFER_ENCODING)
}
