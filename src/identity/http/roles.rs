//! `PUT /users/{id}/roles`.

use actix_web::{HttpRequest, put};
use serde::Deserialize;

use super::views::UserView;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::accounts;
use crate::identity::journal::refusals_noted;
use crate::identity::signed_in::Administrator;
use crate::ids::UserId;
use crate::sop::role::Role;
use crate::web::body::Validate;
use crate::web::idempotent_write::version_required;
use crate::web::{At, Body, IdempotentWrite, Provided, Reply};

/// The roles a person is to hold: all of them, those held already included.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserRoles {
    /// The roles (peran).
    pub roles: Vec<Role>,
}

impl Validate for UserRoles {}

/// Set the roles of an account (tetapkan peran).
///
/// Roles that are not in the list are taken away, from the person's next request on. A role that reads complaints, watches those who do, or gives roles is given
/// and taken away by two administrators (`by_two` in `GET /roles`): the first request records a proposal, shown under `pending_roles`; the same request by
/// another administrator makes it so, and a list that leaves the role as it is withdraws it. When such a role is taken away, the other administrators,
/// custodians, internal auditors and the owner are told. The last active administrator, custodian or internal auditor keeps the role. Nobody changes their own
/// roles. For administrators.
#[utoipa::path(tag = "identity", request_body = UserRoles, params(("If-Match" = String, Header, description = "ETag of the version you change"), ("id" = UserId, Path, description = "The account")),
    responses((status = 200, description = "The account as it is now", body = UserView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[put("/users/{id}/roles")]
pub async fn set_user_roles(
    who: Administrator,
    request: HttpRequest,
    at: At<UserId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<UserRoles>,
) -> Result<Reply<UserView>> {
    let seen = version_required(&request)?;
    let done = async {
        let mut work =
            IdempotentWrite::begin(&database.0, &request, who.0.user.0, clock.0.now()).await?;
        let row = accounts::set_roles(&mut work, &who.0, at.0, &seen, &form.0.roles).await?;
        let version = row.version;
        work.finish(Reply::ok(UserView::from(row)).version(version))
            .await
    };
    refusals_noted(
        &database.0,
        &who.0,
        "set_user_roles_refused",
        clock.0.now(),
        done.await,
    )
    .await
}
