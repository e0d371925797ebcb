//! Reports on the service's work as a whole: the SOPs, the rights of each role, and the record of
//! finished and running files. Read-only.

pub mod catalogue;
pub(crate) mod pnbp;
pub mod realization;
pub(crate) mod reports;
pub(crate) mod roles;
pub mod sops;
#[cfg(test)]
mod tests;

use crate::web::Registry;

/// Every operation of reporting.
pub(crate) fn routes(config: &mut impl Registry) {
    config
        .service(sops::list_sops)
        .service(sops::read_sop)
        .service(roles::list_roles)
        .service(reports::realization::read_realization)
        .service(reports::sla::read_sla)
        .service(reports::pnbp::read_pnbp)
        .service(reports::deposits::read_deposits);
}
