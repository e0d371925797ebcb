//! What the service tells about its work as a whole: the procedures it runs, and who may do what in them. It reads and changes nothing.

pub mod catalogue;
pub mod roles;
pub mod sops;
#[cfg(test)]
mod tests;

use utoipa_actix_web::service_config::ServiceConfig;

/// Every operation of reporting.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(sops::list_sops).service(sops::read_sop).service(roles::list_roles);
}
