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
use crate::identity::{Admins, Restricted};
use crate::ids::UserId;
use crate::web::body::Validate;
use crate::web::{Body, IdempotentWrite, PathParam, Provided, Reply};

/// An invitation to choose a password.
#[derive(Serialize, utoipa::ToSchema)]
pub struct InvitationView {
    /// The delivery method.
    pub delivery: Delivery,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
    /// For a slip: the number of this code, 1 or 2.
    #[schema(example = 1, minimum = 1, maximum = 2)]
    pub part: Option<u8>,
    /// For a slip: the code to print. It is shown only in this reply.
    #[schema(example = "7K3M-Q9ZT-0XWB-5RHE")]
    pub code: Option<String>,
}

/// Invite the owner of an account (undang pemilik akun).
///
/// The owner chooses the password with the invitation, once and within 72 hours. Every earlier
/// invitation becomes void. `mail` sends a code to the address of an account that has not been
/// activated yet, and can be repeated. `slip` is for an owner without e-mail or with a forgotten
/// password: this reply shows one code, and a second administrator makes the same request to get
/// the other. The owner needs both codes, so that no single administrator can activate the account.
/// For administrators.
#[utoipa::path(tag = "identity", request_body = InvitationForm, params(("id" = UserId, Path, description = "The account")),
    responses((status = 200, description = "The invitation", body = InvitationView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[post("/users/{id}/invitation")]
pub async fn invite_user(
    caller: Restricted<Admins>,
    request: HttpRequest,
    at: PathParam<UserId>,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<InvitationForm>,
) -> Result<Reply<InvitationView>> {
    let under = identity.0.integrators.reply_seal(&request, caller.0.user)?;
    let mut work =
        IdempotentWrite::begin_sealed(&database.0, &request, under, clock.0.now()).await?;
    let delivery = form.0.delivery;
    let invited = invitation::invite(
        &mut work,
        &caller.0,
        at.0,
        delivery,
        &identity.0.mail_tokens,
    )
    .await?;
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
/// Voids every code for this account, sent by mail or printed on a slip. Revoking again changes
/// nothing. For administrators.
#[utoipa::path(tag = "identity", params(("id" = UserId, Path, description = "The account")),
    responses((status = 204, description = "All invitations are void")), extensions(("x-roles" = json!(["admin"]))))]
#[delete("/users/{id}/invitation")]
pub async fn revoke_invitation(
    caller: Restricted<Admins>,
    request: HttpRequest,
    at: PathParam<UserId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
) -> Result<Reply<()>> {
    let mut work =
        IdempotentWrite::begin(&database.0, &request, caller.0.user.0, clock.0.now()).await?;
    invitation::revoke(&mut work, &caller.0, at.0).await?;
    work.finish(Reply::no_content()).await
}

/// The code of an invitation and the chosen password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationAcceptance {
    /// The code from the mail, or both codes of the slip in any order (kode).
    #[schema(
        example = "m3rJ0c9fYlQh2Tq7v1xS8dKzE5uWbN4aPgR6oXtCiLs",
        max_length = 100
    )]
    pub token: String,
    /// 12 to 200 characters, not breached, not easy to guess from your own data (kata sandi).
    #[schema(value_type = String, format = "password", example = "jembatan ampera malam hari", min_length = 12, max_length = 200)]
    pub password: Password,
}

impl Validate for InvitationAcceptance {
    /// Rules about the owner's names are checked later, when the account is known.
    fn errors(&self) -> Vec<FieldError> {
        self.password
            .field_error(Owner::default(), "/password")
            .into_iter()
            .collect()
    }
}

/// Activate an account (terima undangan).
///
/// The owner chooses the password with the code of the invitation, and then signs in with it. All
/// open sessions end, and a mail informs the owner. Unknown, used, void and expired codes get the
/// same error.
#[utoipa::path(tag = "sign in", request_body = InvitationAcceptance, responses((status = 204, description = "The account is activated")), security(()))]
#[post("/auth/invitations/acceptance")]
pub async fn accept_invitation(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    form: Body<InvitationAcceptance>,
) -> Result<Reply<()>> {
    let (InvitationAcceptance { token, password }, from) =
        (form.0, Address::from_request(&request, &identity.0.proxies));
    identity.0.throttle.count_token_request(from)?;
    invitation::accept(&identity.0, &database.0, &token, password, from).await?;
    Ok(Reply::no_content())
}
