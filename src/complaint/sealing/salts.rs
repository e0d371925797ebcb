//! Store of shred salts: two for each case, in one object of the document store and not in the
//! database. Without its salt neither the key of a case nor an identity can be opened, so deleting
//! the salt makes them unreadable in every backup of the database.

use super::keys::Keys;
use super::keys::ShredSalt;
use crate::error::{Code, Error, OrNotFound as _, Result};
use crate::gateways::document_store::DocumentStore;
use crate::ids::ComplaintId;

/// Folder of the salts in the document store. An object in it loses its second salt when the
/// identity is shredded.
pub(crate) const FOLDER: &str = "shred/";

/// Kind of salt. The identity is shredded with the content or earlier.
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
        let both = [content.as_bytes(), identity.as_bytes()].concat();
        self.put(case, both).await?;
        Ok((content, identity))
    }

    /// Creates the salt of content alone, for texts that belong to no case.
    pub(crate) async fn create_one(&self, of_what: ComplaintId) -> Result<ShredSalt> {
        let salt = ShredSalt::random();
        self.put(of_what, salt.as_bytes().to_vec()).await?;
        Ok(salt)
    }

    /// Reads the salt of a case.
    ///
    /// # Errors
    /// `not_found` when the salt was deleted, that is, when the case was shredded. A failure of the
    /// store is an internal error and says nothing about the case.
    pub async fn read(&self, case: ComplaintId, of: SaltKind) -> Result<ShredSalt> {
        let bytes = self.store.read_whole(&self.name(case)).await?;
        let bytes = bytes.or_not_found()?;
        let (content, identity) = bytes
            .split_at_checked(ShredSalt::LENGTH)
            .ok_or_else(|| Error::internal("a shred salt has not its length"))?;
        let salt = match of {
            SaltKind::Content => content,
            SaltKind::Identity if identity.is_empty() => return Err(Error::new(Code::NotFound)),
            SaltKind::Identity => identity,
        };
        ShredSalt::from_bytes(salt)
            .ok_or_else(|| Error::internal("a shred salt has not its length"))
    }

    /// Deletes the salt of the identity, or both: without content there is no identity. Idempotent.
    /// After an error nothing is shredded. The caller holds the lock of the case's row, so that no
    /// other deletion is undone.
    pub async fn shred(&self, case: ComplaintId, of: SaltKind) -> Result<()> {
        let name = self.name(case);
        match of {
            SaltKind::Content => self.store.delete(&name).await,
            SaltKind::Identity => match self.store.read_whole(&name).await? {
                Some(mut both) if both.len() > ShredSalt::LENGTH => {
                    both.truncate(ShredSalt::LENGTH);
                    self.put(case, both).await
                }
                Some(_) | None => Ok(()),
            },
        }
    }

    async fn put(&self, case: ComplaintId, salts: Vec<u8>) -> Result<()> {
        self.store.put(&self.name(case), salts).await
    }

    fn name(&self, case: ComplaintId) -> String {
        format!("{FOLDER}{}", hex::encode(self.keys.case_ref(case)))
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
        salts.create(case).await.unwrap();
        assert!(salts.read(case, SaltKind::Content).await.is_ok());
        salts.shred(case, SaltKind::Content).await.unwrap();
        for kind in [SaltKind::Content, SaltKind::Identity] {
            let refusal = salts.read(case, kind).await.err();
            assert_eq!(refusal.and_then(|error| error.code()), Some(Code::NotFound));
        }
        // A folder cannot be read as a file.
        std::fs::create_dir_all(folder.path().join(salts.name(case))).unwrap();
        assert_ne!(
            salts
                .read(case, SaltKind::Content)
                .await
                .err()
                .map(|error| error.code()),
            Some(Some(Code::NotFound))
        );
    }

    #[tokio::test]
    async fn a_shredded_identity_leaves_the_content() {
        let folder = tempfile::tempdir().unwrap();
        let store = DocumentStore::folder(folder.path()).unwrap();
        let salts = Salts::new(store, Keys::new(&MasterKey::random()));
        let case = ComplaintId::random();
        let (content, identity) = salts.create(case).await.unwrap();
        let read = async |kind| {
            salts
                .read(case, kind)
                .await
                .map(|salt| salt.as_bytes().to_vec())
        };
        assert_eq!(read(SaltKind::Content).await.unwrap(), content.as_bytes());
        assert_eq!(read(SaltKind::Identity).await.unwrap(), identity.as_bytes());
        // The second deletion finds nothing to do.
        for _ in 0..2 {
            salts.shred(case, SaltKind::Identity).await.unwrap();
            assert_eq!(read(SaltKind::Content).await.unwrap(), content.as_bytes());
            assert_eq!(
                read(SaltKind::Identity)
                    .await
                    .err()
                    .and_then(|error| error.code()),
                Some(Code::NotFound)
            );
        }
        let file = folder.path().join(salts.name(case));
        assert_eq!(std::fs::read(file).unwrap(), content.as_bytes());
    }
}
