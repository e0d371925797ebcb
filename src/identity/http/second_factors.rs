//! `GET /me/mfa` and its sub-resources: enrolment, removal and recovery codes; `POST /me/step-up`.

use actix_web::{HttpRequest, delete, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::database::Database;
use crate::error::{FieldError, Result};
use crate::identity::Identity;
use crate::identity::address::Address;
use crate::identity::passkey_factor::{self, PasskeyCreation, PasskeyRegistration, PasskeyRequest};
use crate::identity::second_factor::{self, FactorProof};
use crate::identity::signed_in::SignedIn;
use crate::identity::store::second_factors::{self as store, FactorKind, FactorRow};
use crate::ids::FactorId;
use crate::web::body::Validate;
use crate::web::body::line_error;
use crate::web::{Body, IdempotentWrite, PathParam, Provided, Reply};

/// The address of the caller's second factors.
const MFA: &str = "/api/v1/me/mfa";

/// The second factors of the caller.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SecondFactors {
    /// True if the office requires a second factor of you.
    pub required: bool,
    /// The enrolled factors, oldest first.
    pub factors: Vec<FactorView>,
    /// The number of recovery codes that are left.
    #[schema(example = 10)]
    pub recovery_codes_left: i64,
    /// The last proof of a second factor in this session. Some operations need one of the last five
    /// minutes (`POST /me/step-up`).
    pub proved_at: Option<DateTime<Utc>>,
}

/// A second factor.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FactorView {
    /// Its id.
    pub id: FactorId,
    /// The kind (jenis).
    pub kind: FactorKind,
    /// Your name for it (nama).
    #[schema(example = "Ponsel kantor")]
    pub label: String,
    /// When it was enrolled.
    pub created_at: DateTime<Utc>,
    /// The last day (WIB) on which it was used.
    pub last_used_on: Option<NaiveDate>,
}

impl From<FactorRow> for FactorView {
    fn from(row: FactorRow) -> Self {
        Self {
            id: FactorId(row.id),
            kind: row.kind,
            label: row.label,
            created_at: row.created_at,
            last_used_on: row.last_used_on,
        }
    }
}

/// Show your second factors (faktor kedua saya).
///
/// Lists your authenticator app and passkeys without their secrets.
#[utoipa::path(tag = "sign in", responses((status = 200, description = "Your second factors", body = SecondFactors)))]
#[get("/me/mfa")]
pub async fn show_second_factors(
    caller: SignedIn,
    identity: Provided<Identity>,
    database: Provided<Database>,
) -> Result<Reply<SecondFactors>> {
    let (factors, left) = database
        .0
        .read(async |connection| {
            let factors = store::list(connection, caller.user).await?;
            Ok((factors, store::count_codes(connection, caller.user).await?))
        })
        .await?;
    Ok(Reply::ok(SecondFactors {
        required: identity.0.requires_factor_of(&caller),
        factors: factors.into_iter().map(FactorView::from).collect(),
        recovery_codes_left: left,
        proved_at: caller.state.proved_at,
    })
    .read_only())
}

/// A new authenticator app.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTotp {
    /// Your name for it (nama).
    #[schema(example = "Ponsel kantor", min_length = 1, max_length = 60)]
    pub label: String,
}

impl Validate for NewTotp {
    fn errors(&self) -> Vec<FieldError> {
        line_error(&self.label, "/label", 60).into_iter().collect()
    }
}

/// The secret of an authenticator app. It is shown only in this reply.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TotpSecret {
    /// Its id.
    pub id: FactorId,
    /// The secret for typing, in base 32.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    pub secret: String,
    /// The address for the QR code that the app scans.
    #[schema(
        example = "otpauth://totp/BSPJI%20Palembang:siti%40contoh.id?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=BSPJI%20Palembang"
    )]
    pub otpauth_uri: String,
}

/// Enrol an authenticator app (daftarkan aplikasi autentikator).
///
/// Makes the secret for an authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds). It
/// opens nothing until it is confirmed by a code within 15 minutes, and then replaces an app that
/// was enrolled before.
#[utoipa::path(tag = "sign in", request_body = NewTotp, responses((status = 201, description = "The secret of the app", body = TotpSecret)),
    extensions(("x-reply-kept" = json!(false))))]
#[post("/me/mfa/totp")]
pub async fn enrol_totp(
    caller: SignedIn,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<NewTotp>,
) -> Result<Reply<TotpSecret>> {
    let mut work = IdempotentWrite::without_idempotency(&database.0, clock.0.now()).await?;
    let label = &form.0.label;
    let app = second_factor::enrol_app(&mut work, &identity.0.factor_key, &caller, label).await?;
    let reply = TotpSecret {
        id: app.id,
        secret: app.secret,
        otpauth_uri: app.uri,
    };
    work.finish(Reply::created(MFA, reply)).await
}

/// A code of the new app.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpCode {
    /// The six digits that the app shows (kode autentikator).
    #[schema(example = "287082", min_length = 6, max_length = 6)]
    pub code: String,
}

impl Validate for TotpCode {}

/// Recovery codes. They are shown only in this reply.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RecoveryCodes {
    /// Ten codes, each valid once in place of the second factor; empty if the account had a second
    /// factor before and keeps its codes (kode pemulihan).
    #[schema(example = json!(["7K2M-9QXD-4T0B-WZ8R-1H6C-V3NE"]))]
    pub recovery_codes: Vec<String>,
}

/// Confirm an authenticator app (konfirmasi aplikasi autentikator).
///
/// Needs a code of the app. From then on signing in needs the app. With the first factor of an
/// account come its recovery codes, and all its other sessions end; a mail informs you.
#[utoipa::path(tag = "sign in", request_body = TotpCode, responses((status = 200, description = "The recovery codes", body = RecoveryCodes)),
    extensions(("x-reply-kept" = json!(false)), ("x-problem-codes" = json!(["bad_second_factor", "conflict"]))))]
#[post("/me/mfa/totp/confirmation")]
pub async fn confirm_totp(
    caller: SignedIn,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<TotpCode>,
) -> Result<Reply<RecoveryCodes>> {
    let mut work = IdempotentWrite::without_idempotency(&database.0, clock.0.now()).await?;
    let code = &form.0.code;
    let codes =
        second_factor::confirm_app(&mut work, &identity.0.factor_key, &caller, code).await?;
    let recovery_codes = codes.unwrap_or_default();
    work.finish(Reply::ok(RecoveryCodes { recovery_codes }))
        .await
}

/// Start registering a passkey (mulai kunci sandi).
///
/// Returns the options for the browser. The answer goes to `POST /me/mfa/passkeys` within five
/// minutes. The passkey is bound to the host of the sign-in page (`PORTAL_URL`, else `PUBLIC_URL`).
#[utoipa::path(tag = "sign in", responses((status = 200, description = "The options", body = PasskeyCreation)),
    extensions(("x-reply-kept" = json!(false))))]
#[post("/me/mfa/passkeys/options")]
pub async fn start_passkey(
    caller: SignedIn,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<PasskeyCreation>> {
    let mut work = IdempotentWrite::without_idempotency(&database.0, clock.0.now()).await?;
    let party = &identity.0.relying_party;
    let options = passkey_factor::start_registration(&mut work, party, &caller).await?;
    work.finish(Reply::ok(options)).await
}

impl Validate for PasskeyRegistration {
    fn errors(&self) -> Vec<FieldError> {
        line_error(&self.label, "/label", 60).into_iter().collect()
    }
}

/// Register a passkey (daftarkan kunci sandi).
///
/// Needs the browser's answer to the options. With the first factor of an account come its recovery
/// codes, and all its other sessions end; a mail informs you.
#[utoipa::path(tag = "sign in", request_body = PasskeyRegistration, responses((status = 201, description = "The recovery codes", body = RecoveryCodes)),
    extensions(("x-reply-kept" = json!(false)), ("x-problem-codes" = json!(["bad_second_factor", "conflict"]))))]
#[post("/me/mfa/passkeys")]
pub async fn add_passkey(
    caller: SignedIn,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<PasskeyRegistration>,
) -> Result<Reply<RecoveryCodes>> {
    let mut work = IdempotentWrite::without_idempotency(&database.0, clock.0.now()).await?;
    let party = &identity.0.relying_party;
    let codes = passkey_factor::register(&mut work, party, &caller, &form.0).await?;
    let recovery_codes = codes.unwrap_or_default();
    work.finish(Reply::created(MFA, RecoveryCodes { recovery_codes }))
        .await
}

/// Remove a second factor (hapus faktor kedua).
///
/// Where the office requires a second factor, the last one cannot be removed. A mail informs you.
#[utoipa::path(tag = "sign in", params(("id" = FactorId, Path, description = "The factor")),
    responses((status = 204, description = "The factor is removed")), extensions(("x-problem-codes" = json!(["conflict"]))))]
#[delete("/me/mfa/factors/{id}")]
pub async fn remove_second_factor(
    caller: SignedIn,
    at: PathParam<FactorId>,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<()>> {
    let mut work = IdempotentWrite::without_idempotency(&database.0, clock.0.now()).await?;
    let is_required = identity.0.requires_factor_of(&caller);
    second_factor::remove(&mut work, &caller, at.0, is_required).await?;
    work.finish(Reply::no_content()).await
}

/// Replace your recovery codes (ganti kode pemulihan).
///
/// Returns ten new codes; the former ones are void. A mail informs you.
#[utoipa::path(tag = "sign in", responses((status = 200, description = "The new codes", body = RecoveryCodes)),
    extensions(("x-reply-kept" = json!(false)), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/me/mfa/recovery-codes")]
pub async fn renew_recovery_codes(
    caller: SignedIn,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<RecoveryCodes>> {
    let mut work = IdempotentWrite::without_idempotency(&database.0, clock.0.now()).await?;
    let recovery_codes = second_factor::renew_codes(&mut work, &caller).await?;
    work.finish(Reply::ok(RecoveryCodes { recovery_codes }))
        .await
}

/// Prove the second factor again (buktikan faktor kedua lagi).
///
/// For five minutes the session may then call the operations that answer `step_up_required`
/// otherwise (RFC 9470). The access token stays the same. Wrong codes count as failures of the
/// account.
#[utoipa::path(tag = "sign in", request_body = FactorProof, responses((status = 204, description = "The second factor is proved")),
    extensions(("x-reply-kept" = json!(false)), ("x-problem-codes" = json!(["bad_second_factor"]))))]
#[post("/me/step-up")]
pub async fn step_up(
    caller: SignedIn,
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    form: Body<FactorProof>,
) -> Result<Reply<()>> {
    let from = Address::from_request(&request, &identity.0.proxies);
    second_factor::step_up(&identity.0, &database.0, &caller, &form.0, from).await?;
    Ok(Reply::no_content())
}

/// Start a proof by a passkey (mulai bukti kunci sandi).
///
/// Returns the request for the browser. The answer goes to `POST /me/step-up` within five minutes.
#[utoipa::path(tag = "sign in", responses((status = 200, description = "The request", body = PasskeyRequest)),
    extensions(("x-reply-kept" = json!(false)), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/me/step-up/passkey-options")]
pub async fn start_passkey_proof(
    caller: SignedIn,
    identity: Provided<Identity>,
    database: Provided<Database>,
) -> Result<Reply<PasskeyRequest>> {
    let request = second_factor::start_passkey_proof(&identity.0, &database.0, &caller).await?;
    Ok(Reply::ok(request))
}
