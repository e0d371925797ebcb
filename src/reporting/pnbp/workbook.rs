//! The deposit sheet as a workbook. Texts are text cells, so none can be a formula.

use rust_xlsxwriter::{Workbook, XlsxError};

use super::deposits::{Deposit, DepositKind, DepositSheet};
use crate::certification::schemes::Scheme;
use crate::error::{Error, Result};
use crate::reporting::realization::cells::{CellFormats, PAGE_OF_PAGES, write_cell};
use crate::reporting::realization::columns::Cell;
use crate::typesetting::month_in_words;

/// The headings and widths of the columns.
const COLUMNS: [(&str, f64); 14] = [
    ("No.", 5.0),
    ("Tanggal bayar", 17.0),
    ("Tanggal buku", 14.0),
    ("Jenis", 13.0),
    ("Kode billing", 17.0),
    ("NTPN", 19.0),
    ("NTB", 19.0),
    ("Wajib bayar", 34.0),
    ("Nomor permohonan", 20.0),
    ("Skema", 46.0),
    ("Kode akun", 12.0),
    ("Bank", 20.0),
    ("Kanal / dokumen", 20.0),
    ("Jumlah (Rp)", 16.0),
];

/// Writes the workbook.
pub fn write(sheet: &DepositSheet) -> Result<Vec<u8>> {
    build(sheet).map_err(Error::internal)
}

fn build(sheet: &DepositSheet) -> std::result::Result<Vec<u8>, XlsxError> {
    let (mut book, looks) = (Workbook::new(), CellFormats::new());
    let page = book.add_worksheet();
    page.set_name("Daftar setoran")?;
    page.set_landscape().set_footer(PAGE_OF_PAGES);
    page.set_print_fit_to_pages(1, 0);
    let first_day = format!("{}-01", sheet.month).parse();
    let month = first_day.map_or_else(|_| sheet.month.clone(), month_in_words);
    let title = format!("Daftar setoran PNBP, {month}");
    page.write_string_with_format(0, 0, title, &looks.title)?;
    for (place, (heading, width)) in (0..).zip(COLUMNS) {
        page.set_column_width(place, width)?;
        page.write_string_with_format(2, place, heading, &looks.head)?;
    }
    page.set_freeze_panes(3, 0)?.set_repeat_rows(2, 2)?;
    let mut row = 2;
    for (deposit, no) in sheet.items.iter().zip(1_i64..) {
        row += 1;
        for (place, cell) in (0..).zip(cells(deposit, no)) {
            write_cell(page, (row, place), cell, &looks)?;
        }
    }
    for (label, amount) in [
        ("Jumlah setoran", sheet.paid),
        ("Jumlah pengembalian", -sheet.refunded),
        ("Jumlah", sheet.total),
    ] {
        row += 1;
        page.write_string_with_format(row, 12, label, &looks.head)?;
        write_cell(page, (row, 13), Cell::Number(amount), &looks)?;
    }
    let words = format!("Terbilang: {}", sheet.total_in_words);
    page.write_string(row + 1, 0, words)?;
    book.save_to_buffer()
}

fn cells(deposit: &Deposit, no: i64) -> [Cell; 14] {
    let text = |text: &Option<String>| text.clone().map_or(Cell::Empty, Cell::Text);
    let kind = match deposit.kind {
        DepositKind::Payment => "Setoran",
        DepositKind::Refund => "Pengembalian",
    };
    let last = if deposit.kind == DepositKind::Payment {
        &deposit.payment_channel
    } else {
        &deposit.document
    };
    [
        Cell::Number(no),
        Cell::Moment(deposit.at),
        deposit.book_date.map_or(Cell::Empty, Cell::Day),
        Cell::Text(kind.to_owned()),
        Cell::Text(deposit.code.clone()),
        Cell::Text(deposit.ntpn.clone()),
        text(&deposit.ntb),
        Cell::Text(deposit.payer.clone()),
        text(&deposit.application),
        Cell::Text(Scheme::of(deposit.scheme).title.id.to_owned()),
        text(&deposit.account_code),
        text(&deposit.bank),
        text(last),
        Cell::Number(deposit.amount),
    ]
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, DataType, Reader as _, Xlsx};
    use chrono::DateTime;

    use super::*;
    use crate::certification::schemes::SchemeCode;

    #[test]
    fn month_service_and_sum_stand_in_words_and_an_odd_name_is_a_text() {
        let payment = Deposit {
            at: DateTime::from_timestamp(1_783_302_600, 0).unwrap(),
            kind: DepositKind::Payment,
            amount: 9_000_000,
            code: "820260706123456".to_owned(),
            ntpn: "A1B2C3D4E5F6G7H8".to_owned(),
            ntb: None,
            bank: None,
            payment_channel: None,
            book_date: None,
            document: None,
            payer: "=1+1".to_owned(),
            application: None,
            scheme: SchemeCode::ProductSni,
            account_code: None,
        };
        let refund = Deposit {
            kind: DepositKind::Refund,
            amount: -1_000_000,
            ..payment.clone()
        };
        let sheet = DepositSheet::of("2026-07".to_owned(), vec![payment, refund]);
        let bytes = write(&sheet).unwrap();
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range("Daftar setoran").unwrap();
        let text = |row, column| {
            let cell: Option<&Data> = range.get_value((row, column));
            cell.and_then(DataType::as_string).unwrap_or_default()
        };
        assert_eq!(text(0, 0), "Daftar setoran PNBP, Juli 2026");
        assert_eq!(text(3, 7), "=1+1");
        assert_eq!(text(3, 9), Scheme::of(SchemeCode::ProductSni).title.id);
        let sums: Vec<_> = (5..8).map(|row| text(row, 13)).collect();
        assert_eq!(sums, ["9000000", "-1000000", "8000000"]);
        assert_eq!(text(8, 0), "Terbilang: Delapan juta rupiah");
        let formulas = book.worksheet_formula("Daftar setoran").unwrap();
        assert!(formulas.used_cells().next().is_none());
    }
}
