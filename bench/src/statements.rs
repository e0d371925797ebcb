//! The statements that the service really runs for one operation, taken from the server's own log, as a script for pgbench: so the ceiling we
//! compare with cannot drift away from the code.

use std::path::{Path, PathBuf};

use crate::Outcome;

/// The log of the private server, from a place on.
pub struct Log {
    path: PathBuf,
    from: usize,
}

impl Log {
    /// From its present end on.
    pub fn from_now(path: &Path) -> Outcome<Self> {
        Ok(Self { path: path.to_owned(), from: std::fs::read(path)?.len() })
    }

    /// What one session ran since: the one that asked who is signed in. Parameters are written into the statements.
    pub fn statements(&self) -> Outcome<Vec<String>> {
        Ok(self.ran()?.into_iter().map(|ran| filled_in(&ran.statement, &ran.values)).collect())
    }

    /// The same with the parameters beside the statements.
    pub fn ran(&self) -> Outcome<Vec<Ran>> {
        let text = String::from_utf8(std::fs::read(&self.path)?.split_off(self.from))?;
        let entries = entries(&text);
        let session = entries.iter().find(|entry| entry.said.contains("from session s")).map(|entry| entry.pid).ok_or("no session in the log")?;
        let mut ran: Vec<Ran> = Vec::new();
        for entry in entries.iter().filter(|entry| entry.pid == session) {
            let said = &entry.said;
            if let Some((_, statement)) = said.strip_prefix("LOG:  ").and_then(|said| said.split_once(": ")) {
                ran.push(Ran { statement: statement.trim().to_owned(), values: Vec::new() });
            } else if let (Some(parameters), Some(last)) = (said.strip_prefix("DETAIL:  parameters: "), ran.last_mut()) {
                last.values = values(parameters).into_iter().map(str::to_owned).collect();
            }
        }
        Ok(ran)
    }
}

/// A statement as it was sent, and its values as the log quotes them.
pub struct Ran {
    pub statement: String,
    pub values: Vec<String>,
}

struct Entry<'a> {
    pid: &'a str,
    said: String,
}

/// Lines that begin with a tab go on where the line before stopped. Each entry begins with `<time> [<pid>] `.
fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for line in text.lines() {
        if let (Some(more), Some(entry)) = (line.strip_prefix('\t'), entries.last_mut()) {
            entry.said.push('\n');
            entry.said.push_str(more);
        } else if let Some((pid, said)) = line.split_once(" [").and_then(|(_, rest)| rest.split_once("] ")) {
            entries.push(Entry { pid, said: said.to_owned() });
        }
    }
    entries
}

/// `$1 = 'a', $2 = NULL` as the values in order, quoted as they are.
fn values(parameters: &str) -> Vec<&str> {
    let mut values = Vec::new();
    let mut rest = parameters;
    while let Some((_, value)) = rest.split_once(" = ") {
        let end = if value.starts_with('\'') { end_of_quoted(value) } else { value.find(", $").unwrap_or(value.len()) };
        values.push(&value[..end]);
        rest = &value[end..];
    }
    values
}

/// Behind the closing quote; a doubled quote closes nothing.
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
        match piece[..digits].parse::<usize>().ok().and_then(|n| values.get(n.checked_sub(1)?)) {
            Some(value) => filled.push_str(value),
            None => filled.push_str(&format!("${}", &piece[..digits])),
        }
        filled.push_str(&piece[digits..]);
    }
    filled
}

/// A script for pgbench: `prelude` sets its variables, and wherever the statements name `id`, `expression` stands instead.
pub fn script(statements: &[String], prelude: &str, id: &str, expression: &str) -> String {
    let quoted = format!("'{id}'");
    statements.iter().fold(prelude.to_owned(), |script, statement| script + &statement.replace(&quoted, expression) + ";\n")
}
