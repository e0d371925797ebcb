//! The signing settings.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::addresses;
use super::errors::ErrorCollector;
use super::secret::{Secret, secret};

/// The signing service for letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SigningKind {
    /// The office's own test authority, created at the first start.
    Local,
    /// The national e-sign client service.
    Bsre,
}

/// The signing service for letters.
#[derive(Debug, Clone)]
pub enum SigningConfig {
    /// The office's own test authority, created at the first start.
    Local,
    /// The national e-sign client service.
    Bsre {
        /// The address of the service.
        url: String,
        /// The user name at the service.
        user: String,
        /// The password of that user.
        password: Secret,
    },
}

/// The signing settings as given.
#[derive(Debug, Clone, Args)]
pub struct SigningSettings {
    /// The signing service for letters: `local`, the office's own test authority, or `bsre`, the
    /// national e-sign client service.
    #[arg(long, env = "SIGNING", value_enum, default_value_t = SigningKind::Local, global = true)]
    pub signing: SigningKind,
    /// BSrE: the address of the e-sign client service, without `/api`.
    #[arg(long, env = "BSRE_URL", global = true)]
    pub bsre_url: Option<String>,
    /// BSrE: the user name at this office's client service.
    #[arg(long, env = "BSRE_USER", global = true)]
    pub bsre_user: Option<String>,
    /// BSrE: the password of that user. Secret.
    #[arg(long, env = "BSRE_PASSWORD", hide_env_values = true, global = true)]
    pub bsre_password: Option<String>,
    /// File with `BSRE_PASSWORD`.
    #[arg(long, env = "BSRE_PASSWORD_FILE", global = true)]
    pub bsre_password_file: Option<PathBuf>,
}

impl SigningSettings {
    /// The settings for which an empty value counts as not given.
    pub(super) fn optional(&mut self) -> [&mut Option<String>; 3] {
        [
            &mut self.bsre_url,
            &mut self.bsre_user,
            &mut self.bsre_password,
        ]
    }

    /// Checks the settings.
    pub(super) fn read(&self, errors: &mut ErrorCollector) -> Option<SigningConfig> {
        let is_url = self.bsre_url.as_deref().is_none_or(addresses::is_http_url);
        errors.require(
            is_url,
            "BSRE_URL is not an address like https://esign.office.example",
        );
        let password_given = self.bsre_password.is_some() || self.bsre_password_file.is_some();
        let all = [
            ("BSRE_URL", self.bsre_url.is_some()),
            ("BSRE_USER", self.bsre_user.is_some()),
            ("BSRE_PASSWORD", password_given),
        ];
        if self.signing == SigningKind::Local {
            for (name, given) in all {
                errors.require(!given, format!("{name} is set while SIGNING is local: set SIGNING=bsre, or leave {name} out"));
            }
            return Some(SigningConfig::Local);
        }
        for (name, given) in all {
            let name = if name == "BSRE_PASSWORD" {
                "BSRE_PASSWORD (or BSRE_PASSWORD_FILE)"
            } else {
                name
            };
            errors.require(given, format!("{name} is missing while SIGNING is bsre"));
        }
        let password = errors.given(secret(
            "BSRE_PASSWORD",
            self.bsre_password.as_ref(),
            self.bsre_password_file.as_deref(),
        ));
        Some(SigningConfig::Bsre {
            url: self.bsre_url.clone()?,
            user: self.bsre_user.clone()?,
            password: password?,
        })
    }
}
