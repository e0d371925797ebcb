//! One byte range of a request (RFC 9110 §14). Several ranges, other units and what cannot be read are ignored, as the RFC allows: the whole is sent.

use std::ops::Range;

/// What of a file is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// All of it.
    Whole,
    /// These bytes, at least one, all within the file.
    Part(Range<u64>),
    /// Bytes that are not there: 416.
    Nothing,
}

/// Reads a `Range` header for a file of `size` bytes.
#[must_use]
pub fn asked(header: &str, size: u64) -> Asked {
    parse(header, size).unwrap_or(Asked::Whole)
}

fn parse(header: &str, size: u64) -> Option<Asked> {
    let (transaction, spec) = header.trim().split_once('=')?;
    if !transaction.eq_ignore_ascii_case("bytes") || spec.contains(',') {
        return None;
    }
    let (first, last) = spec.trim().split_once('-')?;
    let range = match (first, last) {
        // `-n` asks for the last n bytes.
        ("", count) => size.saturating_sub(number(count)?)..size,
        (first, "") => number(first)?..size,
        (first, last) if number(last)? < number(first)? => return None,
        (first, last) => number(first)?..number(last)?.saturating_add(1).min(size),
    };
    Some(if range.is_empty() {
        Asked::Nothing
    } else {
        Asked::Part(range)
    })
}

fn number(text: &str) -> Option<u64> {
    // `parse` would take a sign; and what is too long to count lies beyond every file.
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_three_forms_are_understood() {
        assert_eq!(asked("bytes=0-0", 10), Asked::Part(0..1));
        assert_eq!(asked("bytes=2-", 10), Asked::Part(2..10));
        assert_eq!(asked("Bytes=-3", 10), Asked::Part(7..10));
        assert_eq!(asked("bytes=0-99", 10), Asked::Part(0..10));
    }

    #[test]
    fn what_lies_outside_is_not_satisfiable() {
        for header in [
            "bytes=10-",
            "bytes=10-12",
            "bytes=-0",
            "bytes=99999999999999999999999-",
        ] {
            assert_eq!(asked(header, 10), Asked::Nothing, "{header}");
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
            assert_eq!(asked(header, 10), Asked::Whole, "{header}");
        }
    }

    proptest! {
        #[test]
        fn a_part_is_never_empty_and_never_outside(header in "(bytes=)?[0-9]{0,20}-?[0-9]{0,20}|\\PC*", size in any::<u64>()) {
            if let Asked::Part(range) = asked(&header, size) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }

        #[test]
        fn a_closed_range_gives_what_it_names(size in 1..u64::MAX, first in any::<u64>(), last in any::<u64>()) {
            prop_assume!(first <= last);
            let expected = if first < size { Asked::Part(first..last.min(size - 1) + 1) } else { Asked::Nothing };
            prop_assert_eq!(asked(&format!("bytes={first}-{last}"), size), expected);
        }

        #[test]
        fn a_suffix_gives_the_end(size in 1..u64::MAX, count in 1..u64::MAX) {
            prop_assert_eq!(asked(&format!("bytes=-{count}"), size), Asked::Part(size.saturating_sub(count)..size));
        }
    }
}
