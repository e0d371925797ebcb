//! The custodian's key: where its public half comes from, and how a new pair is written. The private half, wrapped by a passphrase, is a file that the
//! custodian keeps; the service never stores it. The demo office has its file outside the data folder, as if on a stick.

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::Failure;
use crate::complaint::custody::custodian::CustodianKey;
use crate::complaint::custody::key_file::new_custodian_key;
use crate::config::Config;
use crate::secrecy::random_bytes;

/// The public half, in the data folder of a private service.
const PUBLIC: &str = "custodian-key.pub";
/// The wrapped private half, on the stick.
const WRAPPED: &str = "custodian-key.json";
/// The passphrase of the demo custodian, on the stick too: in an office it is in a head.
const PASSPHRASE: &str = "passphrase.txt";

/// The folder that stands for the demo custodian's stick: beside the data folder, not in it.
#[must_use]
pub fn stick(data_dir: &Path) -> PathBuf {
    let name = data_dir.file_name().map_or_else(
        || "data".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    data_dir.with_file_name(format!("{name}-custodian"))
}

/// The public half: that of the settings, or in private mode that of the demo custodian, made on the first run.
///
/// # Errors
/// One line for whoever started it.
pub async fn public_half(config: &Config) -> Result<CustodianKey, Failure> {
    if let Some(key) = &config.custodian_key {
        return CustodianKey::from_base64(key)
            .map_err(|problem| format!("CUSTODIAN_KEY: {problem}").into());
    }
    let path = config.data_dir.join(PUBLIC);
    if let Ok(text) = std::fs::read_to_string(&path) {
        return CustodianKey::from_base64(text.trim())
            .map_err(|problem| format!("{}: {problem}", path.display()).into());
    }
    let stick = stick(&config.data_dir);
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&stick)?;
    let passphrase = Zeroizing::new(hex::encode(random_bytes::<12>()));
    let key = write_pair(&stick.join(WRAPPED), passphrase.clone()).await?;
    write_new(&stick.join(PASSPHRASE), passphrase.as_bytes(), 0o600)?;
    write_new(&path, key.to_base64().as_bytes(), 0o600)?;
    Ok(key)
}

/// Makes a pair: writes the wrapped private half to `out`, which must not exist, and gives the public half.
///
/// # Errors
/// When the passphrase is too short, or the file cannot be written.
pub async fn write_pair(
    out: &Path,
    passphrase: Zeroizing<String>,
) -> Result<CustodianKey, Failure> {
    // Argon2id with much memory: not on the thread that serves.
    let (key, wrapped) =
        tokio::task::spawn_blocking(move || new_custodian_key(&passphrase)).await??;
    write_new(out, &serde_json::to_vec_pretty(&wrapped)?, 0o600)?;
    Ok(key)
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Failure> {
    let opened = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path);
    let mut file = opened.map_err(|error| format!("{}: {error}", path.display()))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}
