//! Shred salts: two for each case, objects of the document store and not of the database. Without its salt neither the key of a case nor an identity can
//! be opened, so deleting the salt deletes them from every backup of the database.

use futures_util::TryStreamExt as _;

use super::keys::{Keys, ShredSalt};
use crate::error::{Code, Error, Result};
use crate::gateways::document_store::DocumentStore;
use crate::ids::ComplaintId;

/// Bytes of a salt.
const LENGTH: u64 = 32;

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
        let (one, other) = tokio::join!(self.put(case, Of::Content, &content), self.put(case, Of::Identity, &identity));
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
    /// `not_found` when it was deleted, which is what deleting a case means.
    pub async fn read(&self, case: ComplaintId, of: Of) -> Result<ShredSalt> {
        let pieces = self.store.read(&self.name(case, of), 0..LENGTH).await.map_err(|_| Error::new(Code::NotFound))?;
        let bytes: Vec<_> = pieces.map_ok(|piece| piece.to_vec()).try_concat().await.map_err(Error::internal)?;
        ShredSalt::from_bytes(&bytes).ok_or_else(|| Error::internal("a shred salt has not its length"))
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
        let mut writer = self.store.writer(&name).await?;
        writer.write(bytes::Bytes::copy_from_slice(salt.as_bytes())).await?;
        writer.finish().await?;
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
