//! Shred salts: two for each case, objects of the document store and not of the database. Without its salt neither the key of a case nor an identity can
//! be opened, so deleting the salt deletes them from every backup of the database.

use super::keys::Keys;
use super::shred_salt::ShredSalt;
use crate::error::{Code, Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::ids::ComplaintId;

/// What a salt is for: the identity goes earlier than the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// What was said.
    Content,
    /// Who said it.
    Identity,
}

/// Where the salts are.
#[derive(Debug, Clone)]
pub struct Salts {
    store: DocumentStore,
    keys: Keys,
}

impl Salts {
    /// In this store.
    #[must_use]
    pub fn new(store: DocumentStore, keys: Keys) -> Self {
        Self { store, keys }
    }

    /// Makes both salts of a new case. An object without a case does no harm.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn make(&self, case: ComplaintId) -> Result<(ShredSalt, ShredSalt)> {
        let (content, identity) = (ShredSalt::random(), ShredSalt::random());
        let (one, other) = tokio::join!(
            self.put(case, Of::Content, &content),
            self.put(case, Of::Identity, &identity)
        );
        one.and(other)?;
        Ok((content, identity))
    }

    /// Makes one salt: for words that are of no case.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn make_one(&self, of_what: ComplaintId, of: Of) -> Result<ShredSalt> {
        let salt = ShredSalt::random();
        self.put(of_what, of, &salt).await?;
        Ok(salt)
    }

    /// The salt of a case.
    ///
    /// # Errors
    /// `not_found` when it was deleted, which is what deleting a case means; our own fault when the store fails, which says nothing about the case.
    pub async fn read(&self, case: ComplaintId, of: Of) -> Result<ShredSalt> {
        let bytes = self
            .store
            .read_whole(&self.name(case, of))
            .await?
            .ok_or_else(|| Error::new(Code::NotFound))?;
        ShredSalt::from_bytes(&bytes)
            .ok_or_else(|| Error::internal("a shred salt has not its length"))
    }

    /// Deletes a salt for good. Doing it again is fine.
    ///
    /// # Errors
    /// When the store fails; then nothing is shredded yet.
    pub async fn shred(&self, case: ComplaintId, of: Of) -> Result<()> {
        self.store.delete(&self.name(case, of)).await
    }

    async fn put(&self, case: ComplaintId, of: Of, salt: &ShredSalt) -> Result<()> {
        let name = self.name(case, of);
        self.store.put(&name, salt.as_bytes().to_vec()).await?;
        self.store.forget_time(&name).await
    }

    fn name(&self, case: ComplaintId, of: Of) -> String {
        let of = match of {
            Of::Content => "content",
            Of::Identity => "identity",
        };
        format!("shred/{of}/{}", hex::encode(self.keys.case_ref(case)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrecy::MasterKey;

    #[tokio::test]
    async fn a_store_that_fails_is_not_a_case_that_was_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let salts = Salts::new(
            DocumentStore::folder(folder.path()).unwrap(),
            Keys::new(&MasterKey::random()),
        );
        let case = ComplaintId::random();
        salts.make(case).await.unwrap();
        assert!(salts.read(case, Of::Content).await.is_ok());
        salts.shred(case, Of::Content).await.unwrap();
        assert_eq!(
            salts
                .read(case, Of::Content)
                .await
                .err()
                .and_then(|error| error.code()),
            Some(Code::NotFound)
        );
        // What cannot be read as a file.
        std::fs::create_dir_all(folder.path().join(salts.name(case, Of::Content))).unwrap();
        assert_ne!(
            salts
                .read(case, Of::Content)
                .await
                .err()
                .map(|error| error.code()),
            Some(Some(Code::NotFound))
        );
        assert!(salts.read(case, Of::Identity).await.is_ok());
    }
}
