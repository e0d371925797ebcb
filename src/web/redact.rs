//! Removal of the given value from parser messages.

/// A serde message without the value it quotes. The value can be a name or a number of a person,
/// and callers may store refusals.
pub(super) fn without_value(message: &str) -> String {
    const QUOTING: [&str; 3] = ["unknown variant", "invalid type:", "invalid value:"];
    let Some(begins) = QUOTING
        .iter()
        .filter_map(|words| message.find(words).map(|at| at + words.len()))
        .min()
    else {
        return message.to_owned();
    };
    let (words, given) = message.split_at(begins);
    let kind = given
        .split(['`', '"'])
        .next()
        .unwrap_or_default()
        .trim_end();
    let expected = given.rfind(", expected ").map_or("", |at| &given[at..]);
    format!(
        "{words}{}{expected}",
        kind.split(", expected ").next().unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_serde_says_is_told_without_the_value() {
        let cases = [
            (
                "unknown variant `Siti`, expected one of `a`, `b`",
                "unknown variant, expected one of `a`, `b`",
            ),
            (
                "invalid type: integer `1671014203900001`, expected a string",
                "invalid type: integer, expected a string",
            ),
            (
                "invalid type: string \"Siti, expected `x`\", expected u64",
                "invalid type: string, expected u64",
            ),
            (
                "invalid type: null, expected a string",
                "invalid type: null, expected a string",
            ),
            (
                "Query deserialize error: invalid value: string \"Siti\", expected a day",
                "Query deserialize error: invalid value: string, expected a day",
            ),
            ("unknown variant `Siti", "unknown variant"),
            ("missing field `subject`", "missing field `subject`"),
        ];
        for (said, told) in cases {
            assert_eq!(without_value(said), told);
        }
    }
}
