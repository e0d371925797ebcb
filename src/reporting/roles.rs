//! The roles and their rights in every SOP, as the permit check answers.

use actix_web::get;
use serde::Serialize;

use super::catalogue::{SOPS, TaskRight};
use crate::identity::SignedIn;
use crate::sop::codes::SopCode;
use crate::sop::rights::RightsSubject;
use crate::sop::role::Role;
use crate::web::Reply;

/// The roles.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RolesView {
    /// Every role.
    pub items: Vec<RoleView>,
}

/// A role and its rights.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RoleView {
    /// The code.
    pub code: Role,
    /// The office's term for the role.
    #[schema(example = "Staf Operasional")]
    pub office_term: &'static str,
    /// True if two administrators must agree to assign the role.
    pub by_two: bool,
    /// The rights of a holder, per SOP; an SOP without rights is omitted.
    pub sops: Vec<SopRights>,
}

/// The rights of a role in one SOP.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SopRights {
    /// The SOP.
    #[schema(value_type = SopCode)]
    pub sop: &'static str,
    /// The tasks, in the order of its table.
    pub tasks: Vec<TaskRight>,
}

/// List the roles (daftar peran dan haknya).
///
/// Every role with its tasks and the stages at which it may do them.
#[utoipa::path(tag = "identity", responses((status = 200, body = RolesView)))]
#[get("/roles")]
pub async fn list_roles(_who: SignedIn) -> Reply<RolesView> {
    Reply::ok(RolesView {
        items: Role::all().map(rights_of).collect(),
    })
}

/// A role with its rights.
pub fn rights_of(role: Role) -> RoleView {
    let sops = SOPS.iter().map(|sop| SopRights {
        sop: sop.code(),
        tasks: sop.rights_of(RightsSubject::Holder(role)),
    });
    RoleView {
        code: role,
        office_term: role.office_term(),
        by_two: role.is_given_by_two(),
        sops: sops.filter(|rights| !rights.tasks.is_empty()).collect(),
    }
}
