//! Services of the workflow beside the database: keys, shred salts, the key of the audit trail, the
//! custodian's public key, the connection to the vault, the settings of the office, and the
//! in-memory limits of passphrase attempts and uploads.

pub(crate) mod attempts;
pub(crate) mod upload_limiter;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use actix_web::HttpRequest;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use clean_copy::Starter;
use sqlx::PgConnection;

use self::attempts::PassphraseAttempts;
use self::upload_limiter::UploadLimiter;
use crate::audit::AuditKey;
use crate::casework::workflow::RequestTime;
use crate::complaint::custody::custodian::CustodianPublicKey;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::sealing::keys::Keys;
use crate::complaint::sealing::salts::{SaltKind, Salts};
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::ids::{ComplaintId, OfficeId};
use crate::secrecy::MasterKey;
use crate::web::provided;

/// The services of complaints. Cheap to clone.
#[derive(Clone)]
pub struct ComplaintServices {
    /// All keys of the workflow except the custodian's private key.
    pub keys: Keys,
    /// The store of shred salts.
    pub salts: Salts,
    /// The key of the audit trail.
    pub audit: AuditKey,
    /// Release times and retention periods.
    pub policy: Policy,
    /// Failed passphrase attempts of custodians.
    pub passphrases: PassphraseAttempts,
    /// Limits of uploads and downloads.
    pub uploads: UploadLimiter,
    /// Starts the program that makes the copies of attachments.
    pub copier: Starter,
    /// Complaints whose last screening failed: they are screened after all others.
    pub failed_screenings: Arc<Mutex<HashSet<ComplaintId>>>,
    custodian: CustodianPublicKey,
    vault: Database,
    /// The key of the case in progress, cached.
    cached_key: Option<Arc<(ComplaintId, CaseKey)>>,
}

/// Settings that the office chooses.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Release times of the day, in WIB.
    pub release_times: Vec<NaiveTime>,
    /// Complaints are released at once. For test installations only, where no reporter needs
    /// protection.
    pub release_immediately: bool,
    /// Retention period of an identity after its case was closed.
    pub identity_retention: TimeDelta,
    /// Retention period of the case.
    pub content_retention: TimeDelta,
}

impl ComplaintServices {
    /// Creates the services. The connections of `vault` use the role of the vault.
    pub fn new(
        master: &MasterKey,
        audit: AuditKey,
        documents: DocumentStore,
        custodian: CustodianPublicKey,
        vault: Database,
        policy: Policy,
    ) -> Self {
        let keys = Keys::new(master);
        Self {
            salts: Salts::new(documents, keys.clone()),
            keys,
            audit,
            policy,
            passphrases: PassphraseAttempts::default(),
            uploads: UploadLimiter::default(),
            copier: Starter::of_this_binary(),
            failed_screenings: Arc::default(),
            custodian,
            vault,
            cached_key: None,
        }
    }

    /// The services from the application data.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self> {
        provided(request)
    }

    /// The services with the key of `case` cached.
    #[must_use]
    pub(super) fn with_key(self, case: ComplaintId, key: CaseKey) -> Self {
        Self {
            cached_key: Some(Arc::new((case, key))),
            ..self
        }
    }

    /// Opens the key of a case.
    ///
    /// # Errors
    /// `not_found` when the case was shredded.
    pub(crate) async fn case_key(&self, case: ComplaintId, wrapped: &[u8]) -> Result<CaseKey> {
        if let Some(cached_key) = self
            .cached_key
            .as_ref()
            .filter(|cached_key| cached_key.0 == case)
        {
            return Ok(cached_key.1.clone());
        }
        let salt = self.salts.read(case, SaltKind::Content).await?;
        self.keys.open_case(case, &salt, wrapped).ok_or_else(|| {
            Error::internal("the key of a complaint cannot be opened: moved or changed")
        })
    }

    /// Opens the keys of several cases; a shredded case has none. Each case costs a read of the
    /// document store, so no transaction should be open.
    pub(crate) async fn case_keys(
        &self,
        wrapped: Vec<(ComplaintId, Vec<u8>)>,
    ) -> Result<HashMap<ComplaintId, CaseKey>> {
        let mut keys = HashMap::new();
        for (case, wrapped) in wrapped {
            match self.case_key(case, &wrapped).await {
                Ok(key) => drop(keys.insert(case, key)),
                Err(error) if error.code() == Some(Code::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(keys)
    }

    /// The custodian's public key.
    pub fn custodian(&self) -> &CustodianPublicKey {
        &self.custodian
    }

    /// Connections with the role of the vault, for a granted disclosure and for shredding.
    pub fn vault(&self) -> &Database {
        &self.vault
    }
}

impl std::fmt::Debug for ComplaintServices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ComplaintServices")
    }
}

/// Returns the office that receives complaints and its next release time after now.
pub(crate) async fn next_release(
    connection: &mut PgConnection,
    at: &RequestTime,
    services: &ComplaintServices,
) -> Result<(OfficeId, DateTime<Utc>)> {
    let (office, calendar) = at.calendars.first_office(connection).await?;
    Ok((
        office,
        if services.policy.release_immediately {
            at.now
        } else {
            calendar.next_slot(&services.policy.release_times, at.now)
        },
    ))
}
