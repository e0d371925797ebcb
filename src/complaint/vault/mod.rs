//! The identity vault. Sealing runs within the transaction of the complaint; opening needs the
//! custodian's private key and the vault's database role.

pub mod pin;

use sqlx::PgConnection;

use crate::complaint::custody::custodian::CustodianPrivateKey;
use crate::complaint::identity::{self, Identity, open_identity, seal_identity};
use crate::complaint::sealing::keys::ShredSalt;
use crate::complaint::sealing::salts::SaltKind;
use crate::complaint::services::ComplaintServices;
use crate::complaint::store::vault as store;
use crate::error::{Error, OrNotFound as _, Result};
use crate::ids::ComplaintId;

/// Seals `identity` (none for an anonymous reporter) and replaces an earlier one. All sealed
/// identities have the same size.
pub(crate) async fn seal(
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
/// `not_found` when the identity was shredded; internal error, which raises an alarm, when the
/// record was moved, changed or forged.
pub(crate) async fn open(
    services: &ComplaintServices,
    case: ComplaintId,
    private: &CustodianPrivateKey,
) -> Result<Identity> {
    let (case_ref, salt, sealed) = find(services, case).await?;
    open_identity(private, &services.keys, &case_ref, &salt, &sealed).ok_or_else(|| {
        Error::internal(
            "an identity in the vault cannot be opened: moved, changed, or sealed to another key",
        )
    })
}

/// Fingerprint of the custodian key that opens the identity of a case. After a key change, old
/// cases still need the old key.
pub(crate) async fn custodian_fingerprint(
    services: &ComplaintServices,
    case: ComplaintId,
) -> Result<[u8; 32]> {
    let (case_ref, salt, sealed) = find(services, case).await?;
    identity::custodian_fingerprint(&services.keys, &case_ref, &salt, &sealed).ok_or_else(|| {
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
        .or_not_found()?;
    Ok((
        case_ref,
        services.salts.read(case, SaltKind::Identity).await?,
        sealed,
    ))
}
