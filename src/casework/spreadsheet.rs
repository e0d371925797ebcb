//! Reads an uploaded table into typed rows: CSV (RFC 4180, separated by comma, semicolon or tab, in
//! UTF-8, UTF-16 or Windows-1252) or the first sheet of an XLSX workbook. The content decides which.
//! The first row with more than one filled cell holds the headings: titles above it are skipped.
//! Faults point at `/line/heading` with the line of the file.

pub(crate) mod cells;

use std::borrow::Cow;
use std::future::{Ready, ready};
use std::io::{Cursor, Read as _};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use calamine::{DataRef, Reader as _, Xlsx};
use chrono::{NaiveDateTime, NaiveTime};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use serde::de::DeserializeOwned;

use super::documents::intake;
use crate::error::{Code, Error, FieldError, Result, fault};
use crate::secrecy::sha256;
use crate::text::tidied;
use crate::web::body::BodyDigest;
use crate::web::body_reader::ReadTimeout;

/// The largest file. A price list of ten thousand rows has one megabyte.
const MAX_BYTES: u64 = 2 << 20;
/// The largest content of a workbook, unpacked. A zip bomb is refused before its content is read.
const MAX_UNPACKED: u64 = 32 << 20;
/// The most parts of a workbook.
const MAX_PARTS: usize = 500;
/// The most rows below the headings.
const MAX_ROWS: usize = 10_000;
/// The most columns.
const MAX_COLUMNS: usize = 60;
/// The lines from which the separator of a CSV file is told.
const SAMPLED_LINES: usize = 20;
/// The most faults that are reported.
const MAX_FAULTS: usize = 100;

/// A request body that is a table. It is read only after the caller is authorized.
pub struct SpreadsheetBody(Payload);

impl FromRequest for SpreadsheetBody {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(_: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Ok(Self(payload.take())))
    }
}

impl SpreadsheetBody {
    /// Receives the file and reads its table.
    ///
    /// # Errors
    /// `body_too_large`, `unsupported_media_type` if it is no table, `invalid_content` with the
    /// place of each fault.
    pub async fn read(self, request: &HttpRequest) -> Result<Table> {
        let bytes =
            intake::receive_in_memory(request.headers(), self.0, MAX_BYTES, ReadTimeout::FILE)
                .await?;
        request.extensions_mut().insert(BodyDigest(sha256(&bytes)));
        tokio::task::spawn_blocking(move || Table::parse(&bytes))
            .await
            .map_err(Error::internal)?
    }
}

/// A table of texts with headings.
#[derive(Debug)]
pub struct Table {
    headings: Vec<String>,
    /// The line of the headings in the file.
    line: usize,
    /// The line in the file, and the cells, as many as there are headings.
    rows: Vec<(usize, Vec<String>)>,
}

/// A row of a table with known columns.
pub trait TableRow: DeserializeOwned {
    /// The headings that must be there.
    const COLUMNS: &'static [&'static str];
    /// The headings that may be left out.
    const OPTIONAL: &'static [&'static str] = &[];
}

impl Table {
    /// Reads the table in `bytes`.
    ///
    /// # Errors
    /// As [`SpreadsheetBody::read`].
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let rows = if bytes.starts_with(b"PK\x03\x04") {
            workbook_rows(bytes)?
        } else {
            csv_rows(bytes)?
        };
        let filled = |cells: &[String]| cells.iter().filter(|cell| !cell.is_empty()).count();
        let mut rows = rows
            .into_iter()
            .filter(|(_, cells)| filled(cells) > 0)
            .skip_while(|(_, cells)| filled(cells) < 2);
        let Some((line, mut headings)) = rows.next() else {
            return Err(not_a_table());
        };
        while headings.last().is_some_and(String::is_empty) {
            headings.pop();
        }
        let width = headings.len();
        let mut table = Self {
            headings: headings.iter().map(|name| name.to_lowercase()).collect(),
            line,
            rows: Vec::new(),
        };
        let mut faults = Vec::new();
        for (line, mut cells) in rows {
            if cells.iter().skip(width).any(|cell| !cell.is_empty()) {
                let (id, en) = (
                    "Baris ini mempunyai lebih banyak sel daripada judul kolom.",
                    "The row has more cells than there are headings.",
                );
                faults.push(fault(format!("/{line}"), "too_many", id, en));
            }
            cells.resize(width, String::new());
            table.rows.push((line, cells));
        }
        if table.rows.is_empty() {
            let (id, en) = (
                "Tidak ada baris isi.",
                "There are no rows below the headings.",
            );
            faults.push(fault(format!("/{}", line + 1), "empty", id, en));
        }
        table.or_faults(faults)
    }

    /// The headings in lower case, and each row with its line, for a table with more than one name
    /// for a column.
    pub fn grid(&self) -> (&[String], &[(usize, Vec<String>)]) {
        (&self.headings, &self.rows)
    }

    fn or_faults(self, mut faults: Vec<FieldError>) -> Result<Self> {
        faults.truncate(MAX_FAULTS);
        if faults.is_empty() {
            Ok(self)
        } else {
            Err(Error::invalid(faults))
        }
    }

    /// The rows as `T`, each with its line.
    ///
    /// # Errors
    /// `invalid_content` with a fault for each unknown or missing heading, or for the first wrong
    /// cell of each row.
    pub fn typed<T: TableRow>(&self) -> Result<Vec<(usize, T)>> {
        let mut faults = Vec::new();
        let known = || T::COLUMNS.iter().chain(T::OPTIONAL);
        for (i, heading) in self.headings.iter().enumerate() {
            if !known().any(|name| *name == heading) {
                let (id, en) = (
                    format!("Kolom ini tidak dikenal; ada: {}.", join(known())),
                    format!("There is no such column; there are: {}.", join(known())),
                );
                faults.push(fault(place(self.line, heading), "unknown_field", id, en));
            } else if self.headings.iter().take(i).any(|other| other == heading) {
                faults.push(fault(
                    place(self.line, heading),
                    "duplicate_field",
                    "Kolom ini ada dua kali.",
                    "The column occurs twice.",
                ));
            }
        }
        for name in T::COLUMNS {
            if !self.headings.iter().any(|heading| heading == *name) {
                faults.push(fault(
                    place(self.line, name),
                    "missing_field",
                    "Kolom ini wajib ada.",
                    "The column is required.",
                ));
            }
        }
        let mut typed = Vec::with_capacity(self.rows.len());
        if faults.is_empty() {
            for (line, cells) in &self.rows {
                match self.deserialize(cells) {
                    Ok(row) => typed.push((*line, row)),
                    Err((column, code)) => faults.push(cell_fault(*line, &column, code)),
                }
            }
        }
        faults.truncate(MAX_FAULTS);
        if faults.is_empty() {
            Ok(typed)
        } else {
            Err(Error::invalid(faults))
        }
    }

    /// The row as `T`; an empty cell is an absent value. The error is the column and a fault code.
    fn deserialize<T: TableRow>(&self, cells: &[String]) -> Result<T, (String, &'static str)> {
        let pairs = self.headings.iter().zip(cells);
        let filled = pairs
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(heading, cell)| (heading.as_str(), cell.as_str()));
        let encoded = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(filled)
            .finish();
        let cells = serde_urlencoded::Deserializer::new(form_urlencoded::parse(encoded.as_bytes()));
        serde_path_to_error::deserialize(cells).map_err(|error| {
            let said = error.inner().to_string();
            match said.strip_prefix("missing field `") {
                Some(name) => (name.trim_end_matches('`').to_owned(), "missing_field"),
                None => (error.path().to_string(), "wrong_type"),
            }
        })
    }
}

fn cell_fault(line: usize, column: &str, code: &'static str) -> FieldError {
    let (id, en) = if code == "missing_field" {
        ("Sel ini wajib diisi.", "The cell is required.")
    } else {
        (
            "Isi sel ini tidak dapat dibaca: rupiah bulat seperti 2.000.000, tanggal seperti 2026-07-06 atau 06/07/2026, true atau false, atau salah satu kode yang dikenal.",
            "The cell cannot be read: whole rupiah such as 2.000.000, a day such as 2026-07-06 or 06/07/2026, true or false, or one of the known codes.",
        )
    };
    fault(place(line, column), code, id, en)
}

/// The pointer of a cell.
pub fn place(line: usize, column: &str) -> String {
    let column = column.replace('~', "~0").replace('/', "~1");
    format!("/{line}/{column}")
}

fn join<'a>(names: impl Iterator<Item = &'a &'static str>) -> String {
    names.copied().collect::<Vec<_>>().join(", ")
}

fn not_a_table() -> Error {
    Error::new(Code::UnsupportedMediaType).detail(
        "Kirim CSV atau buku kerja XLSX, dengan judul kolom di baris pertama.",
        "Send CSV or an XLSX workbook, with headings in the first row.",
    )
}

fn too_large() -> Error {
    Error::new(Code::BodyTooLarge).detail(
        format!("Paling banyak {MAX_ROWS} baris, {MAX_COLUMNS} kolom."),
        format!("At most {MAX_ROWS} rows and {MAX_COLUMNS} columns."),
    )
}

fn csv_rows(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>> {
    // Of a record that ends in CRLF, the reader counts the line feed with the next one.
    let text = decoded(bytes)?.replace("\r\n", "\n");
    let most_in_a_line = |separator: u8| {
        let lines = text.lines().take(SAMPLED_LINES);
        lines
            .map(|line| line.bytes().filter(|byte| *byte == separator).count())
            .max()
    };
    // A spreadsheet with Indonesian settings separates by semicolon, and has commas in its numbers.
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|one| (most_in_a_line(*one), *one == b','))
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| not_a_table())?;
        if record.len() > MAX_COLUMNS || rows.len() > MAX_ROWS {
            return Err(too_large());
        }
        // The position is that of the empty lines before the record.
        let line = record.position().map_or(0, |start| {
            let from = usize::try_from(start.byte()).unwrap_or_default();
            let rest = text.as_bytes().get(from..).unwrap_or_default();
            let empty = rest.iter().take_while(|byte| **byte == b'\n').count();
            usize::try_from(start.line()).unwrap_or_default() + empty
        });
        let cells = record.iter().map(tidied).collect();
        rows.push((line, cells));
    }
    Ok(rows)
}

/// The text of a CSV file: UTF-8, UTF-16 with its byte order mark, or else Windows-1252, in which
/// Excel saves CSV. A file with control characters is no text.
fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>> {
    let unmarked = if std::str::from_utf8(bytes).is_ok() {
        UTF_8
    } else {
        WINDOWS_1252
    };
    let encoding = Encoding::for_bom(bytes).map_or(unmarked, |(marked, _)| marked);
    let (text, _, is_faulty) = encoding.decode(bytes);
    let is_control = |c: char| c.is_control() && !matches!(c, '\t' | '\r' | '\n');
    if is_faulty || text.contains(is_control) {
        return Err(not_a_table());
    }
    Ok(text)
}

fn workbook_rows(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>> {
    check_unpacked_size(bytes)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|_| not_a_table())?;
    let first = workbook
        .sheet_names()
        .first()
        .cloned()
        .ok_or_else(not_a_table)?;
    // Cell by cell: the reader of a whole range makes a cell for each place between the first and
    // the last one, and a file can name a last one that is a billion cells away.
    let mut cells = workbook
        .worksheet_cells_reader(&first)
        .map_err(|_| not_a_table())?;
    let mut rows: Vec<(usize, Vec<String>)> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(|_| not_a_table())? {
        let text = cell_text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let (line, column) = (row as usize + 1, column as usize);
        if rows.last().is_none_or(|(last, _)| *last != line) {
            rows.push((line, Vec::new()));
        }
        if column >= MAX_COLUMNS || rows.len() > MAX_ROWS + 1 {
            return Err(too_large());
        }
        if let Some((_, cells)) = rows.last_mut() {
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            cells[column] = text;
        }
    }
    Ok(rows)
}

/// Refuses a workbook that unpacks to more than the limit. Sizes that the archive declares may be
/// wrong, so the parts are unpacked, and the bytes thrown away.
fn check_unpacked_size(bytes: &[u8]) -> Result<()> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| not_a_table())?;
    let mut left = MAX_UNPACKED;
    if archive.len() > MAX_PARTS {
        return Err(too_large());
    }
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(|_| not_a_table())?;
        let read = std::io::copy(&mut part.take(left + 1), &mut std::io::sink())
            .map_err(|_| not_a_table())?;
        left = left.checked_sub(read).ok_or_else(too_large)?;
    }
    Ok(())
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a whole number below 10^15 fits"
)]
fn cell_text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            (*number as i64).to_string()
        }
        // A larger number has lost its last digits: it must not be taken for them.
        DataRef::Float(number) if number.abs() >= 1e15 => format!("{number:e}"),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            tidied(text)
        }
        DataRef::SharedString(text) => tidied(text),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(moment) => moment.as_datetime().map(moment_text).unwrap_or_default(),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn moment_text(moment: NaiveDateTime) -> String {
    if moment.time() == NaiveTime::MIN {
        moment.date().to_string()
    } else {
        moment.format("%Y-%m-%dT%H:%M:%S").to_string()
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Sample {
        code: String,
        amount: i64,
        day: NaiveDate,
        note: Option<String>,
        #[serde(default)]
        yes: bool,
    }

    impl TableRow for Sample {
        const COLUMNS: &'static [&'static str] = &["code", "amount", "day", "note"];
        const OPTIONAL: &'static [&'static str] = &["yes"];
    }

    fn sample(code: &str, amount: i64, note: Option<&str>, yes: bool) -> Sample {
        Sample {
            code: code.to_owned(),
            amount,
            day: NaiveDate::from_ymd_opt(2026, 7, 6).unwrap(),
            note: note.map(str::to_owned),
            yes,
        }
    }

    fn read(bytes: &[u8]) -> Result<Vec<(usize, Sample)>> {
        Table::parse(bytes)?.typed()
    }

    fn faults(bytes: &[u8]) -> Vec<(String, &'static str)> {
        let faults = read(bytes).unwrap_err().into_faults().unwrap();
        faults
            .into_iter()
            .map(|one| (one.pointer, one.code))
            .collect()
    }

    fn workbook(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
        let mut book = Workbook::new();
        fill(book.add_worksheet());
        book.save_to_buffer().unwrap()
    }

    #[test]
    fn a_table_is_the_same_with_any_separator_and_as_a_workbook() {
        let expected = vec![
            (2, sample("A", 2_000_000, Some("a; b, c"), true)),
            (4, sample("B", -1, None, false)),
        ];
        for text in [
            "\u{feff}Code,amount,day,note,yes\r\nA,2000000,2026-07-06,\"a; b, c\",true\r\n,,,,\r\nB,-1,2026-07-06,,false\r\n",
            "code;amount;day;note;yes\nA;2000000;2026-07-06;\"a; b, c\";true\n;;;;\nB; -1 ;2026-07-06;;false",
            "code\tamount\tday\tnote\tyes\nA\t2000000\t2026-07-06\ta; b, c\ttrue\n\t\t\t\t\nB\t-1\t2026-07-06\t\tfalse",
        ] {
            assert_eq!(read(text.as_bytes()).unwrap(), expected, "{text}");
        }
        let book = workbook(|sheet| {
            for (place, heading) in (0..).zip(["Code", "Amount", "day", "note", "yes"]) {
                sheet.write_string(0, place, heading).unwrap();
            }
            let (date, day) = (
                Format::new().set_num_format("yyyy-mm-dd"),
                ExcelDateTime::from_ymd(2026, 7, 6).unwrap(),
            );
            sheet.write_string(1, 0, "A").unwrap();
            sheet.write_number(1, 1, 2_000_000).unwrap();
            sheet.write_datetime_with_format(1, 2, &day, &date).unwrap();
            sheet.write_string(1, 3, "a; b, c").unwrap();
            sheet.write_boolean(1, 4, true).unwrap();
            sheet.write_string(3, 0, "B").unwrap();
            sheet.write_number(3, 1, -1).unwrap();
            sheet.write_string(3, 2, "2026-07-06").unwrap();
            sheet.write_boolean(3, 4, false).unwrap();
        });
        assert_eq!(read(&book).unwrap(), expected);
    }

    #[test]
    fn titles_above_and_the_encodings_of_excel_make_no_difference() {
        let text = "Daftar tarif, Juli 2026\n\ncode;amount;day;note\nA;1;2026-07-06;Café\n";
        let expected = vec![(4, sample("A", 1, Some("Café"), false))];
        let windows = text.replace('\u{e9}', "?").into_bytes();
        let windows: Vec<u8> = windows
            .into_iter()
            .map(|byte| if byte == b'?' { 0xe9 } else { byte })
            .collect();
        let utf16 = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(order).collect()
        };
        for bytes in [
            text.as_bytes().to_vec(),
            windows,
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
        ] {
            assert_eq!(read(&bytes).unwrap(), expected);
        }
        let without_note = text.replace(";note", "").replace(";Café", "");
        assert_eq!(
            faults(without_note.as_bytes()),
            [("/3/note".to_owned(), "missing_field")],
            "the line is that of the file"
        );
    }

    #[test]
    fn a_number_that_lost_digits_is_not_taken_for_them() {
        let book = workbook(|sheet| {
            for (column, heading) in (0..).zip(["code", "amount", "day", "note"]) {
                sheet.write_string(0, column, heading).unwrap();
            }
            sheet.write_number(1, 0, 1_234_567_890_123_456_f64).unwrap();
            sheet.write_number(1, 1, 1).unwrap();
            sheet.write_string(1, 2, "2026-07-06").unwrap();
        });
        assert_eq!(read(&book).unwrap()[0].1.code, "1.234567890123456e15");
    }

    #[test]
    fn each_fault_has_its_cell() {
        assert_eq!(
            faults(b"code,amount,day,amount,lain\nA,1,2026-07-06,,x"),
            [
                ("/1/amount".to_owned(), "duplicate_field"),
                ("/1/lain".to_owned(), "unknown_field"),
                ("/1/note".to_owned(), "missing_field"),
            ]
        );
        assert_eq!(
            faults(b"code,amount,day,note\nA,1.000,2026-07-06,\nB,1,6 Juli,\nC,1,2026-07-06,\n"),
            [
                ("/2/amount".to_owned(), "wrong_type"),
                ("/3/day".to_owned(), "wrong_type"),
            ]
        );
        assert_eq!(
            faults(b"code,amount,day,note\nA,1,2026-07-06,,mehr\n"),
            [("/2".to_owned(), "too_many")]
        );
        assert_eq!(
            faults(b"code,amount,day,note\n"),
            [("/2".to_owned(), "empty")]
        );
    }

    #[test]
    fn another_file_is_no_table_and_a_huge_one_is_refused() {
        for other in [
            &b"\xff\xfe\x00"[..],
            b"",
            b"\n\n",
            b"only;\nTITLES;\n",
            b"%PDF-1.7\n%\x90\x9d,\x81",
            b"a,b\n\x00,1",
            b"PK\x03\x04 and no more",
        ] {
            assert_eq!(
                read(other).unwrap_err().code(),
                Some(Code::UnsupportedMediaType)
            );
        }
        let far = workbook(|sheet| {
            sheet.write_string(0, 0, "code").unwrap();
            sheet.write_string(1_000_000, 16_000, "x").unwrap();
        });
        assert_eq!(read(&far).unwrap_err().code(), Some(Code::BodyTooLarge));
        let long = "code,amount,day,note\n".to_owned() + &"A,1,2026-07-06,\n".repeat(MAX_ROWS + 1);
        assert_eq!(
            read(long.as_bytes()).unwrap_err().code(),
            Some(Code::BodyTooLarge)
        );
        let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
        bomb.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default())
            .unwrap();
        let zeroes = vec![0; 1 << 20];
        for _ in 0..33 {
            std::io::Write::write_all(&mut bomb, &zeroes).unwrap();
        }
        let bomb = bomb.finish().unwrap().into_inner();
        assert!(bomb.len() < 1 << 20, "it is small until it is unpacked");
        assert_eq!(read(&bomb).unwrap_err().code(), Some(Code::BodyTooLarge));
    }
}
