//! Defaults that depend on the machine: the data folder, and access to the environment.

use std::path::PathBuf;

/// The default data folder: `.data` in the working directory; for root a folder that the database's
/// user can reach, which `/root` is not.
pub(super) fn default_data_dir() -> PathBuf {
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    if runs_as_root() {
        use std::hash::{Hash as _, Hasher as _};
        let mut hasher = std::hash::DefaultHasher::new();
        here.hash(&mut hasher);
        return PathBuf::from(format!(
            "/var/lib/service-desk-{:08x}",
            hasher.finish() & 0xffff_ffff
        ));
    }
    here.join(".data")
}

/// Linux reports the user in `/proc`; elsewhere root is recognised by its home folder.
fn runs_as_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match std::fs::metadata("/proc/self") {
        Ok(process) => process.uid() == 0,
        Err(_) => environment("HOME").is_some_and(|home| home == "/var/root"),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one reader of the environment"
)]
pub(super) fn environment(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name)
}
