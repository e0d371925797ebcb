//! The vault of identities: sealing is a call within the complaint's own transaction; opening needs the custodian's private half and the vault's role.

pub mod pin;

use sqlx::PgConnection;

use crate::complaint::custody::custodian::CustodianPrivate;
use crate::complaint::identity::{self, Identity, open_identity, seal_identity};
use crate::complaint::sealing::salts::Of;
use crate::complaint::sealing::shred_salt::ShredSalt;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::vault as store;
use crate::error::{Code, Error, Result};
use crate::ids::ComplaintId;

/// Seals `identity` (none: an anonymous reporter), replacing what was there. What is stored has one size.
///
/// # Errors
/// When the server refuses.
pub async fn seal(
    connection: &mut PgConnection,
    services: &ComplaintServices,
    case: ComplaintId,
    salt: &ShredSalt,
    identity: Option<&Identity>,
) -> Result<()> {
    let case_ref = services.keys.case_ref(case);
    let sealed = seal_identity(
        services.custodian(),
        &services.keys,
        &case_ref,
        salt,
        identity,
    )?;
    store::seal(
        connection,
        &case_ref,
        &services.custodian().fingerprint(),
        &sealed,
    )
    .await
}

/// Opens the identity of a case in memory.
///
/// # Errors
/// `not_found` when it was shredded; our own fault, which is an alarm, when what lies in the vault was moved, changed or forged.
pub async fn open(
    services: &ComplaintServices,
    case: ComplaintId,
    private: &CustodianPrivate,
) -> Result<Identity> {
    let (case_ref, salt, sealed) = find(services, case).await?;
    open_identity(private, &services.keys, &case_ref, &salt, &sealed).ok_or_else(|| {
        Error::internal(
            "an identity in the vault cannot be opened: moved, changed, or sealed to another key",
        )
    })
}

/// The fingerprint of the custodian's key that opens the identity of a case: after the key was changed, old cases still need the old one.
///
/// # Errors
/// As `open`.
pub async fn sealed_to(services: &ComplaintServices, case: ComplaintId) -> Result<[u8; 32]> {
    let (case_ref, salt, sealed) = find(services, case).await?;
    identity::sealed_to(&services.keys, &case_ref, &salt, &sealed).ok_or_else(|| {
        Error::internal(
            "what lies in the vault is no identity of its case: moved, changed or forged",
        )
    })
}

async fn find(
    services: &ComplaintServices,
    case: ComplaintId,
) -> Result<([u8; 32], ShredSalt, Vec<u8>)> {
    let case_ref = services.keys.case_ref(case);
    let sealed = services
        .vault()
        .read(async |c| store::find(c, &case_ref).await)
        .await?
        .ok_or_else(|| Error::new(Code::NotFound))?;
    Ok((
        case_ref,
        services.salts.read(case, Of::Identity).await?,
        sealed,
    ))
}
