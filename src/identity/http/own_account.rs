//! The account of the caller: `GET|PATCH /me`, `POST /me/password`, and the mails for a forgotten
//! password and for verifying the address (`/auth/password-reset`, `/auth/email-verification`).

use actix_web::{HttpRequest, get, patch, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, FieldError, Result};
use crate::identity::address::Address;
use crate::identity::organisation::Organisation;
use crate::identity::password_rules::{Owner, Password, too_long};
use crate::identity::signed_in::{Acting, ActingKind, SignedIn};
use crate::identity::store::{organisations, users};
use crate::identity::{
    Identity, accounts, change_password as change, email, email_verification as verification,
    key_body_digest, password_reset as reset,
};
use crate::ids::{AppointmentId, CustomerId, OfficeId, UserId};
use crate::sop::role::{Role, Roles};
use crate::web::body::Validate;
use crate::web::idempotent_write::required_if_match;
use crate::web::problem::Language;
use crate::web::{Body, IdempotentWrite, Provided, Reply};

/// The signed-in user.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MeView {
    /// The account.
    pub id: UserId,
    /// The e-mail for signing in (surel).
    #[schema(example = "mutu@tirtamusi.example")]
    pub email: String,
    /// When the address was verified. Until then notifications are not sent by mail.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// The name for display and signatures (nama).
    #[schema(example = "Rahmat Hidayat")]
    pub display_name: String,
    /// The language of mails to you (bahasa surel).
    pub language: Language,
    /// The office.
    pub office_id: OfficeId,
    /// The roles held today, including the acting one (peran).
    pub roles: Vec<Role>,
    /// The appointment to act for the head, if one is in force today.
    pub acting: Option<ActingView>,
    /// The organisation's id, for a customer.
    pub customer_id: Option<CustomerId>,
    /// The organisation, for a customer (perusahaan).
    pub organisation: Option<Organisation>,
}

/// An appointment in force.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ActingView {
    /// The appointment.
    pub appointment_id: AppointmentId,
    /// `plh` or `plt`.
    pub kind: ActingKind,
    /// The role.
    pub role: Role,
}

impl From<Acting> for ActingView {
    fn from(
        Acting {
            appointment,
            kind,
            role,
        }: Acting,
    ) -> Self {
        Self {
            appointment_id: appointment,
            kind,
            role,
        }
    }
}

/// Show the signed-in user (profil saya).
///
/// The account of the access token, with the roles it holds today.
#[utoipa::path(tag = "sign in", responses((status = 200, description = "The signed-in user", body = MeView)))]
#[get("/me")]
pub async fn show_me(caller: SignedIn, database: Provided<Database>) -> Result<Reply<MeView>> {
    let (me, version) = database
        .0
        .read(async |connection| {
            find_me(
                connection,
                caller.office,
                caller.user,
                caller.roles,
                caller.acting,
            )
            .await
        })
        .await?;
    Ok(Reply::ok(me).version(version))
}

/// A change of the signed-in user.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeChange {
    /// The language of mails to you (bahasa surel).
    pub language: Language,
}

impl Validate for MeChange {}

/// Change your language (ubah bahasa).
///
/// Sets the language of future mails to you. The language of replies is set per request with
/// `Accept-Language`.
#[utoipa::path(tag = "sign in", request_body = MeChange, params(("If-Match" = String, Header, description = "ETag of the version you change")),
    responses((status = 200, description = "The signed-in user", body = MeView)))]
#[patch("/me")]
pub async fn change_me(
    caller: SignedIn,
    request: HttpRequest,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<MeChange>,
) -> Result<Reply<MeView>> {
    let seen = required_if_match(&request)?;
    let mut work =
        IdempotentWrite::begin(&database.0, &request, caller.user.0, clock.0.now()).await?;
    accounts::set_language(&mut work, &caller, &seen, form.0.language).await?;
    let (me, version) = find_me(
        &mut work,
        caller.office,
        caller.user,
        caller.roles,
        caller.acting,
    )
    .await?;
    work.finish(Reply::ok(me).version(version)).await
}

/// The user's own view of the account, and its version.
pub async fn find_me(
    connection: &mut PgConnection,
    office: OfficeId,
    user: UserId,
    roles: Roles,
    acting: Option<Acting>,
) -> Result<(MeView, i64)> {
    let row = users::find(connection, office, user)
        .await?
        .ok_or_else(|| Error::new(Code::Unauthenticated))?;
    let customer_id = row.customer_id.map(CustomerId);
    let organisation = match customer_id {
        Some(id) => Some(organisations::find(connection, id).await?),
        None => None,
    };
    let view = MeView {
        id: user,
        email: row.email,
        email_verified_at: row.email_verified_at,
        display_name: row.display_name,
        language: Language::from_tag(&row.language),
        office_id: office,
        roles: roles.iter().collect(),
        acting: acting.map(ActingView::from),
        customer_id,
        organisation,
    };
    Ok((view, row.version))
}

/// The current and the new password.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The current password (kata sandi saat ini).
    #[schema(value_type = String, format = "password", example = "kuda benar baterai", max_length = 200)]
    pub current_password: Password,
    /// 12 to 200 characters, not breached, not easy to guess from your own data (kata sandi baru).
    #[schema(value_type = String, format = "password", example = "perahu hijau menuju hulu", min_length = 12, max_length = 200)]
    pub new_password: Password,
}

impl Validate for PasswordChange {
    /// Rules about the owner's names are checked later, when the account is known.
    fn errors(&self) -> Vec<FieldError> {
        let current = self
            .current_password
            .is_too_long()
            .then(|| too_long("/current_password"));
        [
            current,
            self.new_password
                .field_error(Owner::default(), "/new_password"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Change the password (ganti kata sandi).
///
/// Needs the current password. All other sessions of the user end; the current one continues.
#[utoipa::path(tag = "sign in", request_body = PasswordChange, responses((status = 204, description = "The password is changed")))]
#[post("/me/password")]
pub async fn change_password(
    caller: SignedIn,
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<PasswordChange>,
) -> Result<Reply<()>> {
    let (Provided(identity), Provided(database), Body(form)) = (identity, database, form);
    let address = Address::from_request(&request, &identity.proxies);
    let checked = change::check(
        &identity,
        &database,
        &caller,
        form.current_password,
        form.new_password,
        address,
    )
    .await?;
    key_body_digest(&request, &identity);
    let mut work =
        IdempotentWrite::begin(&database, &request, caller.user.0, clock.0.now()).await?;
    change::change(&mut work, &caller, checked).await?;
    work.finish(Reply::no_content()).await
}

/// The account with the forgotten password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordResetRequest {
    /// The e-mail of the account (surel).
    #[schema(example = "mutu@tirtamusi.example", format = "email", max_length = 254)]
    pub email: String,
}

impl Validate for PasswordResetRequest {
    fn errors(&self) -> Vec<FieldError> {
        email::field_error(&self.email, "/email")
            .into_iter()
            .collect()
    }
}

/// The code from the mail and the new password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The code from the mail, valid once (kode).
    #[schema(
        example = "m3rJ0c9fYlQh2Tq7v1xS8dKzE5uWbN4aPgR6oXtCiLs",
        min_length = 1,
        max_length = 100
    )]
    pub token: String,
    /// 12 to 200 characters, not breached, not easy to guess from your own data (kata sandi baru).
    #[schema(value_type = String, format = "password", example = "perahu hijau menuju hulu", min_length = 12, max_length = 200)]
    pub password: Password,
}

impl Validate for NewPassword {
    /// Rules about the owner's names are checked later, when the account is known.
    fn errors(&self) -> Vec<FieldError> {
        self.password
            .field_error(Owner::default(), "/password")
            .into_iter()
            .collect()
    }
}

/// Request a password reset (lupa kata sandi).
///
/// The reply is the same whether or not the account exists. If it does, a mail with a code is sent,
/// in the language of the account (`PATCH /me`). The code is valid once, for 30 minutes; earlier
/// codes become void.
#[utoipa::path(tag = "sign in", request_body = PasswordResetRequest, responses((status = 202, description = "Accepted")), security(()))]
#[post("/auth/password-reset")]
pub async fn request_password_reset(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    form: Body<PasswordResetRequest>,
) -> Result<Reply<()>> {
    identity
        .0
        .throttle
        .count_token_request(Address::from_request(&request, &identity.0.proxies))?;
    reset::request(&identity.0, &database.0, &form.0.email).await?;
    Ok(Reply::accepted())
}

/// Choose a new password (kata sandi baru dengan kode surel).
///
/// Needs the code from the mail. All sessions of the account end, and a mail informs the owner.
/// Unknown, used, void and expired codes get the same error.
#[utoipa::path(tag = "sign in", request_body = NewPassword, responses((status = 204, description = "The password is changed")), security(()))]
#[post("/auth/password-reset/confirm")]
pub async fn confirm_password_reset(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    form: Body<NewPassword>,
) -> Result<Reply<()>> {
    let (NewPassword { token, password }, from) =
        (form.0, Address::from_request(&request, &identity.0.proxies));
    identity.0.throttle.count_token_request(from)?;
    reset::confirm(&identity.0, &database.0, &token, password, from).await?;
    Ok(Reply::no_content())
}

/// The token of the mail.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailProof {
    /// The code from the mail, valid once (kode).
    #[schema(
        example = "m3rJ0c9fYlQh2Tq7v1xS8dKzE5uWbN4aPgR6oXtCiLs",
        min_length = 1,
        max_length = 100
    )]
    pub token: String,
}

impl Validate for EmailProof {}

/// Send the verification mail again (kirim ulang surel verifikasi).
///
/// Sends it to the address of the signed-in account, at most three times an hour. The first one was
/// sent when the account was created. No mail is sent if the address is already verified.
#[utoipa::path(tag = "sign in", responses((status = 202, description = "Accepted")))]
#[post("/auth/email-verification")]
pub async fn request_email_verification(
    caller: SignedIn,
    identity: Provided<Identity>,
    database: Provided<Database>,
) -> Result<Reply<()>> {
    let mut transaction = database.0.begin().await?;
    verification::resend(&mut transaction, &identity.0, &caller).await?;
    transaction.commit().await?;
    Ok(Reply::accepted())
}

/// Verify the e-mail address (verifikasi surel).
///
/// Needs the code from the mail, but no sign-in. From then on notifications are sent by mail too.
#[utoipa::path(tag = "sign in", request_body = EmailProof, responses((status = 204, description = "The address is verified")), security(()))]
#[post("/auth/email-verification/confirm")]
pub async fn confirm_email(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<EmailProof>,
) -> Result<Reply<()>> {
    identity
        .0
        .throttle
        .count_token_request(Address::from_request(&request, &identity.0.proxies))?;
    verification::confirm(&database.0, &form.0.token, clock.0.now()).await?;
    Ok(Reply::no_content())
}
