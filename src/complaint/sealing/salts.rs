//! Store of shred salts: two for each case, kept in the document store and not in the database.
//! Without its salt neither the key of a case nor an identity can be opened, so deleting the salt
//! makes them unreadable in every backup of the database.

use super::keys::Keys;
use super::keys::ShredSalt;
use crate::error::{Error, OrNotFound as _, Result};
use crate::gateways::document_store::DocumentStore;
use crate::ids::ComplaintId;

/// Kind of salt. The identity is shredded earlier than the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaltKind {
    /// Salt of the key of the case.
    Content,
    /// Salt of the identity.
    Identity,
}

/// The store of salts.
#[derive(Debug, Clone)]
pub struct Salts {
    store: DocumentStore,
    keys: Keys,
}

impl Salts {
    /// Creates a store of salts in `store`.
    pub fn new(store: DocumentStore, keys: Keys) -> Self {
        Self { store, keys }
    }

    /// Creates both salts of a new case. A salt without a case is harmless.
    pub async fn create(&self, case: ComplaintId) -> Result<(ShredSalt, ShredSalt)> {
        let (content, identity) = (ShredSalt::random(), ShredSalt::random());
        let (one, other) = tokio::join!(
            self.put(case, SaltKind::Content, &content),
            self.put(case, SaltKind::Identity, &identity)
        );
        one.and(other)?;
        Ok((content, identity))
    }

    /// Creates one salt, for texts that belong to no case.
    pub async fn create_one(&self, of_what: ComplaintId, of: SaltKind) -> Result<ShredSalt> {
        let salt = ShredSalt::random();
        self.put(of_what, of, &salt).await?;
        Ok(salt)
    }

    /// Reads the salt of a case.
    ///
    /// # Errors
    /// `not_found` when the salt was deleted, that is, when the case was shredded. A failure of the
    /// store is an internal error and says nothing about the case.
    pub async fn read(&self, case: ComplaintId, of: SaltKind) -> Result<ShredSalt> {
        let bytes = self
            .store
            .read_whole(&self.name(case, of))
            .await?
            .or_not_found()?;
        ShredSalt::from_bytes(&bytes)
            .ok_or_else(|| Error::internal("a shred salt has not its length"))
    }

    /// Deletes a salt. Idempotent. After an error nothing is shredded.
    pub async fn shred(&self, case: ComplaintId, of: SaltKind) -> Result<()> {
        self.store.delete(&self.name(case, of)).await
    }

    async fn put(&self, case: ComplaintId, of: SaltKind, salt: &ShredSalt) -> Result<()> {
        let name = self.name(case, of);
        self.store.put(&name, salt.as_bytes().to_vec()).await?;
        self.store.clear_modified_time(&name).await
    }

    fn name(&self, case: ComplaintId, of: SaltKind) -> String {
        let of = match of {
            SaltKind::Content => "content",
            SaltKind::Identity => "identity",
        };
        format!("shred/{of}/{}", hex::encode(self.keys.case_ref(case)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::secrecy::MasterKey;

    #[tokio::test]
    async fn a_store_that_fails_is_not_a_case_that_was_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let salts = Salts::new(
            DocumentStore::folder(folder.path()).unwrap(),
            Keys::new(&MasterKey::random()),
        );
        let case = ComplaintId::random();
        salts.create(case).await.unwrap();
        assert!(salts.read(case, SaltKind::Content).await.is_ok());
        salts.shred(case, SaltKind::Content).await.unwrap();
        assert_eq!(
            salts
                .read(case, SaltKind::Content)
                .await
                .err()
                .and_then(|error| error.code()),
            Some(Code::NotFound)
        );
        // A folder cannot be read as a file.
        std::fs::create_dir_all(folder.path().join(salts.name(case, SaltKind::Content))).unwrap();
        assert_ne!(
            salts
                .read(case, SaltKind::Content)
                .await
                .err()
                .map(|error| error.code()),
            Some(Some(Code::NotFound))
        );
        assert!(salts.read(case, SaltKind::Identity).await.is_ok());
    }
}
