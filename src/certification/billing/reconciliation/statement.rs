//! Reads a statement of the treasury from a table. The headings are those of the receipt, in
//! Indonesian or as in this API. Rows that name no payment, such as sums, are skipped.

use chrono::{DateTime, Utc};

use crate::casework::spreadsheet::cells::{moment, rupiah};
use crate::casework::spreadsheet::{Table, place};
use crate::certification::billing::payment::{MAX_RUPIAH, MAX_TEXT, is_ntpn, is_plausible};
use crate::certification::billing::store::reports::ReportedPayment;
use crate::error::{Error, FieldError, Result, fault};
use crate::sop::working_time::WIB;
use crate::text::{foreign_line, is_digits};

/// The most errors that are reported at once.
const MAX_ERRORS: usize = 50;

/// The columns and their headings, in lower case without blanks and signs.
const COLUMNS: [(&str, &[&str]); 8] = [
    ("code", &["kodebilling", "code"]),
    ("ntpn", &["ntpn"]),
    (
        "amount",
        &["jumlah", "jumlahrp", "totaldisetor", "nominal", "amount"],
    ),
    (
        "paid_at",
        &["tanggalbayar", "tgljampembayaran", "tanggal", "paidat"],
    ),
    ("ntb", &["ntb"]),
    ("bank", &["bank", "bankpersepsi", "bankposfintechbayar"]),
    ("channel", &["channel", "channelpembayaran", "channelbayar"]),
    ("book_date", &["tanggalbuku", "tglbuku", "bookdate"]),
];
/// The columns that a statement must have: the first of the table.
const REQUIRED: usize = 4;

/// A row with its line in the file, from 1.
pub type StatementRow = (i32, ReportedPayment);

/// Reads the rows of `table` at `now`.
///
/// # Errors
/// `invalid_content` with every faulty cell.
pub fn read(table: &Table, now: DateTime<Utc>) -> Result<Vec<StatementRow>> {
    let (heading, rows) = table.grid();
    let folded: Vec<String> = heading
        .iter()
        .map(|cell| cell.chars().filter(|c| c.is_alphanumeric()).collect())
        .collect();
    let places = COLUMNS.map(|(_, names)| {
        names
            .iter()
            .find_map(|name| folded.iter().position(|cell| cell == name))
    });
    if places[..REQUIRED].iter().any(Option::is_none) {
        return Err(missing_columns());
    }
    let (mut read, mut faults) = (Vec::new(), Vec::new());
    for (line, row) in rows {
        let line = i32::try_from(*line).unwrap_or(i32::MAX);
        let cell = |column: usize| {
            places[column]
                .and_then(|place| row.get(place))
                .cloned()
                .unwrap_or_default()
        };
        let has_digits = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
        if cell(1).is_empty() && !has_digits(&cell(0)) {
            continue;
        }
        match payment(&cell, now) {
            Ok(payment) => read.push((line, payment)),
            Err(column) if faults.len() < MAX_ERRORS => faults.push(cell_error(line, column)),
            Err(_) => {}
        }
    }
    if faults.is_empty() && !read.is_empty() {
        Ok(read)
    } else if faults.is_empty() {
        Err(Error::invalid(vec![fault(
            "",
            "empty",
            "Tidak ada baris pembayaran.",
            "There is no row of a payment.",
        )]))
    } else {
        Err(Error::invalid(faults))
    }
}

fn missing_columns() -> Error {
    Error::invalid(vec![fault(
        "",
        "missing_field",
        "Baris pertama harus memuat kolom kode_billing, ntpn, jumlah dan tanggal_bayar.",
        "The first row must have the columns code, ntpn, amount and paid_at.",
    )])
}

fn cell_error(line: i32, column: &'static str) -> FieldError {
    fault(
        place(usize::try_from(line).unwrap_or_default(), column),
        "wrong_value",
        format!("Baris {line}: nilai tidak dapat dibaca."),
        format!("Line {line}: the value cannot be read."),
    )
}

/// The payment of a row, or the column that cannot be read.
fn payment(
    cell: &impl Fn(usize) -> String,
    now: DateTime<Utc>,
) -> std::result::Result<ReportedPayment, &'static str> {
    let text = |column: usize| foreign_line(&cell(column), MAX_TEXT);
    let moment = |text: &str| moment(text).filter(|at| is_plausible(*at, now));
    // An apostrophe keeps a spreadsheet from reading digits as a number.
    let digits = |column: usize| cell(column).trim_start_matches('\'').to_owned();
    let (code, ntpn) = (digits(0), digits(1));
    if !is_digits(&code, 15) {
        return Err("code");
    }
    if !is_ntpn(&ntpn) {
        return Err("ntpn");
    }
    let book_date = match cell(7) {
        none if none.is_empty() => None,
        given => Some(moment(&given).ok_or("book_date")?),
    };
    Ok(ReportedPayment {
        code,
        ntpn: ntpn.to_ascii_uppercase(),
        ntb: text(4),
        amount: Some(
            rupiah(&cell(2))
                .filter(|amount| (1..=MAX_RUPIAH).contains(amount))
                .ok_or("amount")?,
        ),
        bank: text(5),
        channel: text(6),
        book_date: book_date.map(|at| at.with_timezone(&WIB).date_naive()),
        paid_at: moment(&cell(3)).ok_or("paid_at")?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_xlsxwriter::Workbook;

    use super::*;

    const HEAD: &str = "Kode Billing;NTPN;Jumlah;Tanggal Bayar;Bank";

    fn now() -> DateTime<Utc> {
        "2026-07-07T00:00:00Z".parse().unwrap()
    }

    fn faults(text: &str) -> Vec<String> {
        match Table::parse(text.as_bytes()).and_then(|table| read(&table, now())) {
            Err(Error::Refused(refused)) => refused
                .faults
                .iter()
                .map(|fault| format!("{} {}", fault.pointer, fault.code))
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_statement_is_read_as_the_treasury_writes_it() {
        let text = format!(
            "\u{feff}{HEAD}\n820260706000001;a1b2c3d4e5f6g7h8;Rp 9.000.000,00;06/07/2026 08:30:00;Bank Sumsel Babel\n"
        );
        let rows = read(&Table::parse(text.as_bytes()).unwrap(), now()).unwrap();
        assert_eq!(rows.len(), 1);
        let (line, row) = &rows[0];
        assert_eq!((*line, row.amount), (2, Some(9_000_000)));
        assert_eq!(row.ntpn, "A1B2C3D4E5F6G7H8");
        assert_eq!(row.paid_at.to_rfc3339(), "2026-07-06T01:30:00+00:00");
        assert_eq!(row.bank.as_deref(), Some("Bank Sumsel Babel"));
    }

    #[test]
    fn a_workbook_is_read_as_well() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (column, name) in (0..).zip(["kode_billing", "ntpn", "jumlah", "tanggal_bayar"]) {
            sheet.write_string(0, column, name).unwrap();
        }
        sheet.write_string(1, 0, "820260706000001").unwrap();
        sheet.write_string(1, 1, "A1B2C3D4E5F6G7H8").unwrap();
        sheet.write_number(1, 2, 9_000_000).unwrap();
        let date = rust_xlsxwriter::ExcelDateTime::parse_from_str("2026-07-06 08:30:00").unwrap();
        let format = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        sheet
            .write_datetime_with_format(1, 3, &date, &format)
            .unwrap();
        let table = Table::parse(&book.save_to_buffer().unwrap()).unwrap();
        let rows = read(&table, now()).unwrap();
        assert_eq!(rows[0].1.amount, Some(9_000_000));
        assert_eq!(rows[0].1.paid_at.to_rfc3339(), "2026-07-06T01:30:00+00:00");
    }

    /// A file as an office has it: a title, the period, a sum below, and digits kept as text.
    #[test]
    fn titles_sums_and_text_marks_of_a_real_file_are_no_payments() {
        let text = format!(
            "Laporan Penerimaan, PNBP;;;;\nPeriode 01/07/2026 s.d. 31/07/2026\n\n{HEAD}\n'820260706000001;'A1B2C3D4E5F6G7H8;9,000,000.00;06/07/2026 08.30;Bank Sumsel Babel\nJumlah;;9.000.000;;\n;;9.000.000;;\n"
        );
        let rows = read(&Table::parse(text.as_bytes()).unwrap(), now()).unwrap();
        assert_eq!(rows.len(), 1);
        let (line, row) = &rows[0];
        assert_eq!((*line, row.amount), (5, Some(9_000_000)));
        assert_eq!(
            (row.code.as_str(), row.ntpn.as_str()),
            ("820260706000001", "A1B2C3D4E5F6G7H8")
        );
        assert_eq!(row.paid_at.to_rfc3339(), "2026-07-06T01:30:00+00:00");
        assert_eq!(faults(&format!("{HEAD}\nJumlah;;0;;")), [" empty"]);
        // A row that names one of the two is not skipped.
        for row in [
            "820260706000001;;1;2026-07-06",
            "x;A1B2C3D4E5F6G7H8;1;2026-07-06",
        ] {
            assert_eq!(faults(&format!("{HEAD}\n{row}")).len(), 1, "{row}");
        }
    }

    #[test]
    fn every_faulty_cell_is_named_by_line_and_column() {
        assert_eq!(faults("kode;jumlah\n1;2"), [" missing_field"]);
        let text = format!(
            "{HEAD}\n82026070600000;A1B2C3D4E5F6G7H8;1;2026-07-06\n820260706000001;x;1;2026-07-06\n820260706000001;A1B2C3D4E5F6G7H8;1,5;2026-07-06\n820260706000001;A1B2C3D4E5F6G7H8;1;kemarin"
        );
        assert_eq!(
            faults(&text),
            [
                "/2/code wrong_value",
                "/3/ntpn wrong_value",
                "/4/amount wrong_value",
                "/5/paid_at wrong_value"
            ]
        );
    }

    #[test]
    fn a_day_far_off_and_an_amount_beyond_all_money_are_no_payment() {
        for (amount, paid_at, expected) in [
            ("1000000000001", "2026-07-06", "/2/amount wrong_value"),
            ("9223372036854775807", "2026-07-06", "/2/amount wrong_value"),
            ("1", "2026-07-09", "/2/paid_at wrong_value"),
            ("1", "1999-12-30", "/2/paid_at wrong_value"),
            ("1", "+99999-01-01", "/2/paid_at wrong_value"),
        ] {
            let text = format!("{HEAD}\n820260706000001;A1B2C3D4E5F6G7H8;{amount};{paid_at}");
            assert_eq!(faults(&text), [expected]);
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            drop(Table::parse(&bytes).and_then(|table| read(&table, now())));
        }
    }
}
