//! Hashing and checking of passwords: argon2id with OWASP's minimum parameters, on blocking
//! threads. At most one operation per core runs at a time; the queue holds about one second of
//! work. When it is full, the caller gets `busy`.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::password_rules::Password;
use crate::error::{Code, Error, Result};

/// Memory in KiB, passes and lanes: OWASP's minimum for argon2id.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Length of the queue: half a second at 31 ms per hash on two cores.
pub(crate) const QUEUE_LENGTH: usize = 32;

/// Hash that is checked for an unknown user, so that the check takes as long as for a known one. No
/// password matches it: its output is all zero bits.
const DUMMY_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PasswordCheck {
    /// Wrong password or unknown user.
    Wrong,
    /// Correct password.
    Correct,
    /// Correct password, but the hash uses weaker parameters than today's: hash it again.
    CorrectButWeak,
}

/// The password hasher with its queue. Cheap to clone; clones share the queue.
#[derive(Debug, Clone)]
pub struct Passwords {
    /// Permits for the queue, including running operations.
    queue: Arc<Semaphore>,
    /// Permits for running operations.
    running: Arc<Semaphore>,
}

impl Passwords {
    /// Creates a hasher that runs `at_once` operations in parallel and queues `waiting` more.
    pub(crate) fn new(at_once: usize, waiting: usize) -> Self {
        let at_once = at_once.max(1);
        Self {
            queue: Arc::new(Semaphore::new(at_once + waiting)),
            running: Arc::new(Semaphore::new(at_once)),
        }
    }

    /// One parallel operation per core, and a queue of `QUEUE_LENGTH`.
    pub fn for_this_machine() -> Self {
        Self::new(
            std::thread::available_parallelism().map_or(1, usize::from),
            QUEUE_LENGTH,
        )
    }

    /// Hashes `password` with a new salt; returns the PHC string.
    ///
    /// # Errors
    /// `busy` when the queue is full.
    pub async fn hash(&self, password: Password) -> Result<String> {
        self.run_queued(move || {
            argon2()?
                .hash_password(password.bytes())
                .map(|hash| hash.to_string())
                .map_err(Error::internal)
        })
        .await?
    }

    /// Checks `password` against the hash `stored`; takes as long without a hash.
    ///
    /// # Errors
    /// `busy` when the queue is full.
    pub(crate) async fn check(
        &self,
        password: &Password,
        stored: Option<&str>,
    ) -> Result<PasswordCheck> {
        let password = password.copy();
        let known = stored.is_some();
        let stored = stored.unwrap_or(DUMMY_HASH).to_owned();
        let verdict = self.run_queued(move || check(&password, &stored)).await??;
        Ok(if known { verdict } else { PasswordCheck::Wrong })
    }

    /// Runs `work` on a blocking thread when a permit is free. The permits are held until `work`
    /// ends, even if the caller is cancelled, because a blocking thread cannot be stopped.
    async fn run_queued<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let place = self
            .queue
            .clone()
            .try_acquire_owned()
            .map_err(|_| Error::new(Code::Busy).header("retry-after", "1"))?;
        let turn = self
            .running
            .clone()
            .acquire_owned()
            .await
            .map_err(Error::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((turn, place));
            done
        });
        done.await.map_err(Error::internal)
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(Error::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn check(password: &Password, stored: &str) -> Result<PasswordCheck> {
    let stored = PasswordHash::new(stored).map_err(Error::internal)?;
    if argon2()?
        .verify_password(password.bytes(), &stored)
        .is_err()
    {
        // Hashes from before normalisation are of the text as typed. They are replaced like hashes
        // with weak parameters.
        let was_right = match password.typed_bytes() {
            Some(typed) => argon2()?.verify_password(typed, &stored).is_ok(),
            None => false,
        };
        return Ok(if was_right {
            PasswordCheck::CorrectButWeak
        } else {
            PasswordCheck::Wrong
        });
    }
    Ok(if is_weak(&stored) {
        PasswordCheck::CorrectButWeak
    } else {
        PasswordCheck::Correct
    })
}

fn is_weak(stored: &PasswordHash) -> bool {
    let today = Params::new(MEMORY, PASSES, LANES, None);
    let theirs = Params::try_from(stored);
    stored.algorithm != argon2::ARGON2ID_IDENT
        || match (today, theirs) {
            (Ok(today), Ok(theirs)) => {
                theirs.m_cost() < today.m_cost() || theirs.t_cost() < today.t_cost()
            }
            (Ok(_) | Err(_), _) => true,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let passwords = Passwords::new(1, 4);
        let stored = passwords
            .hash(password("kuda benar baterai"))
            .await
            .unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(
            passwords
                .check(&password("kuda benar baterai"), Some(&stored))
                .await
                .unwrap(),
            PasswordCheck::Correct
        );
        assert_eq!(
            passwords
                .check(&password("kuda benar staples"), Some(&stored))
                .await
                .unwrap(),
            PasswordCheck::Wrong
        );
        assert_eq!(
            passwords
                .check(&password("kuda benar baterai"), None)
                .await
                .unwrap(),
            PasswordCheck::Wrong
        );
    }

    #[test]
    fn nobodys_hash_costs_what_a_real_one_costs() {
        let real = argon2()
            .unwrap()
            .hash_password(b"kuda benar baterai")
            .unwrap();
        let nobodys = PasswordHash::new(DUMMY_HASH).unwrap();
        assert_eq!(nobodys.params, real.params);
        assert_eq!(nobodys.hash.unwrap().len(), real.hash.unwrap().len());
    }

    #[test]
    fn a_hash_of_weaker_parameters_is_told_apart() {
        let weak = Argon2::new(
            Algorithm::Argon2id,
            Version::V0x13,
            Params::new(8_192, 1, 1, None).unwrap(),
        );
        let stored = weak
            .hash_password(b"kuda benar baterai")
            .unwrap()
            .to_string();
        assert_eq!(
            check(&password("kuda benar baterai"), &stored).unwrap(),
            PasswordCheck::CorrectButWeak
        );
        assert_eq!(
            check(&password("kuda benar staples"), &stored).unwrap(),
            PasswordCheck::Wrong
        );
    }

    /// A password typed with another keyboard is the same, and a hash of the unnormalised
    /// text still opens.
    #[test]
    fn a_password_is_normalised_before_it_is_checked_and_an_older_hash_still_opens() {
        let hash = |text: &str| {
            argon2()
                .unwrap()
                .hash_password(text.as_bytes())
                .unwrap()
                .to_string()
        };
        let (composed, decomposed) = ("pérahu hijau ke hulu", "pe\u{301}rahu hijau ke hulu");
        assert_eq!(
            check(&password(decomposed), &hash(composed)).unwrap(),
            PasswordCheck::Correct
        );
        assert_eq!(
            check(&password(decomposed), &hash(decomposed)).unwrap(),
            PasswordCheck::CorrectButWeak
        );
        assert_eq!(
            check(&password("perahu hijau ke hulu"), &hash(decomposed)).unwrap(),
            PasswordCheck::Wrong
        );
    }

    #[tokio::test]
    async fn whoever_finds_the_queue_full_is_told_to_come_back() {
        let passwords = Passwords::new(1, 0);
        let held = passwords.queue.clone().try_acquire_owned().unwrap();
        let refusal = passwords
            .check(&password("kuda benar baterai"), None)
            .await
            .unwrap_err();
        let Error::Refused(refused) = refusal else {
            panic!("not a refusal")
        };
        assert_eq!(
            (refused.code, refused.headers[0].0),
            (Code::Busy, "retry-after")
        );
        drop(held);
        assert_eq!(
            passwords
                .check(&password("kuda benar baterai"), None)
                .await
                .unwrap(),
            PasswordCheck::Wrong
        );
    }
}
