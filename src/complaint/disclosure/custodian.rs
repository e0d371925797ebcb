//! The role that decides on disclosures, as a constraint of handlers.

use crate::identity::AllowedRoles;
use crate::sop::role::Role;

/// Roles that decide requests for disclosure.
pub(super) const DECIDERS: &[Role] = &[Role::IdentityCustodian];

/// The roles that decide on a disclosure.
#[derive(Debug)]
pub struct Custodians;

impl AllowedRoles for Custodians {
    const ROLES: &'static [Role] = DECIDERS;
}
