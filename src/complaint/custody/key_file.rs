//! The custodian's private key as the custodian keeps it: a small JSON file, wrapped under a passphrase. The service makes it, forgets it, and gets it back
//! with each decision; at rest it has nothing that opens an identity.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::custodian::{CustodianKey, CustodianPrivate};
use super::wrapped_key::{Kdf, KdfAlgorithm, WrappedKey};
use super::wrapped_key::{SALT, SEALED, decoded};
use crate::error::{Code, Error, Result, fault};
use crate::secrecy::{normalised, random_bytes};

/// Memory in KiB, passes, lanes of a new wrapping: about a fifth of a second.
const MEMORY: u32 = 65_536;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// The shortest passphrase, in characters.
const SHORTEST: usize = 12;

/// One at a time: each takes 64 MiB.
static COUNTER: Semaphore = Semaphore::const_new(1);
/// Places in the queue, the one being served included.
static PLACES: Semaphore = Semaphore::const_new(8);

/// A new key: the public half for the settings, the private half for the custodian's file. Slow: run it on a blocking thread.
///
/// # Errors
/// When the passphrase is shorter than 12 characters, or the library refuses.
pub fn new_custodian_key(passphrase: &Zeroizing<String>) -> Result<(CustodianKey, WrappedKey)> {
    let passphrase = &normalised(passphrase);
    if passphrase.chars().count() < SHORTEST {
        return Err(Error::invalid(vec![fault(
            "/passphrase",
            "too_short",
            "Frasa sandi paling sedikit 12 karakter.",
            "A passphrase has at least 12 characters.",
        )]));
    }
    let private = CustodianPrivate::random();
    let public = private.public();
    let salt = URL_SAFE_NO_PAD.encode(random_bytes::<SALT>());
    let kdf = Kdf {
        algorithm: KdfAlgorithm::Argon2id,
        memory_kib: MEMORY,
        passes: PASSES,
        lanes: LANES,
        salt,
    };
    let mut wrapped = WrappedKey::new(kdf, public.fingerprint());
    let (key, place) = wrapped
        .key(passphrase)
        .ok_or_else(|| Error::internal("argon2id refuses our own parameters"))?;
    wrapped.sealed = URL_SAFE_NO_PAD.encode(key.seal(&place, private.seed().as_slice()));
    Ok((public, wrapped))
}

/// The private half; nothing when the passphrase is wrong or the file was changed. Slow: use `unwrap_aside` where others wait.
#[must_use]
pub fn unwrap(wrapped: &WrappedKey, passphrase: &Zeroizing<String>) -> Option<CustodianPrivate> {
    if !wrapped.faults("").is_empty() {
        return None;
    }
    let normal = normalised(passphrase);
    let seed = match seed(wrapped, &normal) {
        // A file from before passphrases were normalised holds what was typed then.
        None if normal != *passphrase => seed(wrapped, passphrase)?,
        seed => seed?,
    };
    let private = CustodianPrivate::from_seed(&Zeroizing::new(seed.as_slice().try_into().ok()?));
    (hex::encode(private.public().fingerprint()) == wrapped.fingerprint).then_some(private)
}

fn seed(wrapped: &WrappedKey, passphrase: &str) -> Option<Zeroizing<Vec<u8>>> {
    let (key, place) = wrapped.key(passphrase)?;
    key.open(&place, &decoded::<SEALED>(&wrapped.sealed)?)
}

/// `unwrap` on a blocking thread, one at a time. Who goes away keeps the place until the work is done: it cannot be stopped.
///
/// # Errors
/// `busy` when the queue is full.
pub async fn unwrap_aside(
    wrapped: WrappedKey,
    passphrase: Zeroizing<String>,
) -> Result<Option<CustodianPrivate>> {
    let place = PLACES
        .try_acquire()
        .map_err(|_| Error::new(Code::Busy).header("retry-after", "1"))?;
    let turn = COUNTER.acquire().await.map_err(Error::internal)?;
    let opened = tokio::task::spawn_blocking(move || {
        let opened = unwrap(&wrapped, &passphrase);
        drop((turn, place));
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
        assert_eq!(wrapped.faults("/key"), []);
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
            .map(|_| tokio::spawn(unwrap_aside(copy(&wrapped), phrase("kuda benar baterai"))))
            .collect();
        tokio::task::yield_now().await;
        assert_eq!(
            (PLACES.available_permits(), COUNTER.available_permits()),
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
            unwrap_aside(copy(&wrapped), phrase("kuda benar staples"))
                .await
                .unwrap()
                .is_none(),
            "and afterwards there is room"
        );
    }

    /// Row 22: a passphrase is the same on another keyboard, and a file wrapped under the unnormalised text still opens.
    #[test]
    fn a_passphrase_is_normalised_and_an_older_file_still_opens() {
        let (composed, decomposed) = ("pérahu hijau ke hulu", "pe\u{301}rahu hijau ke hulu");
        let (_, wrapped) = new_custodian_key(&phrase(decomposed)).unwrap();
        assert!(unwrap(&wrapped, &phrase(composed)).is_some());
        let private = unwrap(&wrapped, &phrase(decomposed)).unwrap();
        let mut older = copy(&wrapped);
        let (key, place) = older.key(decomposed).unwrap();
        older.sealed = URL_SAFE_NO_PAD.encode(key.seal(&place, private.seed().as_slice()));
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
