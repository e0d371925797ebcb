//! Deterministic JSON of the document. utoipa stores the extensions of an operation in a hash map,
//! whose order differs between processes; the order of everything else carries meaning and is kept.

use utoipa::openapi::OpenApi;

/// The document as indented JSON, with the `x-` members of each operation sorted by name.
pub fn to_json(document: &OpenApi) -> Result<String, serde_json::Error> {
    Ok(sort_extensions(&document.to_pretty_json()?))
}

/// Sorts each run of adjacent `x-` members in indented JSON.
fn sort_extensions(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    let (mut settled, mut at) = (Vec::with_capacity(lines.len()), 0);
    while let Some(line) = lines.get(at) {
        let mut run = Vec::new();
        while let Some(length) = extension(&lines[at..], indent(line)) {
            run.push(&lines[at..at + length]);
            at += length;
        }
        if run.is_empty() {
            settled.push((*line).to_owned());
            at += 1;
            continue;
        }
        let more_follows = run
            .last()
            .and_then(|last| last.last())
            .is_some_and(|end| end.ends_with(','));
        run.sort_unstable();
        for (i, member) in run.iter().enumerate() {
            settled.extend(member.iter().map(|line| (*line).to_owned()));
            if let Some(end) = settled.last_mut() {
                let bare = end.trim_end_matches(',').len();
                end.truncate(bare);
                end.push_str(if more_follows || i + 1 < run.len() {
                    ","
                } else {
                    ""
                });
            }
        }
    }
    settled.join("\n")
}

/// The number of lines of the `x-` member at the start of `lines`, if it is indented by `depth`.
fn extension(lines: &[&str], depth: usize) -> Option<usize> {
    let first = lines
        .first()
        .filter(|line| indent(line) == depth && line[depth..].starts_with("\"x-"))?;
    if !first.ends_with(['{', '[']) {
        return Some(1);
    }
    let end = lines[1..].iter().position(|line| indent(line) == depth)?;
    Some(end + 2)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

#[cfg(test)]
mod tests {
    use super::sort_extensions;

    #[test]
    fn extensions_come_by_name_wherever_they_stand_and_nothing_else_moves() {
        let last = "{\n  \"b\": 1,\n  \"x-b\": [\n    2\n  ],\n  \"x-a\": {\n    \"z\": 1,\n    \"c\": 2\n  }\n}";
        assert_eq!(
            sort_extensions(last),
            "{\n  \"b\": 1,\n  \"x-a\": {\n    \"z\": 1,\n    \"c\": 2\n  },\n  \"x-b\": [\n    2\n  ]\n}"
        );
        let between = "{\n  \"x-b\": 1,\n  \"x-a\": 2,\n  \"a\": 3\n}";
        assert_eq!(
            sort_extensions(between),
            "{\n  \"x-a\": 2,\n  \"x-b\": 1,\n  \"a\": 3\n}"
        );
        assert_eq!(
            sort_extensions(&sort_extensions(last)),
            sort_extensions(last)
        );
    }

    #[test]
    fn the_document_is_written_alike_each_time_and_loses_nothing() {
        let document = crate::openapi::base();
        let written = super::to_json(&document).unwrap();
        assert_eq!(written, super::to_json(&document.clone()).unwrap());
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&written).unwrap(),
            serde_json::to_value(&document).unwrap()
        );
    }
}
