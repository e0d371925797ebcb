//! The roles and what each may do in every SOP, as the gate itself answers.

use actix_web::get;
use serde::Serialize;

use super::catalogue::{SOPS, TaskRight};
use crate::identity::SignedIn;
use crate::sop::rights::Asker;
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
    /// Its code.
    pub code: Role,
    /// The office's own word for it.
    #[schema(example = "Staf Operasional")]
    pub office_term: &'static str,
    /// Whether two administrators must agree to give it.
    pub by_two: bool,
    /// What its holder may do, SOP by SOP; an SOP in which there is nothing is left out.
    pub sops: Vec<SopRights>,
}

/// What a role may do in one SOP.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SopRights {
    /// The SOP.
    #[schema(example = "cert")]
    pub sop: &'static str,
    /// The tasks, in the order of its table.
    pub tasks: Vec<TaskRight>,
}

/// List the roles (daftar peran dan haknya).
///
/// Every role with the tasks it may do and the stages at which it may do them: the role × step matrix.
#[utoipa::path(tag = "identity", responses((status = 200, body = RolesView)))]
#[get("/roles")]
pub async fn list_roles(_who: SignedIn) -> Reply<RolesView> {
    Reply::ok(RolesView {
        items: Role::all().map(rights_of).collect(),
    })
}

/// A role with what its holder may do.
#[must_use]
pub fn rights_of(role: Role) -> RoleView {
    let sops = SOPS.iter().map(|sop| SopRights {
        sop: sop.code(),
        tasks: sop.rights_of(Asker::Holder(role)),
    });
    RoleView {
        code: role,
        office_term: role.office_term(),
        by_two: role.is_given_by_two(),
        sops: sops.filter(|rights| !rights.tasks.is_empty()).collect(),
    }
}
