//! The record as CSV (RFC 4180): comma, CRLF, UTF-8 with a byte order mark, without which Excel on
//! Windows assumes another encoding. Times are written in WIB as spreadsheets read them; text that
//! a spreadsheet would run as a formula gets an apostrophe before it (OWASP: CSV injection).

use bytes::Bytes;
use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::columns::{Cell, Column};
use super::row::RealizationRow;
use crate::error::{Error, Result};
use crate::sop::working_time::WIB;

/// The byte order mark and the headings.
pub fn header(columns: &[Column]) -> Result<Bytes> {
    let headings = records([columns
        .iter()
        .map(|column| column.heading.clone())
        .collect()])?;
    Ok(["\u{feff}".as_bytes(), &headings].concat().into())
}

/// The lines of some rows.
pub fn rows(columns: &[Column], rows: &[RealizationRow]) -> Result<Bytes> {
    records(rows.iter().map(|row| {
        columns
            .iter()
            .map(|column| format_cell(column.cell(row)))
            .collect()
    }))
}

fn records(all: impl IntoIterator<Item = Vec<String>>) -> Result<Bytes> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .quote_style(QuoteStyle::Necessary)
        .from_writer(Vec::new());
    for record in all {
        writer.write_record(record).map_err(Error::internal)?;
    }
    Ok(writer
        .into_inner()
        .map_err(|error| Error::internal(error.to_string()))?
        .into())
}

fn format_cell(cell: Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => escape_formulas(&text),
        Cell::Number(number) => number.to_string(),
        Cell::Moment(moment) => moment
            .with_timezone(&WIB)
            .format("%Y-%m-%d %H:%M")
            .to_string(),
        Cell::Day(day) => day.to_string(),
    }
}

/// Puts an apostrophe before text that begins like a formula (= + - @ tab, carriage return, line
/// feed, or a full-width form of the signs). A spreadsheet that splits cells at semicolons, tabs or
/// line ends, as in Indonesia, would see a beginning after each of them, so the rule applies there
/// too.
fn escape_formulas(text: &str) -> String {
    let begins = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let mut safe = String::with_capacity(text.len() + 1);
    let mut at_the_beginning = true;
    for character in text.chars() {
        if at_the_beginning && begins.contains(&character) {
            safe.push('\'');
        }
        at_the_beginning = matches!(character, ';' | '\t' | '\r' | '\n');
        safe.push(character);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        for text in [
            "=1+1", "+62 711", "-2", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1",
        ] {
            assert_eq!(format_cell(Cell::Text(text.into())), format!("'{text}"));
        }
        for (text, safe) in [
            ("PT Aman;=1+1", "PT Aman;'=1+1"),
            ("a\t@x;-2", "a\t'@x;'-2"),
            ("x\n=1\r\n+2", "x\n'=1\r'\n'+2"),
        ] {
            assert_eq!(format_cell(Cell::Text(text.into())), safe);
        }
        for text in ["PT Tirta", "a=b", " =1", ""] {
            assert_eq!(format_cell(Cell::Text(text.into())), text);
        }
        assert_eq!(
            format_cell(Cell::Number(-30)),
            "-30",
            "a number of ours is no formula"
        );
    }

    #[test]
    fn a_record_is_read_back_as_it_was_written() {
        let fields = ["a,b", "say \"ya\"", "two\r\nlines", "", "ünïcode"]
            .map(str::to_owned)
            .to_vec();
        let bytes = records([fields.clone(), fields.clone()]).unwrap();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(&bytes[..]);
        let read: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect();
        assert_eq!(read, [fields.clone(), fields]);
    }

    #[test]
    fn moments_are_those_of_palembang() {
        assert_eq!(
            format_cell(Cell::Moment("2026-07-06T17:30:59Z".parse().unwrap())),
            "2026-07-07 00:30"
        );
    }
}
