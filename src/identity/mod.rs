//! Identity: accounts, passwords, sessions, tokens and their keys, roles, teams, and appointments
//! to act for the head. The rights of a role are defined in the tables of the SOPs, not here.

mod accounts;
pub(crate) mod acting;
pub(crate) mod address;
mod assurance;
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
mod mfa_token;
pub mod organisation;
mod passkey;
mod passkey_factor;
pub mod password;
mod password_reset;
pub mod password_rules;
mod printed_code;
mod proposal;
mod recovery;
mod registration;
pub(crate) mod renaming;
mod restricted;
pub(crate) mod roles;
pub mod root_key;
pub mod second_factor;
pub mod seed;
pub(crate) mod session;
mod session_limits;
mod sign_in;
pub mod sign_in_cache;
pub mod signed_in;
mod store;
pub mod teams;
pub(crate) mod throttle;
mod token;
mod token_cache;
mod totp;
mod watchers;

use std::sync::Arc;

use actix_web::{HttpMessage as _, HttpRequest};

pub(crate) use authenticate::authenticate;
pub(crate) use http::{routes, well_known};
pub(crate) use password_reset::define;
pub(crate) use restricted::{Admins, AllowedRoles, Restricted};
pub(crate) use signed_in::{SignedIn, Staff};
pub(crate) use store::organisations::first_office;
pub use store::roster;

use self::integrations::Integrators;
use self::keys::Keys;
use self::mfa_token::MfaTokens;
use self::passkey::RelyingParty;
use self::password::Passwords;
use self::session::{IssuedSession, RefreshKey};
use self::sign_in_cache::SignInCache;
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
    /// Sign-ins in memory, for reads.
    pub sign_ins: SignInCache,
    passwords: Passwords,
    throttle: Throttle,
    /// Key for digests of request bodies that contain a password.
    body_digest_key: SealingKey,
    /// Creates the tokens in mails.
    mail_tokens: MailTokens,
    /// Seals the address in a password reset request until the job has processed it.
    reset_request_key: SealingKey,
    /// True if staff need a second factor.
    second_factor_required: bool,
    /// Seals the secrets of authenticator apps.
    factor_key: SealingKey,
    /// The sign-in page, to which passkeys are bound.
    relying_party: RelyingParty,
    /// Tokens between the two steps of a sign-in.
    mfa_tokens: MfaTokens,
    /// Computes refresh tokens.
    refresh_key: RefreshKey,
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
    pub(crate) async fn load(
        database: &Database,
        master: &MasterKey,
        config: &Config,
        clock: Clock,
    ) -> Result<Self> {
        Ok(Self {
            keys: Arc::new(Keys::load(database, master, clock.now()).await?),
            tokens: Tokens::new(&config.public_url),
            token_cache: Arc::default(),
            sign_ins: SignInCache::default(),
            passwords: Passwords::for_this_machine(),
            throttle: Throttle::new(master.derive("login-throttle"), clock.clone()),
            body_digest_key: master.derive("password-body-digest"),
            mail_tokens: MailTokens::new(master),
            reset_request_key: master.derive("password-reset-request"),
            second_factor_required: config.second_factor_required,
            factor_key: master.derive("second-factor"),
            relying_party: RelyingParty::new(
                config.portal_url.as_deref().unwrap_or(&config.public_url),
            ),
            mfa_tokens: MfaTokens::new(master.derive("mfa-token")),
            refresh_key: RefreshKey::new(master.derive("refresh-token")),
            integrators: Integrators::new(
                master,
                config.settings.integration_requests_per_minute,
                clock.clone(),
            ),
            proxies: TrustedProxies::new(config.proxies.clone()),
            clock,
        })
    }

    /// True if an account needs a second factor: staff do, customers do not.
    fn requires_factor(&self, is_customer: bool) -> bool {
        self.second_factor_required && !is_customer
    }

    /// True if the caller needs a second factor.
    fn requires_factor_of(&self, caller: &SignedIn) -> bool {
        self.requires_factor(caller.customer.is_some())
    }

    /// True if the caller must enrol a second factor before anything else.
    fn must_enrol(&self, caller: &SignedIn) -> bool {
        self.requires_factor_of(caller) && !caller.state.has_factor
    }

    /// The access token of a session.
    async fn access_token(&self, database: &Database, opened: &IssuedSession) -> Result<String> {
        let key_set = self.keys.current(database, self.clock.now()).await?;
        let whose = (opened.user, opened.session);
        self.tokens
            .issue(&key_set, whose, opened.token_id(), opened.issued_at)
    }

    /// The password hasher, for creating accounts without a request.
    pub(crate) fn passwords(&self) -> &Passwords {
        &self.passwords
    }
}

/// Replaces the digest of the body by a keyed one before `IdempotentWrite` stores it. With a plain
/// SHA-256, an attacker with access to the table could try passwords quickly.
pub(crate) fn key_body_digest(request: &HttpRequest, identity: &Identity) {
    let mut extensions = request.extensions_mut();
    if let Some(BodyDigest(digest)) = extensions.get::<BodyDigest>().copied() {
        extensions.insert(BodyDigest(identity.body_digest_key.tag(&digest)));
    }
}
