//! Reads the statements that the service runs for one operation from the server's log and makes a
//! script for pgbench of them. The compared limit thus always matches the code.

use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::Outcome;

/// The log of the private server, read from an offset on.
pub struct Log {
    path: PathBuf,
    from: usize,
}

impl Log {
    /// Starts at the present end of the log.
    pub fn from_now(path: &Path) -> Outcome<Self> {
        Ok(Self {
            path: path.to_owned(),
            from: std::fs::read(path)?.len(),
        })
    }

    /// The statements of one session since: of the session that loaded the caller's account, or,
    /// when the service had the sign-in in memory, that read the application or the complaint.
    /// Parameters are inserted into the statements.
    pub fn statements(&self) -> Outcome<Vec<String>> {
        Ok(self
            .logged_statements()?
            .into_iter()
            .map(|ran| filled_in(&ran.statement, &ran.values))
            .collect())
    }

    /// The same statements, with the parameters separate.
    pub fn logged_statements(&self) -> Outcome<Vec<LoggedStatement>> {
        let text = String::from_utf8(std::fs::read(&self.path)?.split_off(self.from))?;
        let entries = entries(&text);
        let session = ["from session s", "from application a", "wbs.complaint c"]
            .iter()
            .find_map(|read| entries.iter().find(|entry| entry.said.contains(read)))
            .map(|entry| entry.pid)
            .ok_or("no session in the log")?;
        let mut ran: Vec<LoggedStatement> = Vec::new();
        for entry in entries.iter().filter(|entry| entry.pid == session) {
            let said = &entry.said;
            if let Some((_, statement)) = said
                .strip_prefix("LOG:  ")
                .and_then(|said| said.split_once(": "))
            {
                ran.push(LoggedStatement {
                    statement: statement.trim().to_owned(),
                    values: Vec::new(),
                });
            } else if let (Some(parameters), Some(last)) =
                (said.strip_prefix("DETAIL:  parameters: "), ran.last_mut())
            {
                last.values = values(parameters).into_iter().map(str::to_owned).collect();
            }
        }
        Ok(ran)
    }
}

/// A statement as it was sent, and its values as the log quotes them.
pub struct LoggedStatement {
    pub statement: String,
    pub values: Vec<String>,
}

struct Entry<'a> {
    pid: &'a str,
    said: String,
}

/// The entries of the log. Each entry begins with `<time> [<pid>] `; a line that begins with a tab
/// continues the line before.
fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for line in text.lines() {
        if let (Some(more), Some(entry)) = (line.strip_prefix('\t'), entries.last_mut()) {
            entry.said.push('\n');
            entry.said.push_str(more);
        } else if let Some((pid, said)) = line
            .split_once(" [")
            .and_then(|(_, rest)| rest.split_once("] "))
        {
            entries.push(Entry {
                pid,
                said: said.to_owned(),
            });
        }
    }
    entries
}

/// The values of `$1 = 'a', $2 = NULL` in order, quoted as they are.
fn values(parameters: &str) -> Vec<&str> {
    let mut values = Vec::new();
    let mut rest = parameters;
    while let Some((_, value)) = rest.split_once(" = ") {
        let end = if value.starts_with('\'') {
            end_of_quoted(value)
        } else {
            value.find(", $").unwrap_or(value.len())
        };
        values.push(&value[..end]);
        rest = &value[end..];
    }
    values
}

/// The offset behind the closing quote. A doubled quote is part of the literal.
fn end_of_quoted(value: &str) -> usize {
    let bytes = value.as_bytes();
    let mut i = 1;
    while i < bytes.len() {
        if bytes[i] == b'\'' {
            if bytes.get(i + 1) != Some(&b'\'') {
                return i + 1;
            }
            i += 1;
        }
        i += 1;
    }
    bytes.len()
}

fn filled_in(statement: &str, values: &[String]) -> String {
    let mut pieces = statement.split('$');
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(value) = piece[..digits]
            .parse::<usize>()
            .ok()
            .and_then(|n| values.get(n.checked_sub(1)?))
        {
            filled.push_str(value);
        } else {
            filled.push('$');
            filled.push_str(&piece[..digits]);
        }
        filled.push_str(&piece[digits..]);
    }
    filled
}

/// A script for pgbench. `prelude` sets its variables. Where a literal of the statements contains
/// one of `ids`, the script has the SQL expression of type `text` that is paired with that id.
pub fn script(statements: &[String], prelude: &str, ids: &[(String, String)]) -> String {
    statements
        .iter()
        .fold(prelude.to_owned(), |script, statement| {
            script + &replaced(statement, ids) + ";\n"
        })
}

/// The ids that the operation generated and that a second run must generate anew: random ids
/// (version 4), and ids of version 7 whose time is not before `since` (milliseconds of the epoch).
/// In order of appearance, each once. The ids of the office's own rows match neither rule.
pub fn made_since(statements: &[String], since: u64) -> Vec<String> {
    let mut made: Vec<String> = Vec::new();
    let of_one = |statement: &String| {
        literals(statement)
            .flat_map(|(literal, _)| literal.split(['\'', '{', '}', ',', '"']))
            .filter_map(new_id(since))
            .collect()
    };
    for id in statements
        .iter()
        .flat_map(|statement| -> Vec<String> { of_one(statement) })
    {
        if !made.contains(&id) {
            made.push(id);
        }
    }
    made
}

fn new_id(since: u64) -> impl Fn(&str) -> Option<String> {
    move |text| {
        let id = Uuid::try_parse(text).ok()?;
        let is_new = match id.get_version_num() {
            4 => true,
            7 => id.as_u128() >> 80 >= u128::from(since),
            _ => false,
        };
        is_new.then(|| text.to_owned())
    }
}

/// The quoted literals of a statement with their quotes, each with the text between it and the
/// literal before.
fn literals(statement: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = statement;
    std::iter::from_fn(move || {
        let start = rest.find('\'')?;
        let (before, from_quote) = rest.split_at(start);
        let (literal, after) = from_quote.split_at(end_of_quoted(from_quote));
        rest = after;
        Some((literal, before))
    })
}

fn replaced(statement: &str, ids: &[(String, String)]) -> String {
    let mut made = String::with_capacity(statement.len());
    let mut read = 0;
    for (literal, before) in literals(statement) {
        made.push_str(before);
        read += before.len() + literal.len();
        let mut concatenated = literal.to_owned();
        for (id, expression) in ids {
            concatenated = concatenated.replace(id.as_str(), &format!("' || {expression} || '"));
        }
        if concatenated == literal {
            made.push_str(literal);
        } else {
            made.extend(["(", &concatenated, ")::", type_of(literal)]);
        }
    }
    made + &statement[read..]
}

/// The SQL type of a literal that contains an id: a JSON object, an array of ids, an id, or else a
/// text.
fn type_of(literal: &str) -> &'static str {
    match literal.trim_matches('\'') {
        object if object.starts_with("{\"") => "jsonb",
        array if array.starts_with('{') => "uuid[]",
        id if Uuid::try_parse(id).is_ok() => "uuid",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICE: &str = "01a22d38-7d90-7f5a-a4ab-3add27d9d2ed";
    const FRESH: &str = "01a22d39-2526-7d82-ad0d-620524ab1b36";
    const RANDOM: &str = "ac6e0703-1136-432d-a13f-44924f091cf4";
    const STAFF: &str = "00000000-0000-7000-b000-000000000003";

    /// Replaying a step once collided on `notification_pkey`, because the script kept the recorded
    /// id of the notification.
    #[test]
    fn ids_that_the_operation_made_are_made_anew_wherever_they_stand() {
        let recorded = vec![
            format!("insert into t values ('{OFFICE}', '{FRESH}', 'it''s {RANDOM}', '{STAFF}')"),
            format!(
                "select unnest('{{{RANDOM}}}'::uuid[]), '{{\"application\": \"{STAFF}\"}}', '2026-11-30 16:10:51+00'"
            ),
        ];
        let since = u64::try_from(Uuid::try_parse(FRESH).unwrap().as_u128() >> 80).unwrap();
        assert_eq!(made_since(&recorded, since), [FRESH, RANDOM]);
        assert_eq!(made_since(&recorded, since + 1), [RANDOM]);
        let ids = [
            (FRESH.to_owned(), ":a".to_owned()),
            (RANDOM.to_owned(), ":b".to_owned()),
            (STAFF.to_owned(), ":n".to_owned()),
        ];
        let first = format!(
            "insert into t values ('{OFFICE}', ('' || :a || '')::uuid, ('it''s ' || :b || '')::text, ('' || :n || '')::uuid);"
        );
        let second = "select unnest(('{' || :b || '}')::uuid[]::uuid[]), ('{\"application\": \"' || :n || '\"}')::jsonb, '2026-11-30 16:10:51+00';";
        assert_eq!(script(&recorded, "", &ids), format!("{first}\n{second}\n"));
    }
}
