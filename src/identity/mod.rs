//! Identity: accounts, passwords, sessions, tokens and their keys, roles, teams, and appointments
//! to act for the head. The rights of a role are defined in the tables of the SOPs, not here.

mod accounts;
pub(crate) mod acting;
pub(crate) mod address;
pub(crate) mod authenticate;
mod change_password;
pub(crate) mod email;
mod email_verification;
pub(crate) mod http;
pub(crate) mod integrations;
mod invitation;
mod journal;
mod key_pair;
mod key_set;
pub mod keys;
pub mod organisation;
pub mod password;
mod password_reset;
pub mod password_rules;
mod proposal;
mod registration;
pub(crate) mod renaming;
mod restricted;
pub(crate) mod roles;
pub mod seed;
pub(crate) mod session;
mod sign_in;
pub mod signed_in;
mod store;
pub mod teams;
pub(crate) mod throttle;
mod token;
mod token_cache;
mod watchers;

use std::sync::Arc;

use actix_web::{HttpMessage as _, HttpRequest};

pub use authenticate::authenticate;
pub use http::{routes, well_known};
pub use password_reset::define;
pub use restricted::{Admins, AllowedRoles, Restricted};
pub use signed_in::{Acting, ActingKind, SignedIn, Staff};
pub use store::roster;

use self::integrations::Integrators;
use self::keys::Keys;
use self::password::Passwords;
use self::throttle::Throttle;
use self::token::Tokens;
use self::token_cache::TokenCache;
use crate::clock::Clock;
use crate::config::Config;
use crate::database::Database;
use crate::error::Result;
use crate::mail::MailTokens;
use crate::secrecy::{MasterKey, SealingKey};
use crate::web::body::BodyDigest;
use crate::web::client_address::TrustedProxies;

/// The in-memory state of identity, shared by all workers. Cheap to clone; provided by `app.rs`.
#[derive(Debug, Clone)]
pub struct Identity {
    keys: Arc<Keys>,
    tokens: Tokens,
    token_cache: Arc<TokenCache>,
    passwords: Passwords,
    throttle: Throttle,
    /// Key for digests of request bodies that contain a password.
    body_digest_key: SealingKey,
    /// Creates the tokens in mails.
    mail_tokens: MailTokens,
    /// Seals the address in a password reset request until the job has processed it.
    reset_request_key: SealingKey,
    /// Rate limits and reply keys of integration keys.
    integrators: Integrators,
    proxies: TrustedProxies,
    clock: Clock,
}

impl Identity {
    /// Loads the signing keys (and creates them at the first start).
    ///
    /// # Errors
    /// When the database fails, or its keys are sealed under another master key.
    pub async fn load(
        database: &Database,
        master: &MasterKey,
        config: &Config,
        clock: Clock,
    ) -> Result<Self> {
        Ok(Self {
            keys: Arc::new(Keys::load(database, master, clock.now()).await?),
            tokens: Tokens::new(&config.public_url),
            token_cache: Arc::default(),
            passwords: Passwords::for_this_machine(),
            throttle: Throttle::new(master.derive("login-throttle"), clock.clone()),
            body_digest_key: master.derive("password-body-digest"),
            mail_tokens: MailTokens::new(master),
            reset_request_key: master.derive("password-reset-request"),
            integrators: Integrators::new(
                master,
                config.settings.integration_requests_per_minute,
                clock.clone(),
            ),
            proxies: TrustedProxies::new(config.proxies.clone()),
            clock,
        })
    }

    /// The password hasher, for creating accounts without a request.
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }
}

/// Replaces the digest of the body by a keyed one before `IdempotentWrite` stores it. With a plain
/// SHA-256, an attacker with access to the table could try passwords quickly.
pub fn key_body_digest(request: &HttpRequest, identity: &Identity) {
    let mut extensions = request.extensions_mut();
    if let Some(BodyDigest(digest)) = extensions.get::<BodyDigest>().copied() {
        extensions.insert(BodyDigest(identity.body_digest_key.tag(&digest)));
    }
}
