//! Pins the custodian's public key at the first start. The service refuses to start when the key in
//! the settings or its row in the database was replaced, so that an attacker cannot have identities
//! sealed to another key.

use chrono::{DateTime, Utc};

use crate::complaint::services::ComplaintServices;
use crate::complaint::store::vault as store;
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::identity::signed_in::today;

/// Checks that the key of the settings is pinned. Pins the key when none is pinned and the vault is
/// empty; an empty pin table with a filled vault is refused.
///
/// # Errors
/// `conflict`, with instructions for the operator.
pub async fn check(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
) -> Result<()> {
    let pinned = database.read(async |c| store::pinned(c).await).await?;
    if pinned.is_empty()
        && !services
            .vault()
            .read(async |c| store::holds_any(c).await)
            .await?
    {
        return accept(database, services, now).await;
    }
    let ours = services.custodian().fingerprint();
    let genuine = |(fingerprint, mac): &(Vec<u8>, Vec<u8>)| {
        fingerprint.as_slice() == ours && mac.as_slice() == tag(services, &ours)
    };
    if pinned.iter().any(genuine) {
        return Ok(());
    }
    Err(Error::new(Code::Conflict).detail(
        "Kunci publik penjaga identitas bukan yang dipakai sebelumnya. Bila memang diganti, jalankan `service-desk accept-custodian-key`.",
        "The custodian's public key differs from the one used before. If the key was replaced on purpose, run `service-desk accept-custodian-key`.",
    ))
}

/// Pins the key of the settings in addition to earlier keys.
pub async fn accept(
    database: &Database,
    services: &ComplaintServices,
    now: DateTime<Utc>,
) -> Result<()> {
    let ours = services.custodian().fingerprint();
    database
        .read(async |c| store::pin(c, &ours, &tag(services, &ours), today(now)).await)
        .await
}

fn tag(services: &ComplaintServices, fingerprint: &[u8; 32]) -> [u8; 32] {
    services
        .keys
        .service_tag(&[b"custodian_key|".as_slice(), fingerprint].concat())
}
