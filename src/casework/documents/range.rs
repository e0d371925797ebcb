//! The byte range of a request (RFC 9110 §14). Several ranges, other units and unreadable values
//! are ignored, as the RFC allows: the whole file is sent.

use std::ops::Range;

/// The part of a file that is requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestedRange {
    /// The whole file.
    Whole,
    /// A non-empty range within the file.
    Part(Range<u64>),
    /// A range outside the file: 416.
    Nothing,
}

/// Parses a `Range` header for a file of `size` bytes.
pub fn requested_range(header: &str, size: u64) -> RequestedRange {
    parse(header, size).unwrap_or(RequestedRange::Whole)
}

fn parse(header: &str, size: u64) -> Option<RequestedRange> {
    let (unit, spec) = header.trim().split_once('=')?;
    if !unit.eq_ignore_ascii_case("bytes") || spec.contains(',') {
        return None;
    }
    let (first, last) = spec.trim().split_once('-')?;
    let range = match (first, last) {
        // `-n` requests the last n bytes.
        ("", count) => size.saturating_sub(number(count)?)..size,
        (first, "") => number(first)?..size,
        (first, last) if number(last)? < number(first)? => return None,
        (first, last) => number(first)?..number(last)?.saturating_add(1).min(size),
    };
    Some(if range.is_empty() {
        RequestedRange::Nothing
    } else {
        RequestedRange::Part(range)
    })
}

fn number(text: &str) -> Option<u64> {
    // `parse` would accept a sign. A number too large for `u64` lies beyond every file.
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_three_forms_are_understood() {
        assert_eq!(requested_range("bytes=0-0", 10), RequestedRange::Part(0..1));
        assert_eq!(requested_range("bytes=2-", 10), RequestedRange::Part(2..10));
        assert_eq!(requested_range("Bytes=-3", 10), RequestedRange::Part(7..10));
        assert_eq!(
            requested_range("bytes=0-99", 10),
            RequestedRange::Part(0..10)
        );
    }

    #[test]
    fn what_lies_outside_is_not_satisfiable() {
        for header in [
            "bytes=10-",
            "bytes=10-12",
            "bytes=-0",
            "bytes=99999999999999999999999-",
        ] {
            assert_eq!(
                requested_range(header, 10),
                RequestedRange::Nothing,
                "{header}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_or_is_several_is_ignored() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-2",
            "bytes=0-1,4-5",
            "bytes=+1-2",
            "bytes=a-b",
            "items=0-1",
            "bytes=1-2-3",
        ] {
            assert_eq!(
                requested_range(header, 10),
                RequestedRange::Whole,
                "{header}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_part_is_never_empty_and_never_outside(header in "(bytes=)?[0-9]{0,20}-?[0-9]{0,20}|\\PC*", size in any::<u64>()) {
            if let RequestedRange::Part(range) = requested_range(&header, size) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }

        #[test]
        fn a_closed_range_gives_what_it_names(size in 1..u64::MAX, first in any::<u64>(), last in any::<u64>()) {
            prop_assume!(first <= last);
            let expected = if first < size { RequestedRange::Part(first..last.min(size - 1) + 1) } else { RequestedRange::Nothing };
            prop_assert_eq!(requested_range(&format!("bytes={first}-{last}"), size), expected);
        }

        #[test]
        fn a_suffix_gives_the_end(size in 1..u64::MAX, count in 1..u64::MAX) {
            prop_assert_eq!(requested_range(&format!("bytes=-{count}"), size), RequestedRange::Part(size.saturating_sub(count)..size));
        }
    }
}
