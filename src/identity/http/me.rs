//! `GET|PATCH /me`, and the view of oneself.

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
use crate::web::idempotent_write::version_required;
use crate::web::problem::Language;
use crate::web::{Body, IdempotentWrite, Provided, Reply};

/// The person who asks.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MeView {
    /// The account.
    pub id: UserId,
    /// The e-mail to sign in with (surel).
    #[schema(example = "siti.rahayu@karetmusi.example")]
    pub email: String,
    /// When somebody who reads mail there proved it. Until then notifications do not come by mail.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// The name that is shown and signs (nama).
    #[schema(example = "Siti Rahayu")]
    pub display_name: String,
    /// In which language mails to you are written (bahasa surel).
    pub language: Language,
    /// The office.
    pub office_id: OfficeId,
    /// The roles held today, the acting one included (peran).
    pub roles: Vec<Role>,
    /// For whom the person acts today, if for anybody.
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
    /// For which role.
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

/// Who am I (profil saya).
///
/// The account behind the access token, with the roles it holds today.
#[utoipa::path(tag = "identity", responses((status = 200, description = "The person who asks", body = MeView)))]
#[get("/me")]
pub async fn show_me(who: SignedIn, database: Provided<Database>) -> Result<Reply<MeView>> {
    let (me, version) = database
        .0
        .read(async |connection| {
            show(connection, who.office, who.user, who.roles, who.acting).await
        })
        .await?;
    Ok(Reply::ok(me).version(version))
}

/// What one changes of oneself.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeChange {
    /// In which language mails to you are written (bahasa surel).
    pub language: Language,
}

impl Validate for MeChange {}

/// Change your language (ubah bahasa).
///
/// In which language mails to you are written, from the next one on. Replies go by `Accept-Language`, each by its own.
#[utoipa::path(tag = "identity", request_body = MeChange, params(("If-Match" = String, Header, description = "ETag of the version you change")),
    responses((status = 200, description = "The person who asks", body = MeView)))]
#[patch("/me")]
pub async fn change_me(
    who: SignedIn,
    request: HttpRequest,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<MeChange>,
) -> Result<Reply<MeView>> {
    let seen = version_required(&request)?;
    let mut work = IdempotentWrite::begin(&database.0, &request, who.user.0, clock.0.now()).await?;
    accounts::set_language(&mut work, &who, &seen, form.0.language).await?;
    let (me, version) = show(&mut work, who.office, who.user, who.roles, who.acting).await?;
    work.finish(Reply::ok(me).version(version)).await
}

/// The view of a person, as the person sees it, and its version.
pub async fn show(
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
        language: Language::of_tag(&row.language),
        office_id: office,
        roles: roles.iter().collect(),
        acting: acting.map(ActingView::from),
        customer_id,
        organisation,
    };
    Ok((view, row.version))
}
