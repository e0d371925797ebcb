//! Cache of tokens with a verified signature, so that a token costs one Ed25519 verification and
//! not one per request. It caches only the signature; the user's state is read from the database
//! for every request.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::token::Claims;
use crate::secrecy::sha256;

/// Capacity of each of the two generations.
const GENERATION: usize = 4096;

/// The cache, keyed by the SHA-256 of the token, so that it contains no usable token.
#[derive(Debug, Default)]
pub struct TokenCache(Mutex<Generations>);

/// Two generations: when the young one is full it replaces the old one. A token that is used moves
/// to the young generation.
#[derive(Debug, Default)]
struct Generations {
    young: HashMap<[u8; 32], Claims>,
    old: HashMap<[u8; 32], Claims>,
}

impl TokenCache {
    /// The claims of `token`, if its signature was verified. They may have expired.
    pub fn get(&self, token: &str) -> Option<Claims> {
        let digest = sha256(token.as_bytes());
        let mut generations = self.lock();
        if let Some(claims) = generations.young.get(&digest) {
            return Some(claims.clone());
        }
        let claims = generations.old.remove(&digest)?;
        generations.keep(digest, claims.clone());
        Some(claims)
    }

    /// Stores the claims of a token with a verified signature.
    pub fn insert(&self, token: &str, claims: Claims) {
        self.lock().keep(sha256(token.as_bytes()), claims);
    }

    /// Removes `token`, because it has expired or its key is no longer valid.
    pub fn remove(&self, token: &str) {
        let digest = sha256(token.as_bytes());
        let mut generations = self.lock();
        generations.young.remove(&digest);
        generations.old.remove(&digest);
    }

    fn lock(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    fn keep(&mut self, digest: [u8; 32], claims: Claims) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(digest, claims);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_remembered_until_it_is_forgotten() {
        let verified = TokenCache::default();
        assert!(verified.get("a").is_none());
        verified.insert("a", Claims::for_tests(1));
        assert!(verified.get("a").is_some());
        verified.remove("a");
        assert!(verified.get("a").is_none());
    }

    #[test]
    fn the_memory_is_bounded_and_keeps_what_is_used() {
        let verified = TokenCache::default();
        verified.insert("used", Claims::for_tests(0));
        for n in 0..GENERATION * 3 {
            verified.insert(&n.to_string(), Claims::for_tests(0));
            assert!(verified.get("used").is_some());
        }
        let generations = verified.lock();
        assert!(generations.young.len() + generations.old.len() <= 2 * GENERATION);
        assert!(
            !generations.young.contains_key(&sha256(b"0"))
                && !generations.old.contains_key(&sha256(b"0"))
        );
    }
}
