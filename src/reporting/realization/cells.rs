//! The cells of a workbook: formats and writing.

use chrono::{NaiveDateTime, NaiveTime};
use rust_xlsxwriter::{
    Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Worksheet, XlsxError,
};

use super::columns::Cell;
use crate::sop::working_time::WIB;

/// The centred page footer: page of pages.
pub(in crate::reporting) const PAGE_OF_PAGES: &str = "&C&P / &N";
/// The maximum text length of a cell that every spreadsheet accepts.
const MAX_TEXT: usize = 32_000;

/// The cell formats.
pub(in crate::reporting) struct CellFormats {
    /// Headings.
    pub(in crate::reporting) head: Format,
    /// Headings of numbers, right-aligned.
    pub(in crate::reporting) number_head: Format,
    /// Moments.
    pub(in crate::reporting) moment: Format,
    /// Days.
    pub(in crate::reporting) day: Format,
    /// Whole numbers.
    pub(in crate::reporting) number: Format,
    /// Titles of a sheet.
    pub(in crate::reporting) title: Format,
}

impl CellFormats {
    /// The formats of the office's workbooks.
    pub(in crate::reporting) fn new() -> Self {
        let head = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_border_bottom(FormatBorder::Thin);
        let head = head.set_background_color(Color::RGB(0x00DC_E6F1));
        Self {
            number_head: head.clone().set_align(FormatAlign::Right),
            head,
            // Left-aligned, or a time would touch the text of the next column.
            moment: Format::new()
                .set_num_format("yyyy-mm-dd hh:mm")
                .set_align(FormatAlign::Left),
            day: Format::new()
                .set_num_format("yyyy-mm-dd")
                .set_align(FormatAlign::Left),
            number: Format::new().set_num_format("#,##0"),
            title: Format::new().set_bold().set_font_size(14),
        }
    }
}

/// Writes `cell` at row and column of `sheet`.
pub(in crate::reporting) fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: Cell,
    looks: &CellFormats,
) -> std::result::Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => {
            sheet.write_string(row, column, text.chars().take(MAX_TEXT).collect::<String>())?
        }
        // Above 2^53 a spreadsheet cannot represent every whole number; our minutes and rupiah stay
        // far below.
        Cell::Number(number) => {
            sheet.write_number_with_format(row, column, as_number(number), &looks.number)?
        }
        Cell::Moment(moment) => write_datetime(
            sheet,
            (row, column),
            moment.with_timezone(&WIB).naive_local(),
            &looks.moment,
        )?,
        Cell::Day(day) => write_datetime(
            sheet,
            (row, column),
            day.and_time(NaiveTime::MIN),
            &looks.day,
        )?,
    };
    Ok(())
}

/// Writes a time as a date value, for the years 1900 to 9999; as text otherwise.
fn write_datetime<'a>(
    sheet: &'a mut Worksheet,
    (row, column): (u32, u16),
    time: NaiveDateTime,
    look: &Format,
) -> std::result::Result<&'a mut Worksheet, XlsxError> {
    match ExcelDateTime::from_timestamp(time.and_utc().timestamp()) {
        Ok(known) => sheet.write_datetime_with_format(row, column, known, look),
        Err(_) => sheet.write_string(row, column, time.to_string()),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "minutes, days and rupiah stay far below 2^53"
)]
fn as_number(number: i64) -> f64 {
    number as f64
}
