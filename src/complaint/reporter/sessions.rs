//! Sessions by receipt code, activation of the slip of a paper complaint, and verification of
//! receipts. A failed receipt code always gives the same status, body and amount of work, and no
//! failures are counted. A used or expired activation code is recorded in the audit trail, so its
//! holder could learn from the response time that the code is genuine; the holder has the slip in
//! hand anyway.

use actix_web::{HttpRequest, delete, get, post};
use serde::{Deserialize, Serialize};

use super::auth::{IDLE_TIMEOUT, session_expiry};
use super::context::ReporterContext;
use super::session;
use crate::clock::Clock;
use crate::complaint::act::DelayedAct;
use crate::complaint::alarms::AlarmKind;
use crate::complaint::receipt::Receipt;
use crate::complaint::receipt::code::ReceiptCode;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::sessions::{self as store, Activation};
use crate::database::Database;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::web::body::Validate;
use crate::web::{Body, Provided, Reply};

/// A receipt code. It is accepted in the body only, so that it appears in no URL.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ByReceipt {
    /// Kode tanda terima.
    #[schema(value_type = String, example = "7K3F9-2M8QT-VW4XZ-1B6CN-HJ5PR-D", max_length = 200)]
    receipt_code: ReceiptCode,
}

impl Validate for ByReceipt {}

/// A reporter session.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReporterSession {
    /// Token to send as `Authorization: Bearer …` to `/complaints/mine`.
    #[schema(example = "q1xkN9sR0vVfZyT3mB8cWd2LhJ6uPaEg4oYiXt5KwQs")]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds after the last request at which the session expires; up to five minutes more.
    #[schema(example = 1800)]
    pub expires_in: i64,
}

/// Open a session (membuka pengaduan dengan kode).
///
/// Opens a session with a receipt code. A code that is mistyped, unknown, expired or of a deleted
/// complaint is always refused in the same way. A complaint has at most ten sessions at a time: a
/// further one ends the one that was unused for longest. A session ends with the day after its
/// opening at the latest.
#[utoipa::path(tag = "reporter", request_body = ByReceipt, responses((status = 200, body = ReporterSession)), security(()), extensions(("x-problem-codes" = json!(["bad_receipt_code"])), ("x-reply-kept" = json!(false))))]
#[post("/complaints/sessions")]
pub async fn open_complaint_session(
    database: Provided<Database>,
    services: Provided<ComplaintServices>,
    clock: Provided<Clock>,
    form: Body<ByReceipt>,
) -> Result<Reply<ReporterSession>> {
    let tag = services.0.keys.receipt_tag(&form.0.receipt_code);
    let now = clock.0.now();
    let opened = database.0.read(async |c| {
        let found = store::case_of_receipt(c, &tag).await?;
        let keys = &services.0.keys;
        let token = session::open(c, keys, found, now, session_expiry(now)).await?;
        Ok(found.map(|_| token))
    });
    let token = opened
        .await?
        .ok_or_else(|| Error::new(Code::BadReceiptCode))?;
    Ok(Reply::ok(ReporterSession {
        access_token: token.to_string(),
        token_type: "Bearer",
        expires_in: IDLE_TIMEOUT.num_seconds(),
    }))
}

/// A session of the own complaint.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OwnSession {
    /// Whether this request came with it.
    #[schema(example = true)]
    pub current: bool,
    /// Seconds after which it expires, if it is not used before.
    #[schema(example = 1800)]
    pub expires_in: i64,
}

/// The sessions of the own complaint.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OwnSessions {
    /// The sessions that have not ended, the last used first.
    pub items: Vec<OwnSession>,
}

/// List my sessions (melihat sesi saya).
///
/// A session that you did not open means that another person has the receipt code: end the other
/// sessions, and write to the office that the code is known to others.
#[utoipa::path(tag = "reporter", responses((status = 200, body = OwnSessions)), security(("reporter" = [])))]
#[get("/complaints/mine/sessions")]
pub async fn list_reporter_sessions(context: ReporterContext) -> Result<Reply<OwnSessions>> {
    let now = context.request_time().now;
    let items = context
        .sessions()
        .await?
        .into_iter()
        .map(|session| OwnSession {
            current: context.is_current(&session),
            expires_in: (session.expires_at - now).num_seconds(),
        });
    Ok(Reply::ok(OwnSessions {
        items: items.collect(),
    }))
}

/// End my other sessions (menutup sesi lain).
///
/// The tokens of all other sessions of the complaint are invalid afterwards.
#[utoipa::path(tag = "reporter", responses((status = 204)), security(("reporter" = [])))]
#[delete("/complaints/mine/sessions")]
pub async fn end_other_reporter_sessions(context: ReporterContext) -> Result<Reply<()>> {
    context.end_other_sessions().await?;
    Ok(Reply::no_content())
}

/// An activation code. It is accepted in the body only, so that it appears in no URL.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ByActivation {
    /// Activation code (kode aktivasi) on the slip.
    #[schema(value_type = String, example = "7K3F9-2M8QT-VW4XZ-1B6CN-HJ5PR-D", max_length = 200)]
    activation_code: ReceiptCode,
}

impl Validate for ByActivation {}

impl Validate for Receipt {
    fn errors(&self) -> Vec<FieldError> {
        self.malformed_fields()
            .map(|field| {
                fault(
                    format!("/{field}"),
                    "wrong_value",
                    "Format tanda terima tidak sah.",
                    "The value does not have the form of a receipt.",
                )
            })
            .collect()
    }
}

/// Receipt code given for an activation code.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Activated {
    /// Receipt code (kode tanda terima): from now on the only key to the complaint. Shown once.
    #[schema(example = "7K3F9-2M8QT-VW4XZ-1B6CN-HJ5PR-D")]
    pub receipt_code: String,
}

/// Activate a slip (mengaktifkan kode pada tanda terima).
///
/// Exchanges the activation code on the slip of a paper complaint for a receipt code that only you
/// know. An activation code that was used before is refused with `activation_used`, and an alarm is
/// raised because another person had the code. An expired activation code is refused like an
/// unknown code. An `Idempotency-Key` must hold 128 random bits here.
#[utoipa::path(tag = "reporter", request_body = ByActivation, responses((status = 200, body = Activated)), security(()), extensions(("x-problem-codes" = json!(["bad_receipt_code", "activation_used"]))))]
#[post("/complaints/activations")]
pub async fn activate_slip(
    request: HttpRequest,
    form: Body<ByActivation>,
) -> Result<Reply<Activated>> {
    let mut act = DelayedAct::begin_found(&request, "activation", async |c, services| {
        let tag = services.keys.activation_tag(&form.0.activation_code);
        let case = store::case_of_activation(c, &tag).await?;
        case.ok_or_else(|| Error::new(Code::BadReceiptCode))
    })
    .await?;
    let (case, day, code) = (act.case(), act.day(), ReceiptCode::random());
    let (services, connection) = act.parts();
    let tag = services.keys.receipt_tag(&code);
    match store::activate(connection, case, &tag, day).await? {
        Activation::Done => {
            let receipt_code = code.formatted().to_string();
            let reply = Reply::ok(Activated { receipt_code });
            act.commit("activate_slip", reply).await
        }
        // Only the holder of a genuine slip reaches this branch: the holder may be told about the
        // first use, and the custodian must be.
        Activation::Used => {
            let (alarm, refusal) = (AlarmKind::ActivationReplayed, Code::ActivationUsed);
            act.refuse(alarm.code(), Error::new(refusal)).await
        }
        // An expired code is refused like an unknown code; the audit trail records the attempt.
        Activation::Expired => {
            let refusal = Error::new(Code::BadReceiptCode);
            act.refuse("activation_expired", refusal).await
        }
    }
}

/// Result of the verification of a receipt.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Genuine {
    /// Whether this service issued the receipt and no field was changed.
    #[schema(example = true)]
    pub genuine: bool,
}

/// Verify a receipt (memeriksa tanda terima).
///
/// Checks the signature only. Whether the complaint still exists is not looked up and cannot be
/// found out here.
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
