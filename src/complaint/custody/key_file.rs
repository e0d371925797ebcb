//! The custodian's key file: the private key in a small JSON file, encrypted under a passphrase.
//! The service generates the file, does not keep it, and receives it with each decision; at rest
//! the service has nothing that opens an identity.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::custodian::{CustodianPrivateKey, CustodianPublicKey};
use super::wrapped_key::{Kdf, KdfAlgorithm, WrappedKey};
use super::wrapped_key::{SALT_BYTES, SEALED_BYTES, decode_exact};
use crate::error::{Code, Error, Result, fault};
use crate::secrecy::{normalised, random_bytes};

/// Argon2id parameters of a new file: memory in KiB, passes, lanes. A derivation takes about 0.2 s.
const MEMORY_KIB: u32 = 65_536;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// Minimum length of a passphrase, in characters.
const MIN_PASSPHRASE_CHARS: usize = 12;

/// Runs one derivation at a time: each takes 64 MiB.
static DERIVATION_SLOT: Semaphore = Semaphore::const_new(1);
/// Queue length, the running derivation included.
static QUEUE_SLOTS: Semaphore = Semaphore::const_new(8);

/// Generates a key pair: the public key for the settings and the encrypted key file for the
/// custodian. Slow: run on a blocking thread.
///
/// # Errors
/// `invalid_content` when the passphrase is shorter than 12 characters.
pub fn new_custodian_key(
    passphrase: &Zeroizing<String>,
) -> Result<(CustodianPublicKey, WrappedKey)> {
    let passphrase = &normalised(passphrase);
    if passphrase.chars().count() < MIN_PASSPHRASE_CHARS {
        return Err(Error::invalid(vec![fault(
            "/passphrase",
            "too_short",
            "Frasa sandi paling sedikit 12 karakter.",
            "A passphrase has at least 12 characters.",
        )]));
    }
    let private = CustodianPrivateKey::random();
    let public = private.public();
    let salt = URL_SAFE_NO_PAD.encode(random_bytes::<SALT_BYTES>());
    let kdf = Kdf {
        algorithm: KdfAlgorithm::Argon2id,
        memory_kib: MEMORY_KIB,
        passes: PASSES,
        lanes: LANES,
        salt,
    };
    let mut wrapped = WrappedKey::new(kdf, public.fingerprint());
    let (key, associated_data) = wrapped
        .derive_key(passphrase)
        .ok_or_else(|| Error::internal("argon2id refuses our own parameters"))?;
    wrapped.sealed = URL_SAFE_NO_PAD.encode(key.seal(&associated_data, private.seed().as_slice()));
    Ok((public, wrapped))
}

/// Decrypts a key file; none when the passphrase is wrong or the file was changed. Slow: use
/// `unwrap_queued` in a request.
pub fn unwrap(wrapped: &WrappedKey, passphrase: &Zeroizing<String>) -> Option<CustodianPrivateKey> {
    if !wrapped.errors("").is_empty() {
        return None;
    }
    let normal = normalised(passphrase);
    let seed = match decrypt_seed(wrapped, &normal) {
        // Files made before passphrases were normalised use the text as typed.
        None if normal != *passphrase => decrypt_seed(wrapped, passphrase)?,
        seed => seed?,
    };
    let private = CustodianPrivateKey::from_seed(&Zeroizing::new(seed.as_slice().try_into().ok()?));
    (hex::encode(private.public().fingerprint()) == wrapped.fingerprint).then_some(private)
}

fn decrypt_seed(wrapped: &WrappedKey, passphrase: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (key, associated_data) = wrapped.derive_key(passphrase)?;
    key.open(
        &associated_data,
        &decode_exact::<SEALED_BYTES>(&wrapped.sealed)?,
    )
}

/// Runs `unwrap` on a blocking thread, one at a time. An aborted request holds its queue slot until
/// the derivation ends, because the derivation cannot be stopped.
///
/// # Errors
/// `busy` when the queue is full.
pub(crate) async fn unwrap_queued(
    wrapped: WrappedKey,
    passphrase: Zeroizing<String>,
) -> Result<Option<CustodianPrivateKey>> {
    let queue_slot = QUEUE_SLOTS
        .try_acquire()
        .map_err(|_| Error::new(Code::Busy).header("retry-after", "1"))?;
    let derivation_slot = DERIVATION_SLOT.acquire().await.map_err(Error::internal)?;
    let opened = tokio::task::spawn_blocking(move || {
        let opened = unwrap(&wrapped, &passphrase);
        drop((derivation_slot, queue_slot));
        opened
    });
    opened.await.map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    fn copy(wrapped: &WrappedKey) -> WrappedKey {
        serde_json::from_value(serde_json::to_value(wrapped).unwrap()).unwrap()
    }

    #[test]
    fn only_the_passphrase_opens_the_custodians_file() {
        let (public, wrapped) = new_custodian_key(&phrase("kuda benar baterai")).unwrap();
        assert!(unwrap(&wrapped, &phrase("kuda benar staples")).is_none());
        let private = unwrap(&wrapped, &phrase("kuda benar baterai")).unwrap();
        assert_eq!(private.public().fingerprint(), public.fingerprint());
        assert_eq!(wrapped.errors("/key"), []);
        let mut changed = copy(&wrapped);
        changed.fingerprint = hex::encode([7; 32]);
        assert!(
            unwrap(&changed, &phrase("kuda benar baterai")).is_none(),
            "another fingerprint"
        );
    }

    #[tokio::test]
    async fn of_many_files_at_once_one_is_opened_at_a_time_some_wait_and_the_others_are_told_to_come_back()
     {
        let (_, wrapped) = new_custodian_key(&phrase("kuda benar baterai")).unwrap();
        let attempts: Vec<_> = (0..50)
            .map(|_| tokio::spawn(unwrap_queued(copy(&wrapped), phrase("kuda benar baterai"))))
            .collect();
        tokio::task::yield_now().await;
        assert_eq!(
            (
                QUEUE_SLOTS.available_permits(),
                DERIVATION_SLOT.available_permits()
            ),
            (0, 0),
            "one has 64 MiB, and a few wait for it"
        );
        let (mut opened, mut busy) = (0, 0);
        for attempt in attempts {
            match attempt.await.unwrap() {
                Ok(private) => opened += usize::from(private.is_some()),
                Err(refusal) => busy += usize::from(refusal.code() == Some(Code::Busy)),
            }
        }
        assert_eq!((opened, busy), (8, 42));
        assert!(
            unwrap_queued(copy(&wrapped), phrase("kuda benar staples"))
                .await
                .unwrap()
                .is_none(),
            "and afterwards there is room"
        );
    }

    /// A passphrase matches on another keyboard, and a file wrapped under the unnormalised
    /// text still opens.
    #[test]
    fn a_passphrase_is_normalised_and_an_older_file_still_opens() {
        let (composed, decomposed) = ("pérahu hijau ke hulu", "pe\u{301}rahu hijau ke hulu");
        let (_, wrapped) = new_custodian_key(&phrase(decomposed)).unwrap();
        assert!(unwrap(&wrapped, &phrase(composed)).is_some());
        let private = unwrap(&wrapped, &phrase(decomposed)).unwrap();
        let mut older = copy(&wrapped);
        let (key, associated_data) = older.derive_key(decomposed).unwrap();
        older.sealed =
            URL_SAFE_NO_PAD.encode(key.seal(&associated_data, private.seed().as_slice()));
        assert!(
            unwrap(&older, &phrase(decomposed)).is_some()
                && unwrap(&older, &phrase(composed)).is_none()
        );
    }

    #[test]
    fn a_short_passphrase_is_refused() {
        assert_eq!(
            new_custodian_key(&phrase("kuda"))
                .err()
                .and_then(|refusal| refusal.code()),
            Some(Code::InvalidContent)
        );
    }
}
