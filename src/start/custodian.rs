//! The custodian's key pair. The public key comes from the settings, or from the data folder of a
//! private service. The private key, wrapped by a passphrase, is a file that the custodian keeps;
//! the service never stores it. The demo office has this file outside the data folder, in place of
//! a USB stick.

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::Failure;
use crate::complaint::custody::custodian::CustodianPublicKey;
use crate::complaint::custody::key_file::new_custodian_key;
use crate::config::Config;
use crate::secrecy::random_bytes;

/// The public key, in the data folder of a private service.
const PUBLIC: &str = "custodian-key.pub";
/// The wrapped private key, in the demo key folder.
const WRAPPED: &str = "custodian-key.json";
/// The passphrase of the demo custodian, also in the demo key folder. In a real office only the
/// custodian knows it.
const PASSPHRASE: &str = "passphrase.txt";

/// The folder that stands for the demo custodian's USB stick: beside the data folder, not in it.
pub fn demo_key_folder(data_dir: &Path) -> PathBuf {
    let name = data_dir.file_name().map_or_else(
        || "data".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    data_dir.with_file_name(format!("{name}-custodian"))
}

/// The public key of the settings, or in private mode of the demo custodian, created on the first
/// start.
pub async fn public_key(config: &Config) -> Result<CustodianPublicKey, Failure> {
    if let Some(key) = &config.custodian_key {
        return CustodianPublicKey::from_base64(key)
            .map_err(|problem| format!("CUSTODIAN_KEY: {problem}").into());
    }
    let path = config.data_dir.join(PUBLIC);
    if let Ok(text) = std::fs::read_to_string(&path) {
        return CustodianPublicKey::from_base64(text.trim())
            .map_err(|problem| format!("{}: {problem}", path.display()).into());
    }
    let demo_key_folder = demo_key_folder(&config.data_dir);
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&demo_key_folder)?;
    let passphrase = Zeroizing::new(hex::encode(random_bytes::<12>()));
    let key = write_pair(&demo_key_folder.join(WRAPPED), passphrase.clone()).await?;
    write_new(
        &demo_key_folder.join(PASSPHRASE),
        passphrase.as_bytes(),
        0o600,
    )?;
    write_new(&path, key.to_base64().as_bytes(), 0o600)?;
    Ok(key)
}

/// Generates a key pair, writes the wrapped private key to `out`, which must not exist, and returns
/// the public key.
///
/// # Errors
/// When the passphrase is too short, or the file cannot be written.
pub async fn write_pair(
    out: &Path,
    passphrase: Zeroizing<String>,
) -> Result<CustodianPublicKey, Failure> {
    // Argon2id needs much memory and time, so it runs on a blocking thread.
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
