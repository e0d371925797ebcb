//! `GET|PATCH /me`: the signed-in user.

use actix_web::{HttpRequest, get, patch};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::identity::accounts;
use crate::identity::organisation::Organisation;
use crate::identity::signed_in::{Acting, ActingKind, SignedIn};
use crate::identity::store::{organisations, users};
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
    #[schema(example = "siti.rahayu@karetmusi.example")]
    pub email: String,
    /// When the address was verified. Until then notifications are not sent by mail.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// The name for display and signatures (nama).
    #[schema(example = "Siti Rahayu")]
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
#[utoipa::path(tag = "identity", responses((status = 200, description = "The signed-in user", body = MeView)))]
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
#[utoipa::path(tag = "identity", request_body = MeChange, params(("If-Match" = String, Header, description = "ETag of the version you change")),
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
