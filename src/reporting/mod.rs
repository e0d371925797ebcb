//! What the service tells about its work as a whole: the procedures it runs, who may do what in them, and the record of what was done. It changes
//! nothing.

pub mod catalogue;
pub mod realization;
pub mod reports;
pub mod roles;
pub mod sops;
#[cfg(test)]
mod tests;

use crate::web::Registry;

/// Every operation of reporting.
pub fn routes(config: &mut impl Registry) {
    config
        .service(sops::list_sops)
        .service(sops::read_sop)
        .service(roles::list_roles)
        .service(reports::realization::read_realization)
        .service(reports::sla::read_sla);
}
