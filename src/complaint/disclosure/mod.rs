//! Disclosures (pembukaan identitas). A handler of a complaint requests part of its reporter's
//! identity, a custodian other than the requester decides with a key file and passphrase, and the
//! requester opens the granted fields once, within 15 minutes (design: whistleblowing 4.8). No
//! person decides their own request, and without a custodian nothing is opened.

mod decide;
mod forms;
pub(crate) mod http;
mod notify;
mod open;
mod request;
mod views;

pub use self::http::{WaitingDisclosure, waiting};
pub use self::request::expire;
use crate::identity::AllowedRoles;
use crate::sop::role::Role;

/// Custodians: the roles that decide on a request for disclosure.
#[derive(Debug)]
pub struct Custodians;

impl AllowedRoles for Custodians {
    const ROLES: &'static [Role] = &[Role::IdentityCustodian];
}
