//! `POST|DELETE /users/{id}/invitation`, `POST /auth/invitations/acceptance`.

use actix_web::{HttpRequest, delete, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::database::Database;
use crate::error::{FieldError, Result};
use crate::identity::Identity;
use crate::identity::address::Address;
use crate::identity::invitation::{self, Delivery, InvitationForm};
use crate::identity::password_rules::{Owner, Password};
use crate::identity::signed_in::Administrator;
use crate::ids::UserId;
use crate::web::body::Validate;
use crate::web::{At, Body, IdempotentWrite, Provided, Reply};

/// An invitation to choose a password.
#[derive(Serialize, utoipa::ToSchema)]
pub struct InvitationView {
    /// How it reaches the owner.
    pub delivery: Delivery,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// Of a slip: which of its two codes this is, 1 or 2.
    #[schema(example = 1, minimum = 1, maximum = 2)]
    pub part: Option<u8>,
    /// Of a slip: the code to print. It is shown this once.
    #[schema(example = "7K3M-Q9ZT-0XWB-5RHE")]
    pub code: Option<String>,
}

/// Invite the owner of an account (undang pemilik akun).
///
/// To choose the password, within 72 hours and once; every earlier invitation is void. `mail` sends a code to the address of an account that was not taken up yet,
/// again if need be. `slip` is for an owner who reads no mail, and also for one who forgot the password: this reply shows one code; a second administrator asks
/// too and is shown the other one; the owner needs both, so no administrator can take up the account alone. For administrators.
#[utoipa::path(tag = "identity", request_body = InvitationForm, params(("id" = UserId, Path, description = "The account")),
    responses((status = 200, description = "The invitation", body = InvitationView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/users/{id}/invitation")]
pub async fn invite_user(
    who: Administrator,
    request: HttpRequest,
    at: At<UserId>,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<InvitationForm>,
) -> Result<Reply<InvitationView>> {
    let under = identity.0.integrators.sealed_under(&request, who.0.user)?;
    let mut work =
        IdempotentWrite::begin_sealed(&database.0, &request, under, clock.0.now()).await?;
    let delivery = form.0.delivery;
    let invited =
        invitation::invite(&mut work, &who.0, at.0, delivery, &identity.0.mail_tokens).await?;
    let (part, code) = invited.code.unzip();
    work.finish(Reply::ok(InvitationView {
        delivery,
        expires_at: invited.expires_at,
        part,
        code,
    }))
    .await
}

/// Revoke an invitation (cabut undangan).
///
/// Every code that is out for this account is void, of mails and of slips. Revoking again changes nothing. For administrators.
#[utoipa::path(tag = "identity", params(("id" = UserId, Path, description = "The account")),
    responses((status = 204, description = "No invitation is open any more")), extensions(("x-roles" = json!(["admin"]))))]
#[delete("/users/{id}/invitation")]
pub async fn revoke_invitation(
    who: Administrator,
    request: HttpRequest,
    at: At<UserId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<()>> {
    let mut work =
        IdempotentWrite::begin(&database.0, &request, who.0.user.0, clock.0.now()).await?;
    invitation::revoke(&mut work, &who.0, at.0).await?;
    work.finish(Reply::nothing()).await
}

/// The code of the invitation, and the password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationAcceptance {
    /// The code of the mail, or both codes of the slip, one after the other (kode).
    #[schema(
        example = "m3rJ0c9fYlQh2Tq7v1xS8dKzE5uWbN4aPgR6oXtCiLs",
        max_length = 100
    )]
    pub token: String,
    /// 12 to 200 characters, not breached, not easily guessed from who you are (kata sandi).
    #[schema(value_type = String, format = "password", example = "jembatan ampera malam hari", min_length = 12, max_length = 200)]
    pub password: Password,
}

impl Validate for InvitationAcceptance {
    /// That it is not made of its owner's names is checked once we know whose it is.
    fn errors(&self) -> Vec<FieldError> {
        self.password
            .fault_of(Owner::default(), "/password")
            .into_iter()
            .collect()
    }
}

/// Take up an account (terima undangan).
///
/// With the code of the invitation the owner chooses the password, and signs in with it afterwards. Every session that was open ends, and a mail tells the address
/// of the account. A code that is unknown, used, void or expired is refused alike.
#[utoipa::path(tag = "identity", request_body = InvitationAcceptance, responses((status = 204, description = "The account is taken up")), security(()))]
#[post("/auth/invitations/acceptance")]
pub async fn accept_invitation(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    form: Body<InvitationAcceptance>,
) -> Result<Reply<()>> {
    let (InvitationAcceptance { token, password }, from) =
        (form.0, Address::of(&request, &identity.0.proxies));
    identity.0.throttle.count_mailed(from)?;
    invitation::take_up(&identity.0, &database.0, &token, password, from).await?;
    Ok(Reply::nothing())
}
