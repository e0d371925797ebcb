//! `POST /auth/register`.

use actix_web::{HttpRequest, post};

use super::me::{MeView, find_me};
use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::Identity;
use crate::identity::address::Address;
use crate::identity::registration::{self, Registration};
use crate::sop::role::{Role, Roles};
use crate::web::problem::Language;
use crate::web::{Body, Provided, Reply};

/// Register as a customer (daftar sebagai pelanggan).
///
/// Creates an account for a person and their organisation, and sends a mail for verifying the
/// address, in the language of `Accept-Language`. An e-mail that is in use gets `conflict`;
/// therefore the number of registrations per address is limited. Sign in afterwards; verification
/// is not required for that.
#[utoipa::path(tag = "identity", request_body = Registration, responses((status = 201, description = "The new account", body = MeView)), security(()),
    extensions(("x-problem-codes" = json!(["conflict"]))))]
#[post("/auth/register")]
pub async fn register(
    request: HttpRequest,
    identity: Provided<Identity>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<Registration>,
) -> Result<Reply<MeView>> {
    let (Provided(identity), Provided(database), Body(form)) = (identity, database, form);
    identity
        .throttle
        .count_registration(Address::from_request(&request, &identity.proxies))?;
    let (office, user) = registration::register(
        &identity,
        &database,
        form,
        Language::preferred(&request),
        clock.0.now(),
    )
    .await?;
    let (me, version) = database
        .read(async |connection| {
            find_me(
                connection,
                office,
                user,
                Roles::NONE.with(Role::Customer),
                None,
            )
            .await
        })
        .await?;
    Ok(Reply::created("/api/v1/me", me).version(version))
}
