//! Cache of tokens with a verified signature, so that a token costs one Ed25519 verification and
//! not one per request. It caches only the signature; the user's state is in `sign_in_cache` or
//! read from the database.

use quick_cache::sync::Cache;

use super::token::Claims;
use crate::secrecy::sha256;

/// The most tokens in memory; beyond them, those that are used least make room.
const CAPACITY: usize = 8192;

/// The cache, keyed by the SHA-256 of the token, so that it contains no usable token.
#[derive(Debug)]
pub struct TokenCache(Cache<[u8; 32], Claims>);

impl Default for TokenCache {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

impl TokenCache {
    /// The claims of `token`, if its signature was verified. They may have expired.
    pub fn get(&self, token: &str) -> Option<Claims> {
        self.0.get(&sha256(token.as_bytes()))
    }

    /// Stores the claims of a token with a verified signature.
    pub fn insert(&self, token: &str, claims: Claims) {
        self.0.insert(sha256(token.as_bytes()), claims);
    }

    /// Removes `token`, because it has expired or its key is no longer valid.
    pub fn remove(&self, token: &str) {
        self.0.remove(&sha256(token.as_bytes()));
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
        for n in 0..CAPACITY * 2 {
            verified.insert(&n.to_string(), Claims::for_tests(0));
            assert!(verified.get("used").is_some());
        }
        let kept = (0..CAPACITY * 2).filter(|n| verified.get(&n.to_string()).is_some());
        assert!(kept.count() < CAPACITY);
    }
}
