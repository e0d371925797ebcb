//! Construction of the Google Drive mirror.

use super::Failure;
use crate::certification::mirror::Mirror;
use crate::clock::Clock;
use crate::config::Config;
use crate::gateways::drive::{Drive, ServiceAccount};
use crate::secrecy::MasterKey;

/// The mirror of the settings; off without settings.
pub(super) fn build(config: &Config, master: &MasterKey, clock: &Clock) -> Result<Mirror, Failure> {
    let Some(setting) = &config.drive else {
        return Ok(Mirror::default());
    };
    let account = ServiceAccount::from_json(setting.key.expose())
        .map_err(|problem| format!("DRIVE_KEY: {problem}"))?;
    let drive = Drive::new(&setting.api_url, &setting.folder, account, clock.clone())?;
    Ok(Mirror::new(drive, master.derive("drive-session/v1")))
}
