//! The mirror of the settings.

use super::Failure;
use crate::certification::mirror::Mirror;
use crate::clock::Clock;
use crate::config::Config;
use crate::gateways::drive::{Drive, ServiceAccount};
use crate::secrecy::MasterKey;

/// The mirror; it is off when nothing is set.
///
/// # Errors
/// One line, when the key is none.
pub(super) fn of(config: &Config, master: &MasterKey, clock: &Clock) -> Result<Mirror, Failure> {
    let Some(setting) = &config.drive else {
        return Ok(Mirror::default());
    };
    let account = ServiceAccount::from_json(setting.key.expose())
        .map_err(|problem| format!("DRIVE_KEY: {problem}"))?;
    let drive = Drive::new(&setting.api_url, &setting.folder, account, clock.clone())?;
    Ok(Mirror::at(drive, master.derive("drive-session/v1")))
}
