//! Registers passkeys and checks their proofs. Each challenge is stored as a digest, for one account
//! and one ceremony, and is valid for one successful answer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::passkey::{ClientData, ES256, RelyingParty};
use super::recovery::{enrolled, lock_for_enrolment};
use super::signed_in::{SignedIn, today};
use super::store::passkeys::{self as store, ChallengePurpose, NewPasskey};
use super::store::{organisations, users};
use crate::error::{Code, Error, Result};
use crate::ids::{FactorId, UserId};
use crate::secrecy::{random_bytes, sha256};
use crate::web::IdempotentWrite;

/// How long a challenge may be answered.
const ANSWER_WITHIN: TimeDelta = TimeDelta::minutes(5);

/// The options for making a passkey: for `PublicKeyCredentialCreationOptions` in the browser, with
/// attestation `none`. Texts of bytes are base64url without padding.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PasskeyCreation {
    /// `challenge`.
    #[schema(example = "m3rJ0c9fYlQh2Tq7v1xS8dKzE5uWbN4aPgR6oXtCiLs")]
    pub challenge: String,
    /// `rp.id`: the host of the sign-in page.
    #[schema(example = "layanan.bspji.example")]
    pub rp_id: String,
    /// `rp.name`.
    #[schema(example = "BSPJI Palembang")]
    pub rp_name: String,
    /// `user.id`.
    #[schema(example = "AZfdHGqAfD6PW2tkHhycSnA")]
    pub user_id: String,
    /// `user.name` and `user.displayName`.
    #[schema(example = "siti.rahayu@karetmusi.example")]
    pub user_name: String,
    /// The one entry of `pubKeyCredParams`: ES256.
    #[schema(example = -7)]
    pub algorithm: i32,
    /// The ids in `excludeCredentials`: passkeys that you have already.
    pub exclude_credentials: Vec<String>,
    /// `timeout`, in milliseconds.
    #[schema(example = 300_000)]
    pub timeout_ms: i64,
}

/// The options for using a passkey: for `PublicKeyCredentialRequestOptions` in the browser. Texts of
/// bytes are base64url without padding.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct PasskeyRequest {
    /// `challenge`.
    #[schema(example = "m3rJ0c9fYlQh2Tq7v1xS8dKzE5uWbN4aPgR6oXtCiLs")]
    pub challenge: String,
    /// `rpId`: the host of the sign-in page.
    #[schema(example = "layanan.bspji.example")]
    pub rp_id: String,
    /// The ids in `allowCredentials`.
    pub allow_credentials: Vec<String>,
    /// `timeout`, in milliseconds.
    #[schema(example = 300_000)]
    pub timeout_ms: i64,
}

/// The browser's answer to `PasskeyRequest`. All texts are base64url without padding.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyAssertion {
    /// `id` of the credential.
    #[schema(example = "CAk", min_length = 1, max_length = 1400)]
    pub credential_id: String,
    /// `response.clientDataJSON`.
    #[schema(
        example = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0",
        min_length = 1,
        max_length = 4000
    )]
    pub client_data_json: String,
    /// `response.authenticatorData`.
    #[schema(
        example = "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MBAAAABQ",
        min_length = 1,
        max_length = 4000
    )]
    pub authenticator_data: String,
    /// `response.signature`.
    #[schema(example = "MEUCIQD", min_length = 1, max_length = 400)]
    pub signature: String,
}

/// A new passkey: the browser's answer to `PasskeyCreation`.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyRegistration {
    /// Your name for it (nama).
    #[schema(example = "Laptop kantor", min_length = 1, max_length = 60)]
    pub label: String,
    /// `response.clientDataJSON`, base64url without padding.
    #[schema(
        example = "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0",
        min_length = 1,
        max_length = 4000
    )]
    pub client_data_json: String,
    /// `response.getAuthenticatorData()`, base64url without padding.
    #[schema(
        example = "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NBAAAABQ",
        min_length = 1,
        max_length = 4000
    )]
    pub authenticator_data: String,
}

/// The options for registering a passkey, with a new challenge.
pub async fn start_registration(
    work: &mut IdempotentWrite,
    party: &RelyingParty,
    caller: &SignedIn,
) -> Result<PasskeyCreation> {
    let now = work.now();
    let purpose = ChallengePurpose::Registration;
    let challenge = add_challenge(work, caller.user, purpose, now).await?;
    let account = users::find_owner_data(work, caller.user).await?;
    Ok(PasskeyCreation {
        challenge,
        rp_id: party.id.clone(),
        rp_name: organisations::office_name(work, caller.office).await?,
        user_id: URL_SAFE_NO_PAD.encode(caller.user.0.as_bytes()),
        user_name: account.email,
        algorithm: ES256,
        exclude_credentials: credential_ids(work, caller.user).await?,
        timeout_ms: ANSWER_WITHIN.num_milliseconds(),
    })
}

/// Registers the passkey. The recovery codes are returned with the first factor of an account.
///
/// # Errors
/// `bad_second_factor` when the answer is not valid; `conflict` when the passkey is registered
/// already, or the account has too many factors; `unauthenticated` and `step_up_required` when
/// another request enrolled the first factor.
pub async fn register(
    work: &mut IdempotentWrite,
    party: &RelyingParty,
    caller: &SignedIn,
    form: &PasskeyRegistration,
) -> Result<Option<Vec<String>>> {
    let refusal = || Error::new(Code::BadSecondFactor);
    let (now, user) = (work.now(), caller.user);
    let caller = &lock_for_enrolment(work, caller).await?;
    let client = decoded(&form.client_data_json)?;
    let client = ClientData::read(&client).ok_or_else(refusal)?;
    take_challenge(work, user, &client, ChallengePurpose::Registration, now).await?;
    let data = decoded(&form.authenticator_data)?;
    let credential = party
        .verify_registration(&client, &data)
        .ok_or_else(refusal)?;
    let new = NewPasskey {
        id: FactorId::at(now),
        user,
        label: &form.label,
        credential_id: &credential.id,
        public_key: &credential.public_key,
        sign_count: credential.sign_count.into(),
    };
    store::add(work, &new, now).await?;
    enrolled(work, caller).await
}

/// The options for proving the second factor by a passkey, with a new challenge; `None` for an
/// account without passkeys.
pub async fn start_proof(
    connection: &mut PgConnection,
    party: &RelyingParty,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<Option<PasskeyRequest>> {
    let allow_credentials = credential_ids(connection, user).await?;
    if allow_credentials.is_empty() {
        return Ok(None);
    }
    let challenge = add_challenge(connection, user, ChallengePurpose::Proof, now).await?;
    Ok(Some(PasskeyRequest {
        challenge,
        rp_id: party.id.clone(),
        allow_credentials,
        timeout_ms: ANSWER_WITHIN.num_milliseconds(),
    }))
}

/// True if the assertion proves a passkey of `user`. Its challenge is used up.
///
/// # Errors
/// `bad_second_factor` when the assertion cannot be read or its challenge is not valid.
pub(super) async fn accepts(
    connection: &mut PgConnection,
    party: &RelyingParty,
    user: UserId,
    assertion: &PasskeyAssertion,
    now: DateTime<Utc>,
) -> Result<bool> {
    let json = decoded(&assertion.client_data_json)?;
    let client = ClientData::read(&json).ok_or_else(|| Error::new(Code::BadSecondFactor))?;
    take_challenge(connection, user, &client, ChallengePurpose::Proof, now).await?;
    let credential_id = decoded(&assertion.credential_id)?;
    let Some(passkey) = store::find(connection, user, &credential_id).await? else {
        return Ok(false);
    };
    let count = party.verify_assertion(
        &json,
        &decoded(&assertion.authenticator_data)?,
        &decoded(&assertion.signature)?,
        &passkey.public_key,
    );
    match count {
        Some(count) => {
            let id = FactorId(passkey.id);
            store::record_use(connection, id, count.into(), today(now)).await
        }
        None => Ok(false),
    }
}

async fn add_challenge(
    connection: &mut PgConnection,
    user: UserId,
    purpose: ChallengePurpose,
    now: DateTime<Utc>,
) -> Result<String> {
    let challenge = random_bytes::<32>();
    let until = now + ANSWER_WITHIN;
    store::add_challenge(connection, &sha256(&challenge), user, purpose, until).await?;
    Ok(URL_SAFE_NO_PAD.encode(challenge))
}

async fn take_challenge(
    connection: &mut PgConnection,
    user: UserId,
    client: &ClientData,
    purpose: ChallengePurpose,
    now: DateTime<Utc>,
) -> Result<()> {
    let digest = sha256(&client.challenge().unwrap_or_default());
    if store::take_challenge(connection, &digest, user, purpose, now).await? {
        Ok(())
    } else {
        Err(Error::new(Code::BadSecondFactor))
    }
}

async fn credential_ids(connection: &mut PgConnection, user: UserId) -> Result<Vec<String>> {
    let ids = store::list_credential_ids(connection, user).await?;
    Ok(ids.iter().map(|id| URL_SAFE_NO_PAD.encode(id)).collect())
}

fn decoded(text: &str) -> Result<Vec<u8>> {
    URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| Error::new(Code::BadSecondFactor))
}
