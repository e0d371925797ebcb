//! Gateways to external systems.

pub mod document_store;
pub(crate) mod drive;
pub(crate) mod mail;
pub mod payment_office;
pub mod signing;

/// Registers aws-lc-rs as the TLS library of the process; without it the first connection panics.
/// No effect when repeated.
pub fn install_tls_provider() {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
}
