//! Padding that hides the length of a text: a text is padded to one of few lengths before
//! encryption, so that "ya" and a page of testimony look the same. From 512 bytes on the lengths
//! are those of Padmé (Nikitin et al., 2019), which leaks O(log log n) bits and adds at most 12 per
//! cent.

use zeroize::Zeroizing;

/// Shortest padded length in bytes.
const SHORTEST: usize = 512;
/// Bytes of the length prefix, big-endian.
const PREFIX: usize = 4;

/// Prefixes `plain` with its length and fills it with zeros up to one of the lengths.
///
/// # Panics
/// If `plain` has 4 GiB or more; bodies and attachments are refused long before.
pub fn pad(plain: &[u8]) -> Zeroizing<Vec<u8>> {
    fill_to(plain, bucket(PREFIX + plain.len()))
}

/// Prefixes `plain` with its length and fills it up to `length`; none when it does not fit.
pub fn pad_to(plain: &[u8], length: usize) -> Option<Zeroizing<Vec<u8>>> {
    (PREFIX + plain.len() <= length).then(|| fill_to(plain, length))
}

/// Removes the padding; none when the padding is not valid.
pub fn unpad(padded: &[u8]) -> Option<&[u8]> {
    let (length, rest) = padded.split_first_chunk::<PREFIX>()?;
    let (plain, fill) =
        rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    fill.iter().all(|byte| *byte == 0).then_some(plain)
}

fn fill_to(plain: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let prefix = u32::try_from(plain.len()).expect("no text of ours has 4 GiB");
    // Reserved at once: a growing vector would leave copies of the text in memory.
    let mut padded = Zeroizing::new(Vec::with_capacity(length));
    padded.extend_from_slice(&prefix.to_be_bytes());
    padded.extend_from_slice(plain);
    padded.resize(length, 0);
    padded
}

/// The smallest padded length for `length` bytes.
fn bucket(length: usize) -> usize {
    let length = length.max(SHORTEST);
    let exponent = length.ilog2();
    let free = exponent - (exponent.ilog2() + 1);
    let mask = (1_usize << free) - 1;
    (length + mask) & !mask
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_lengths_are_those_of_padme_from_512_on() {
        let lengths = [
            0,
            1,
            512,
            513,
            544,
            545,
            1_000,
            1_024,
            1_025,
            100_000,
            1 << 20,
        ]
        .map(bucket);
        assert_eq!(
            lengths,
            [
                512,
                512,
                512,
                544,
                544,
                576,
                1_024,
                1_024,
                1_088,
                100_352,
                1 << 20
            ]
        );
    }

    #[test]
    fn a_text_that_does_not_fit_is_not_cut() {
        assert!(pad_to(&[1; 97], 100).is_none());
        assert_eq!(pad_to(&[1; 96], 100).unwrap().len(), 100);
    }

    #[test]
    fn what_was_not_padded_by_us_is_nothing() {
        assert_eq!(unpad(b""), None);
        assert_eq!(unpad(&[0, 0, 0]), None);
        assert_eq!(unpad(&[0, 0, 0, 5, 1, 2]), None);
        assert_eq!(unpad(&[255, 255, 255, 255, 1, 2]), None);
        assert_eq!(unpad(&[0, 0, 0, 1, 1, 2]), None);
    }

    proptest! {
        #[test]
        fn whatever_is_padded_comes_back(plain in proptest::collection::vec(any::<u8>(), 0..3_000)) {
            let padded = pad(&plain);
            prop_assert_eq!(unpad(&padded), Some(plain.as_slice()));
            prop_assert!(padded.len() >= SHORTEST);
        }

        #[test]
        fn padding_costs_little_and_leaves_few_lengths(length in SHORTEST..50_000_000) {
            let padded = bucket(length);
            prop_assert!(padded >= length && padded - length <= length / 8);
            prop_assert_eq!(bucket(padded), padded);
        }
    }
}
