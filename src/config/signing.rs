//! Who signs letters, as it stands in the settings.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Secret;

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
        [&mut self.bsre_url, &mut self.bsre_user, &mut self.bsre_password]
    }

    /// The checked setting; `secret` reads a secret or the file that holds it.
    pub(super) fn read(
        &self,
        secret: impl Fn(&str, &Option<String>, &Option<PathBuf>) -> Result<Option<Secret>, String>,
    ) -> Result<SigningSetting, String> {
        if self.signing == SigningKind::Local {
            return Ok(SigningSetting::Local);
        }
        let missing = |name: &str| format!("{name} is missing while SIGNING is bsre");
        let url = self.bsre_url.clone().ok_or_else(|| missing("BSRE_URL"))?;
        let is_url = ["http://", "https://"].iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|host| !host.trim_matches('/').is_empty()));
        if !is_url {
            return Err("BSRE_URL is not an address like https://esign.office.example".to_owned());
        }
        let user = self.bsre_user.clone().ok_or_else(|| missing("BSRE_USER"))?;
        let password = secret("BSRE_PASSWORD", &self.bsre_password, &self.bsre_password_file)?;
        Ok(SigningSetting::Bsre { url, user, password: password.ok_or_else(|| missing("BSRE_PASSWORD (or BSRE_PASSWORD_FILE)"))? })
    }
}
