//! What complaints need beside the database: the keys, the shred salts, the audit trail's key, the custodian's public key, the way to the vault; what the office
//! may choose; and what is counted in memory: guesses at passphrases, room for files.

pub mod attempts;
pub(super) mod release_slots;
pub mod upload_limiter;

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::HttpRequest;
use chrono::{NaiveTime, TimeDelta};

use self::attempts::Attempts;
use self::upload_limiter::UploadLimiter;
use crate::audit::AuditKey;
use crate::complaint::custody::custodian::CustodianKey;
use crate::complaint::sealing::case_key::CaseKey;
use crate::complaint::sealing::keys::Keys;
use crate::complaint::sealing::salts::{Of, Salts};
use crate::database::Database;
use crate::error::{Code, Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::ids::ComplaintId;
use crate::secrecy::MasterKey;
use crate::web::provided;

/// The services of complaints. Cheap to clone.
#[derive(Clone)]
pub struct ComplaintServices {
    /// Every key of the workflow but the custodian's private half.
    pub keys: Keys,
    /// The shred salts.
    pub salts: Salts,
    /// The audit trail's key.
    pub audit: AuditKey,
    /// Times of the day at which complaints become known to the office, and how long things are kept.
    pub policy: Policy,
    /// Guesses at custodians' passphrases.
    pub passphrases: Attempts,
    /// Room for files of reporters.
    pub room: UploadLimiter,
    custodian: CustodianKey,
    vault: Database,
    /// The key of the case at hand.
    at_hand: Option<Arc<(ComplaintId, CaseKey)>>,
}

/// What the office may choose.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Surfacing times, WIB.
    pub surfacing: Vec<NaiveTime>,
    /// Nothing waits for a surfacing time: for trying the service out, where nobody needs protection.
    pub at_once: bool,
    /// How long an identity is kept after the case was closed.
    pub identity_kept: TimeDelta,
    /// How long the rest is.
    pub content_kept: TimeDelta,
}

impl ComplaintServices {
    /// With these keys; `vault` are connections as the vault's role.
    #[must_use]
    pub fn new(
        master: &MasterKey,
        audit: AuditKey,
        documents: DocumentStore,
        custodian: CustodianKey,
        vault: Database,
        policy: Policy,
    ) -> Self {
        let keys = Keys::new(master);
        Self {
            salts: Salts::new(documents, keys.clone()),
            keys,
            audit,
            policy,
            passphrases: Attempts::default(),
            room: UploadLimiter::default(),
            custodian,
            vault,
            at_hand: None,
        }
    }

    /// The services, as the application provides it.
    ///
    /// # Errors
    /// Our own fault when `app.rs` forgot it.
    pub fn of(request: &HttpRequest) -> Result<Self> {
        provided(request)
    }

    /// The same services with the key of a case at hand.
    #[must_use]
    pub(super) fn with_key(self, case: ComplaintId, key: CaseKey) -> Self {
        Self {
            at_hand: Some(Arc::new((case, key))),
            ..self
        }
    }

    /// The key of a case.
    ///
    /// # Errors
    /// `not_found` when the case was shredded; our own fault when its row was tampered with.
    pub async fn open(&self, case: ComplaintId, wrapped: &[u8]) -> Result<CaseKey> {
        if let Some(at_hand) = self.at_hand.as_ref().filter(|at_hand| at_hand.0 == case) {
            return Ok(at_hand.1.clone());
        }
        let salt = self.salts.read(case, Of::Content).await?;
        self.keys.open_case(case, &salt, wrapped).ok_or_else(|| {
            Error::internal("the key of a complaint cannot be opened: moved or changed")
        })
    }

    /// The keys of these cases; one that was shredded has none. It reads the document store once for each: ask when no transaction is open any more.
    ///
    /// # Errors
    /// Our own fault when a row was tampered with.
    pub async fn open_each(
        &self,
        wrapped: Vec<(ComplaintId, Vec<u8>)>,
    ) -> Result<HashMap<ComplaintId, CaseKey>> {
        let mut keys = HashMap::new();
        for (case, wrapped) in wrapped {
            match self.open(case, &wrapped).await {
                Ok(key) => drop(keys.insert(case, key)),
                Err(error) if error.code() == Some(Code::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(keys)
    }

    /// The custodian's public key.
    #[must_use]
    pub fn custodian(&self) -> &CustodianKey {
        &self.custodian
    }

    /// Connections as the vault's role: for a granted disclosure and for shredding.
    #[must_use]
    pub fn vault(&self) -> &Database {
        &self.vault
    }
}

impl std::fmt::Debug for ComplaintServices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cabinet")
    }
}
