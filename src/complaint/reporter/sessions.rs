//! The reporter's ways in: a session by receipt code, a code of their own for the slip of a complaint on paper, and the check of a receipt. A receipt code fails
//! alike in status, body and work done; no failure counts against anybody. A slip that was used or came too late is written down, so its holder, who has it in
//! hand, could tell by the time that it was one of ours.

use actix_web::{HttpRequest, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::auth::session_end;
use crate::casework::calendars::Calendars;
use crate::casework::workflow::{Asking, RequestTime};
use crate::clock::Clock;
use crate::complaint::receipt::Receipt;
use crate::complaint::receipt::code::ReceiptCode;
use crate::complaint::sealing::keys::Keys;
use crate::complaint::sealing::retries;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::delayed_audit;
use crate::complaint::store::sessions::{self as store, Activation};
use crate::complaint::store::viewer::Viewer;
use crate::database::Database;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::identity::signed_in::today;
use crate::ids::ComplaintId;
use crate::secrecy::random_bytes;
use crate::web::body::Validate;
use crate::web::{Body, IdempotentWrite, Provided, Reply};

/// How long a session lasts without a request, in seconds.
const IDLE: i64 = TimeDelta::minutes(30).num_seconds();

/// A receipt code, in the body and nowhere else.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ByReceipt {
    /// Kode tanda terima.
    #[schema(value_type = String, example = "7K3F9-2M8QT-VW4XZ-1B6CN-HJ5PR-D", max_length = 200)]
    receipt_code: ReceiptCode,
}

impl Validate for ByReceipt {}

/// A reporter's session.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReporterSession {
    /// Send it as `Authorization: Bearer …` to `/complaints/mine`.
    #[schema(example = "q1xkN9sR0vVfZyT3mB8cWd2LhJ6uPaEg4oYiXt5KwQs")]
    pub access_token: String,
    /// `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// How long it lasts without a request, in seconds; at most five minutes more.
    #[schema(example = 1800)]
    pub expires_in: i64,
}

/// Open a session (membuka pengaduan dengan kode).
///
/// With the receipt code. A code that is mistyped, unknown, expired or of a deleted complaint is refused alike.
#[utoipa::path(tag = "reporter", request_body = ByReceipt, responses((status = 200, body = ReporterSession)), security(()), extensions(("x-problem-codes" = json!(["bad_receipt_code"])), ("x-reply-kept" = json!(false))))]
#[post("/complaints/sessions")]
pub async fn open_complaint_session(
    database: Provided<Database>,
    services: Provided<ComplaintServices>,
    clock: Provided<Clock>,
    form: Body<ByReceipt>,
) -> Result<Reply<ReporterSession>> {
    let tag = services.0.keys.receipt_tag(&form.0.receipt_code);
    let token = Zeroizing::new(URL_SAFE_NO_PAD.encode(random_bytes::<32>()));
    let ends = session_end(clock.0.now());
    let opened = database.0.read(async |c| {
        let found = store::case_of_receipt(c, &tag).await?;
        // The same work for a code that opens nothing: a session is made for nobody, and not kept.
        let (digest, sealed) = sealed_session(
            &services.0.keys,
            &token,
            found.unwrap_or_else(ComplaintId::random),
        );
        if found.is_some() {
            store::open(c, &digest, &sealed, ends).await?;
        } else {
            store::end(c, &digest).await?;
        }
        Ok(found.is_some())
    });
    if opened.await? {
        return Ok(Reply::ok(ReporterSession {
            access_token: token.to_string(),
            token_type: "Bearer",
            expires_in: IDLE,
        }));
    }
    Err(Error::new(Code::BadReceiptCode))
}

fn sealed_session(keys: &Keys, token: &str, case: ComplaintId) -> ([u8; 32], Vec<u8>) {
    let (digest, seal) = keys.session(token);
    (digest, seal.seal("session|sealed", case.0.as_bytes()))
}

/// An activation code, in the body and nowhere else.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ByActivation {
    /// Kode aktivasi from the slip.
    #[schema(value_type = String, example = "7K3F9-2M8QT-VW4XZ-1B6CN-HJ5PR-D", max_length = 200)]
    activation_code: ReceiptCode,
}

impl Validate for ByActivation {}

impl Validate for Receipt {
    fn errors(&self) -> Vec<FieldError> {
        self.misshapen()
            .map(|field| {
                fault(
                    format!("/{field}"),
                    "wrong_value",
                    "Tidak berbentuk tanda terima.",
                    "No receipt looks like this.",
                )
            })
            .collect()
    }
}

/// What a reporter gets for the code on the slip.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Activated {
    /// Kode tanda terima: from now on the only key to the complaint. Shown once.
    #[schema(example = "7K3F9-2M8QT-VW4XZ-1B6CN-HJ5PR-D")]
    pub receipt_code: String,
}

/// Activate a slip (mengaktifkan kode pada tanda terima).
///
/// Swaps the code on the slip of a complaint on paper for a receipt code that only you know. A slip that was used before is refused as such, and the use is
/// noticed: then somebody else had it. One that has expired is refused like any code that opens nothing. An `Idempotency-Key` must hold 128 random bits here.
#[utoipa::path(tag = "reporter", request_body = ByActivation, responses((status = 200, body = Activated)), security(()), extensions(("x-problem-codes" = json!(["bad_receipt_code", "activation_used"]))))]
#[post("/complaints/activations")]
pub async fn activate_slip(
    request: HttpRequest,
    database: Provided<Database>,
    services: Provided<ComplaintServices>,
    clock: Provided<Clock>,
    calendars: Provided<Calendars>,
    form: Body<ByActivation>,
) -> Result<Reply<Activated>> {
    let (at, services) = (
        RequestTime {
            now: clock.0.now(),
            calendars: calendars.0,
        },
        services.0,
    );
    let under = retries::sealed_under(&request, &services.keys, "activation")?;
    let mut work = IdempotentWrite::begin_sealed(&database.0, &request, under, at.now).await?;
    let tag = services.keys.activation_tag(&form.0.activation_code);
    let case = store::case_of_activation(&mut work, &tag)
        .await?
        .ok_or_else(|| Error::new(Code::BadReceiptCode))?;
    Viewer::enter(&mut work, Asking::Reporter, Some(case), &services.keys).await?;
    let code = ReceiptCode::random();
    let (noticed, refusal) = match store::activate(
        &mut work,
        case,
        &services.keys.receipt_tag(&code),
        today(at.now),
    )
    .await?
    {
        Activation::Done => {
            delayed_audit::enqueue(&mut work, case, "activate_slip", None, &at, &services).await?;
            return work
                .finish(Reply::ok(Activated {
                    receipt_code: code.shown().to_string(),
                }))
                .await;
        }
        // Only whoever holds a slip of ours gets here: they may be told, and the custodian must be.
        Activation::Used => ("activation_replayed", Code::ActivationUsed),
        // Refused like any code that opens nothing; that a slip came too late is in the trail.
        Activation::Expired => ("activation_expired", Code::BadReceiptCode),
    };
    delayed_audit::enqueue(&mut work, case, noticed, None, &at, &services).await?;
    work.commit().await?;
    Err(Error::new(refusal))
}

/// Whether a receipt is ours.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Genuine {
    /// Whether this service issued it, unchanged.
    #[schema(example = true)]
    pub genuine: bool,
}

/// Verify a receipt (memeriksa tanda terima).
///
/// From its signature alone: whether the complaint still exists is not looked up, and cannot be found out.
#[utoipa::path(tag = "reporter", request_body = Receipt, responses((status = 200, body = Genuine)), security(()), extensions(("x-reply-kept" = json!(false))))]
#[post("/complaints/receipts/verification")]
pub async fn verify_receipt(
    services: Provided<ComplaintServices>,
    receipt: Body<Receipt>,
) -> Reply<Genuine> {
    Reply::ok(Genuine {
        genuine: receipt.0.is_genuine(services.0.keys.signer()),
    })
}
