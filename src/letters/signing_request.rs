//! The pen of whoever signs: what they prove themselves with, the provider, and the record of the attempt. It comes with the request that signs a letter, and
//! an attempt that fails is written down after the step was rolled back, in a transaction of its own.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use serde::Deserialize;
use uuid::Uuid;

use super::Letters;
use super::kind::LetterKind;
use super::signing_queue::SigningTurn;
use super::store;
use super::views::NewAttempt;
use crate::casework::desk::{Desk, OpenFile};
use crate::casework::workflow::Workflow;
use crate::error::{Error, FieldError, Result};
use crate::gateways::signing::{Credentials, Failure, Nik, Order, Outcome, Passphrase};
use crate::identity::{Identity, keep_secret};
use crate::ids::{ApplicationId, OfficeId};
use crate::sop::role::Role;
use crate::typesetting::Typesetter;
use crate::web::body::Validate;
use crate::web::{Body, Reply, provided};

/// What a signer sends along. Both are needed where the national service signs; nothing is needed where the office's own authority does.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureForm {
    /// NIK of the signer: sixteen digits. Passed on to the provider, kept nowhere.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{16}$", example = "1671010101900001", write_only)]
    pub nik: Option<Nik>,
    /// The passphrase of the signer's certificate. Passed on to the provider, kept nowhere.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "#1234Rahasia*", write_only)]
    pub passphrase: Option<Passphrase>,
}

impl Validate for SignatureForm {
    fn errors(&self) -> Vec<FieldError> {
        let (nik, passphrase) = (self.nik.as_ref(), self.passphrase.as_ref());
        [
            nik.and_then(Nik::fault),
            passphrase.and_then(Passphrase::fault),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// The pen of one request.
pub struct SigningRequest {
    letters: Letters,
    typesetter: Typesetter,
    credentials: Credentials,
    desk: Desk,
    about: RefCell<About>,
    turn: Option<SigningTurn>,
}

/// What is being signed, and how far the provider got with it.
#[derive(Default, Clone, Copy)]
struct About {
    letter: Option<(LetterKind, Option<ApplicationId>)>,
    ended: Option<(Outcome, Option<u16>)>,
}

impl SigningRequest {
    /// The pen of whoever is at `desk`, for a step whose body holds more than credentials. What is kept of that body under an `Idempotency-Key` is a
    /// digest under a key of ours: a bare one would help to guess a passphrase.
    ///
    /// # Errors
    /// Our own fault when `app.rs` forgot a part.
    pub fn at(desk: &Desk, credentials: Credentials) -> Result<Self> {
        let request = desk.request();
        keep_secret(request, &provided::<Identity>(request)?);
        let (letters, typesetter) = (provided(request)?, provided(request)?);
        Ok(Self {
            letters,
            typesetter,
            credentials,
            desk: desk.clone(),
            about: RefCell::default(),
            turn: None,
        })
    }

    /// Takes the file to do `task`, which gives a letter the next number of a register, once it is this signer's turn. It lasts until the file is handed
    /// over. Who cannot do the task at all is told so without waiting.
    ///
    /// # Errors
    /// `busy` when too many wait; as taking it from the desk.
    pub async fn take<W: Workflow>(&mut self, id: W::Id, task: W) -> Result<OpenFile<W>> {
        if Role::all()
            .any(|role| self.desk.who().roles.has(role) && W::sop().row(task).actor.admits(role))
        {
            self.turn = Some(self.letters.turns.wait().await?);
        }
        self.desk.take(id, task).await
    }

    /// Takes the pen up for a letter of this kind, before its number is taken: a signer who cannot sign is told now.
    ///
    /// # Errors
    /// `invalid_content` when the provider asks for what was not sent; what the provider says of the signer.
    pub async fn prepare(
        &self,
        kind: LetterKind,
        application: Option<ApplicationId>,
    ) -> Result<()> {
        let missing = self.credentials.missing();
        if self.letters.signing.asks_for_credentials() && !missing.is_empty() {
            return Err(Error::invalid(missing));
        }
        self.about.replace(About {
            letter: Some((kind, application)),
            ended: None,
        });
        self.letters
            .signing
            .prepare(&self.credentials)
            .await
            .map_err(|failure| self.failed(failure))
    }

    /// The letter of `order`, signed.
    ///
    /// # Errors
    /// What the provider says.
    pub(super) async fn sign(&self, order: &Order) -> Result<Vec<u8>> {
        let signed = self
            .letters
            .signing
            .sign(order, &self.credentials)
            .await
            .map_err(|failure| self.failed(failure))?;
        // Until it is committed it may still be thrown away.
        self.about.borrow_mut().ended = Some((Outcome::NotKept, None));
        Ok(signed)
    }

    /// Hands the file over to what `signed` says, or records why it was not signed.
    ///
    /// # Errors
    /// Why it was not signed, or not handed over.
    pub async fn hand_over<W: Workflow>(
        self,
        file: OpenFile<W>,
        signed: Result<W::Stage>,
    ) -> Result<Reply<W::View>> {
        let done = match signed {
            Ok(stage) => file.hand_over(stage).await,
            Err(error) => {
                // Rolled back before anything else is written.
                drop(file);
                Err(error)
            }
        };
        let ended = self.about.borrow().ended;
        if let (Err(_), Some((outcome, number))) = (&done, ended) {
            self.record(&self.attempt(outcome, number)).await;
        }
        done
    }

    async fn record(&self, attempt: &NewAttempt) {
        let recorded = async {
            let mut transaction = self.desk.database().begin().await?;
            store::attempts::add(&mut transaction, attempt).await?;
            transaction.commit().await
        };
        if recorded.await.is_err() {
            tracing::warn!("an attempt to sign a letter could not be recorded");
        }
    }

    fn failed(&self, failure: Failure) -> Error {
        self.about.borrow_mut().ended = Some((failure.outcome, failure.number));
        failure.into_error()
    }

    pub(super) fn attempt(&self, outcome: Outcome, number: Option<u16>) -> NewAttempt {
        let (kind, application) = self
            .about
            .borrow()
            .letter
            .unwrap_or((LetterKind::AuditNotice, None));
        let provider = self.provider();
        let (who, at) = (self.desk.who(), self.desk.request_time().now);
        NewAttempt {
            id: Uuid::new_v4(),
            office: who.office,
            kind,
            application,
            by: who.user,
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
        self.desk.who().office
    }
}

impl FromRequest for SigningRequest {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    /// The body may be left out.
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
            Self::at(
                &desk,
                Credentials {
                    nik: form.nik,
                    passphrase: form.passphrase,
                },
            )
        })
    }
}

/// Whether a body follows (RFC 9112, 6.3); a media type alone is none.
fn has_body(request: &HttpRequest) -> bool {
    let headers = request.headers();
    headers
        .get(header::CONTENT_LENGTH)
        .is_some_and(|length| length.as_bytes() != b"0")
        || headers.contains_key(header::TRANSFER_ENCODING)
}
