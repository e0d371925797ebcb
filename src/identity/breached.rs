//! The bundled list of breached passwords: the first four bytes of the SHA-256 of each, sorted.
//! `breached/README.md` names the source.

use crate::secrecy::sha256;

/// Bytes per digest.
const PREFIX_BYTES: usize = 4;

static LIST: &[u8] = include_bytes!("breached/passwords.bin");

/// True if `folded` (NFKC, lower case) is in the list. The false positive rate is 1 in 17,000.
pub fn is_breached(folded: &str) -> bool {
    let digest = sha256(folded.as_bytes());
    let (entries, _) = LIST.as_chunks::<PREFIX_BYTES>();
    entries
        .binary_search_by(|entry| entry.as_slice().cmp(&digest[..PREFIX_BYTES]))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row 22: at least 100,000.
    #[test]
    fn the_list_is_whole_sorted_and_long_enough() {
        let (entries, rest) = LIST.as_chunks::<PREFIX_BYTES>();
        assert!(
            rest.is_empty() && entries.is_sorted() && entries.len() > 200_000,
            "{}",
            entries.len()
        );
        assert!(
            ["password", "letmein", "1qaz2wsx3edc4rfv", "qwertyuiop123"]
                .into_iter()
                .all(is_breached)
        );
        assert!(
            !["kuda benar baterai", "perahu hijau menuju hulu", ""]
                .into_iter()
                .any(is_breached)
        );
    }
}
