//! `PUT /users/{id}/roles`.

use actix_web::{HttpRequest, put};
use serde::Deserialize;

use super::views::UserView;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;
use crate::identity::accounts;
use crate::identity::journal::record_refusal;
use crate::identity::{Admins, Restricted};
use crate::ids::UserId;
use crate::sop::role::Role;
use crate::web::body::Validate;
use crate::web::idempotent_write::required_if_match;
use crate::web::{Body, IdempotentWrite, PathParam, Provided, Reply};

/// The complete list of roles that a person is to hold.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserRoles {
    /// The roles (peran).
    pub roles: Vec<Role>,
}

impl Validate for UserRoles {}

/// Set the roles of an account (tetapkan peran).
///
/// Roles that are not in the list are removed, with effect from the person's next request. Roles
/// that can read complaints, supervise their handling or give roles are given and removed by two
/// administrators (`by_two` in `GET /roles`): the first request stores a proposal, shown under
/// `pending_roles`; the same request by another administrator carries it out, and a list that
/// leaves the role unchanged withdraws it. When such a role is removed, the other administrators,
/// custodians, internal auditors and the owner are notified. The last active administrator,
/// custodian or internal auditor keeps the role. Administrators cannot change their own roles. For
/// administrators.
#[utoipa::path(tag = "identity", request_body = UserRoles, params(("If-Match" = String, Header, description = "ETag of the version you change"), ("id" = UserId, Path, description = "The account")),
    responses((status = 200, description = "The account as it is now", body = UserView)),
    extensions(("x-roles" = json!(["admin"])), ("x-problem-codes" = json!(["conflict"]))))]
#[put("/users/{id}/roles")]
pub async fn set_user_roles(
    caller: Restricted<Admins>,
    request: HttpRequest,
    at: PathParam<UserId>,
    database: Provided<Database>,
    clock: Provided<Clock>,
    form: Body<UserRoles>,
) -> Result<Reply<UserView>> {
    let seen = required_if_match(&request)?;
    let done = async {
        let mut work =
            IdempotentWrite::begin(&database.0, &request, caller.0.user.0, clock.0.now()).await?;
        let row = accounts::set_roles(&mut work, &caller.0, at.0, &seen, &form.0.roles).await?;
        let version = row.version;
        work.finish(Reply::ok(UserView::from(row)).version(version))
            .await
    };
    record_refusal(
        &database.0,
        &caller.0,
        "set_user_roles_refused",
        clock.0.now(),
        done.await,
    )
    .await
}
