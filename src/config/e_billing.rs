//! The settings of the payment office (SIMPONI).

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;

use super::addresses;
use super::errors::ErrorCollector;
use super::secret::{Secret, SecretBytes, secret};

/// The names in `E_BILLING_CODES`.
const CODES: [&str; 7] = [
    "ministry",
    "unit",
    "work_unit",
    "account",
    "tariff",
    "regulation",
    "kind",
];

/// The settings as given.
#[derive(Debug, Clone, Default, Args)]
#[expect(clippy::struct_field_names, reason = "the names of the settings")]
pub struct EBillingSettings {
    /// The address of the payment office's web service, which issues billing codes; without it
    /// staff type them in. In private mode a simulator takes its place.
    #[arg(long, env = "E_BILLING_URL", global = true)]
    pub e_billing_url: Option<String>,
    /// The user name at the payment office.
    #[arg(long, env = "E_BILLING_USER", global = true)]
    pub e_billing_user: Option<String>,
    /// The password of that user. Secret.
    #[arg(
        long,
        env = "E_BILLING_PASSWORD",
        hide_env_values = true,
        global = true
    )]
    pub e_billing_password: Option<String>,
    /// File with `E_BILLING_PASSWORD`.
    #[arg(long, env = "E_BILLING_PASSWORD_FILE", global = true)]
    pub e_billing_password_file: Option<PathBuf>,
    /// The codes of the office at the payment office:
    /// `ministry=019,unit=07,work_unit=123456,account=425261,tariff=…,regulation=…,kind=F`.
    #[arg(long, env = "E_BILLING_CODES", global = true)]
    pub e_billing_codes: Option<String>,
    /// The secret that the payment office signs its reports of payments with: `whsec_` and the
    /// base64 of 32 bytes. Without it no reports are accepted. Secret.
    #[arg(long, env = "E_BILLING_SECRET", hide_env_values = true, global = true)]
    pub e_billing_secret: Option<String>,
    /// File with `E_BILLING_SECRET`.
    #[arg(long, env = "E_BILLING_SECRET_FILE", global = true)]
    pub e_billing_secret_file: Option<PathBuf>,
    /// Days that a requested code is valid.
    #[arg(long, env = "E_BILLING_DAYS", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=60), global = true)]
    pub e_billing_days: u16,
}

/// The account at the payment office.
#[derive(Debug, Clone)]
pub struct EBillingConfig {
    /// The address, without a trailing slash.
    pub url: String,
    /// The user name.
    pub user: String,
    /// The password.
    pub password: Secret,
    /// The codes of the office, in the order of their names in `E_BILLING_CODES`.
    pub codes: [String; 7],
}

impl EBillingSettings {
    /// The settings for which an empty value counts as not given.
    pub(super) fn optional(&mut self) -> [&mut Option<String>; 5] {
        [
            &mut self.e_billing_url,
            &mut self.e_billing_user,
            &mut self.e_billing_password,
            &mut self.e_billing_codes,
            &mut self.e_billing_secret,
        ]
    }

    /// Checks the settings of the connection.
    pub(super) fn read(&self, errors: &mut ErrorCollector) -> Option<EBillingConfig> {
        let password_given =
            self.e_billing_password.is_some() || self.e_billing_password_file.is_some();
        let others = [
            ("E_BILLING_USER", self.e_billing_user.is_some()),
            ("E_BILLING_PASSWORD", password_given),
            ("E_BILLING_CODES", self.e_billing_codes.is_some()),
        ];
        let Some(url) = &self.e_billing_url else {
            for (name, given) in others {
                errors.require(
                    !given,
                    format!("E_BILLING_URL is missing while {name} is set"),
                );
            }
            return None;
        };
        for (name, given) in others {
            errors.require(
                given,
                format!("{name} is missing while E_BILLING_URL is set"),
            );
        }
        let url = url.trim_end_matches('/').to_owned();
        let near = ["http://127.0.0.1:", "http://[::1]:", "http://localhost:"]
            .iter()
            .any(|start| url.starts_with(start));
        errors.require(
            addresses::is_http_url(&url) && (url.starts_with("https://") || near),
            "E_BILLING_URL must be an https URL, or on this machine",
        );
        let password = errors.given(secret(
            "E_BILLING_PASSWORD",
            self.e_billing_password.as_ref(),
            self.e_billing_password_file.as_deref(),
        ));
        let codes = errors.given(self.e_billing_codes.as_deref().map(codes).transpose());
        Some(EBillingConfig {
            url,
            user: self.e_billing_user.clone()?,
            password: password?,
            codes: codes?,
        })
    }

    /// The secret of reports, if given.
    pub(super) fn callback_secret(&self, errors: &mut ErrorCollector) -> Option<SecretBytes> {
        let given = errors.given(secret(
            "E_BILLING_SECRET",
            self.e_billing_secret.as_ref(),
            self.e_billing_secret_file.as_deref(),
        ))?;
        let bytes = given
            .expose()
            .strip_prefix("whsec_")
            .and_then(|text| STANDARD.decode(text).ok())
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .map(SecretBytes::from);
        errors.take(bytes.ok_or_else(|| {
            "E_BILLING_SECRET must be `whsec_` and the base64 of 32 bytes".to_owned()
        }))
    }
}

fn codes(text: &str) -> Result<[String; 7], String> {
    let pairs: Vec<_> = text
        .split(',')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, code)| (name.trim(), code.trim()))
        .collect();
    let found = CODES.map(|wanted| {
        let code = pairs.iter().find(|(name, _)| *name == wanted)?.1;
        let is_code = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_code.then(|| code.to_owned())
    });
    let lacking = CODES
        .iter()
        .zip(&found)
        .find(|(_, code)| code.is_none())
        .map(|(name, _)| *name);
    if let Some(name) = lacking {
        return Err(format!(
            "E_BILLING_CODES has no {name}: write it like {name}=019"
        ));
    }
    let account = found[3].as_deref().unwrap_or_default();
    if account.len() != 6 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("E_BILLING_CODES: account must have six digits".to_owned());
    }
    Ok(found.map(Option::unwrap_or_default))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_connection_is_given_whole_or_not_at_all() {
        let whole = EBillingSettings {
            e_billing_url: Some("https://simponi.example/".to_owned()),
            e_billing_user: Some("bspji".to_owned()),
            e_billing_password: Some("secret".to_owned()),
            e_billing_codes: Some(
                "ministry=019,unit=07,work_unit=123456,account=425261,tariff=001,regulation=54,kind=F"
                    .to_owned(),
            ),
            e_billing_days: 7,
            ..EBillingSettings::default()
        };
        let read = |change: &dyn Fn(&mut EBillingSettings)| {
            let mut settings = whole.clone();
            change(&mut settings);
            let mut errors = ErrorCollector::default();
            let config = settings.read(&mut errors);
            (config, errors.into_lines())
        };
        let (config, errors) = read(&|_| ());
        assert!(errors.is_empty(), "{errors:?}");
        let config = config.unwrap();
        assert_eq!(
            (config.url.as_str(), config.codes[3].as_str()),
            ("https://simponi.example", "425261")
        );
        let wrong: [&dyn Fn(&mut EBillingSettings); 6] = [
            &|settings| settings.e_billing_url = None,
            &|settings| settings.e_billing_url = Some("http://simponi.example".to_owned()),
            &|settings| settings.e_billing_user = None,
            &|settings| settings.e_billing_password = None,
            &|settings| settings.e_billing_codes = None,
            &|settings| settings.e_billing_codes = Some("ministry=019".to_owned()),
        ];
        for change in wrong {
            assert!(!read(change).1.is_empty());
        }
        assert!(
            read(&|settings| *settings = EBillingSettings::default())
                .1
                .is_empty()
        );
    }
}
