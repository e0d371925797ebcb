//! The settings of the mirror at Google Drive.

use std::path::PathBuf;

use clap::Args;

use super::addresses;
use super::errors::ErrorCollector;
use super::secret::{Secret, secret};

/// The address of Drive's API.
const GOOGLE: &str = "https://www.googleapis.com";

/// The settings as given.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_field_names, reason = "the names of the settings")]
pub struct DriveSettings {
    /// The id of the Google Drive folder below which customers' folders are mirrored; without it
    /// the mirror is off.
    #[arg(long, env = "DRIVE_FOLDER", global = true)]
    pub drive_folder: Option<String>,
    /// The key of the service account (the JSON that Google hands out). Secret.
    #[arg(long, env = "DRIVE_KEY", hide_env_values = true, global = true)]
    pub drive_key: Option<String>,
    /// File with `DRIVE_KEY`.
    #[arg(long, env = "DRIVE_KEY_FILE", global = true)]
    pub drive_key_file: Option<PathBuf>,
    /// The address of Drive's API, if not Google's: for trials.
    #[arg(long, env = "DRIVE_API_URL", global = true)]
    pub drive_api_url: Option<String>,
}

/// The checked settings of the mirror.
#[derive(Debug, Clone)]
pub struct DriveConfig {
    /// The id of the folder.
    pub folder: String,
    /// The key of the service account, as JSON.
    pub key: Secret,
    /// The address of the API, without a trailing slash.
    pub api_url: String,
}

impl DriveSettings {
    /// The settings for which an empty value counts as not given.
    pub(super) fn optional(&mut self) -> [&mut Option<String>; 3] {
        [
            &mut self.drive_folder,
            &mut self.drive_key,
            &mut self.drive_api_url,
        ]
    }

    /// Checks the settings; `judge` validates the key.
    pub(super) fn read(
        &self,
        judge: fn(&str) -> Result<(), String>,
        errors: &mut ErrorCollector,
    ) -> Option<DriveConfig> {
        let key_given = self.drive_key.is_some() || self.drive_key_file.is_some();
        errors.require(
            key_given || self.drive_folder.is_none(),
            "DRIVE_KEY (or DRIVE_KEY_FILE) is missing while DRIVE_FOLDER is set",
        );
        errors.require(
            self.drive_folder.is_some() || !key_given,
            "DRIVE_FOLDER is missing while DRIVE_KEY is set",
        );
        let key = errors.given(secret(
            "DRIVE_KEY",
            self.drive_key.as_ref(),
            self.drive_key_file.as_deref(),
        ));
        if let Some(key) = &key {
            errors.take(judge(key.expose()).map_err(|problem| format!("DRIVE_KEY: {problem}")));
        }
        let is_id = |folder: &String| {
            folder
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        errors.require(
            self.drive_folder.as_ref().is_none_or(is_id),
            "DRIVE_FOLDER is not an id: take what follows `/folders/` in the folder's address",
        );
        let api_url = self
            .drive_api_url
            .as_deref()
            .unwrap_or(GOOGLE)
            .trim_end_matches('/')
            .to_owned();
        let near = ["http://127.0.0.1:", "http://[::1]:", "http://localhost:"]
            .iter()
            .any(|start| api_url.starts_with(start));
        errors.require(
            addresses::is_http_url(&api_url) && (api_url.starts_with("https://") || near),
            "DRIVE_API_URL must be an https URL, or on this machine",
        );
        Some(DriveConfig {
            folder: self.drive_folder.clone()?,
            key: key?,
            api_url,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_off_until_both_are_given_and_never_in_clear() {
        let given = |folder: Option<&str>, key: Option<&str>, url: Option<&str>| {
            let own = |text: Option<&str>| text.map(str::to_owned);
            let mut errors = ErrorCollector::default();
            let settings = DriveSettings {
                drive_folder: own(folder),
                drive_key: own(key),
                drive_key_file: None,
                drive_api_url: own(url),
            };
            let read = settings.read(
                |key| {
                    if key == "{}" {
                        Ok(())
                    } else {
                        Err("it is no key".to_owned())
                    }
                },
                &mut errors,
            );
            let errors = errors.into_lines();
            if errors.is_empty() {
                Ok(read)
            } else {
                Err(errors.join("\n"))
            }
        };
        assert!(
            given(Some("x"), Some("secret"), None)
                .unwrap_err()
                .starts_with("DRIVE_KEY: ")
        );
        assert!(given(None, None, None).unwrap().is_none());
        assert_eq!(
            given(Some("1A_b-c"), Some("{}"), None)
                .unwrap()
                .unwrap()
                .api_url,
            GOOGLE
        );
        assert!(
            given(Some("x"), None, None)
                .unwrap_err()
                .starts_with("DRIVE_KEY ")
        );
        assert!(
            given(None, Some("{}"), None)
                .unwrap_err()
                .starts_with("DRIVE_FOLDER ")
        );
        assert!(
            given(Some("x' or '1"), Some("{}"), None)
                .unwrap_err()
                .starts_with("DRIVE_FOLDER ")
        );
        assert!(given(Some("x"), Some("{}"), Some("http://127.0.0.1:9")).is_ok());
        for clear in [
            "http://drive.example",
            "http://127.0.0.1.example",
            "ftp://x",
        ] {
            assert!(
                given(Some("x"), Some("{}"), Some(clear))
                    .unwrap_err()
                    .starts_with("DRIVE_API_URL "),
                "{clear}"
            );
        }
    }
}
