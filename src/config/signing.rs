//! Who signs letters, as it stands in the settings.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::addresses;
use super::faults::Collector;
use super::secret::{Secret, secret};

/// Who signs letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SigningKind {
    /// The office's own test authority, made at the first start.
    Local,
    /// The national e-sign client service.
    Bsre,
}

/// Who signs letters.
#[derive(Debug, Clone)]
pub enum SigningSetting {
    /// The office's own test authority.
    Local,
    /// The national e-sign client service.
    Bsre {
        /// Its address.
        url: String,
        /// The user it knows.
        user: String,
        /// Their password.
        password: Secret,
    },
}

/// The settings of signatures as given.
#[derive(Debug, Clone, Args)]
pub struct SigningSettings {
    /// Who signs letters: `local`, the office's own test authority, or `bsre`, the national e-sign client service.
    #[arg(long, env = "SIGNING", value_enum, default_value_t = SigningKind::Local, global = true)]
    pub signing: SigningKind,
    /// BSrE: the address of the e-sign client service, without `/api`.
    #[arg(long, env = "BSRE_URL", global = true)]
    pub bsre_url: Option<String>,
    /// BSrE: the user that this office's client service knows.
    #[arg(long, env = "BSRE_USER", global = true)]
    pub bsre_user: Option<String>,
    /// BSrE: that user's password. Secret.
    #[arg(long, env = "BSRE_PASSWORD", hide_env_values = true, global = true)]
    pub bsre_password: Option<String>,
    /// File with `BSRE_PASSWORD`.
    #[arg(long, env = "BSRE_PASSWORD_FILE", global = true)]
    pub bsre_password_file: Option<PathBuf>,
}

impl SigningSettings {
    /// What a compose file can only leave empty.
    pub(super) fn optional(&mut self) -> [&mut Option<String>; 3] {
        [
            &mut self.bsre_url,
            &mut self.bsre_user,
            &mut self.bsre_password,
        ]
    }

    /// The checked setting.
    pub(super) fn read(&self, faults: &mut Collector) -> Option<SigningSetting> {
        let is_url = self.bsre_url.as_deref().is_none_or(addresses::is_http_url);
        faults.demand(
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
                faults.demand(!given, format!("{name} is set while SIGNING is local: set SIGNING=bsre, or leave {name} out"));
            }
            return Some(SigningSetting::Local);
        }
        for (name, given) in all {
            let name = if name == "BSRE_PASSWORD" {
                "BSRE_PASSWORD (or BSRE_PASSWORD_FILE)"
            } else {
                name
            };
            faults.demand(given, format!("{name} is missing while SIGNING is bsre"));
        }
        let password = faults.given(secret(
            "BSRE_PASSWORD",
            self.bsre_password.as_ref(),
            self.bsre_password_file.as_deref(),
        ));
        Some(SigningSetting::Bsre {
            url: self.bsre_url.clone()?,
            user: self.bsre_user.clone()?,
            password: password?,
        })
    }
}
