//! The record as a workbook: a sheet of rows with real dates and numbers, a sheet of sums. Written row by row into temporary files, on a thread that
//! may block; memory holds one row. Texts are cells of text, so none of them can be a formula.

use std::fs::File;

use futures_util::TryStreamExt as _;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};
use tokio::sync::mpsc;

use super::asked::Asked;
use super::columns::{Cell, Column, columns};
use super::pages::Source;
use super::row::RealizationRow;
use super::sums_sheet;
use super::summary::Sums;
use super::words::pick;
use crate::error::{Error, Result};
use crate::sop::working_time::WIB;

/// Pages that may wait for the disk.
const WAITING: usize = 2;
/// The longest text of a cell that every spreadsheet takes.
const LONGEST: usize = 32_000;

/// Writes the whole workbook and gives the file, which has no name and is gone when it is closed.
///
/// # Errors
/// When the database or the disk refuses.
pub async fn file(source: Source, asked: &Asked) -> Result<File> {
    let (pages, written) = mpsc::channel(WAITING);
    let (heading, made) = (asked.clone(), source.now);
    let writing = tokio::task::spawn_blocking(move || write(&heading, made, written));
    let mut fetched = std::pin::pin!(source.pages());
    while let Some(page) = fetched.try_next().await? {
        if pages.send(page).await.is_err() {
            break; // The writer gave up; it says why.
        }
    }
    drop(pages);
    writing.await.map_err(Error::internal)?
}

fn write(asked: &Asked, made: chrono::DateTime<chrono::Utc>, mut pages: mpsc::Receiver<Vec<RealizationRow>>) -> Result<File> {
    let file = tempfile::tempfile().map_err(Error::internal)?;
    let kept = file.try_clone().map_err(Error::internal)?;
    let mut book = Book::begin(columns(asked.language()), asked).map_err(Error::internal)?;
    let mut sums = Sums::default();
    while let Some(page) = pages.blocking_recv() {
        for row in &page {
            sums.add(row);
            book.add(row).map_err(Error::internal)?;
        }
    }
    book.finish(&sums.summary(), asked, made, file).map_err(Error::internal)?;
    Ok(kept)
}

/// How cells look.
pub(super) struct Looks {
    /// Headings.
    pub(super) head: Format,
    /// Moments.
    pub(super) moment: Format,
    /// Days.
    pub(super) day: Format,
    /// Whole numbers.
    pub(super) number: Format,
    /// Titles of a sheet.
    pub(super) title: Format,
}

impl Looks {
    fn new() -> Self {
        let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top).set_border_bottom(FormatBorder::Thin);
        Self {
            head: head.set_background_color(Color::RGB(0x00DC_E6F1)),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            number: Format::new().set_num_format("#,##0"),
            title: Format::new().set_bold().set_font_size(14),
        }
    }
}

struct Book {
    workbook: Workbook,
    columns: Vec<Column>,
    looks: Looks,
    rows: u32,
}

impl Book {
    fn begin(columns: Vec<Column>, asked: &Asked) -> std::result::Result<Self, XlsxError> {
        let (mut workbook, looks) = (Workbook::new(), Looks::new());
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(pick(asked.language(), "Data realisasi", "Realization"))?;
        sheet.set_freeze_panes(1, 2)?;
        sheet.set_repeat_rows(0, 0)?;
        sheet.set_landscape().set_paper_size(8);
        sheet.set_row_height(0, 45)?;
        for (place, column) in (0..).zip(&columns) {
            sheet.set_column_width(place, column.width)?;
            sheet.write_string_with_format(0, place, &column.heading, &looks.head)?;
        }
        Ok(Self { workbook, columns, looks, rows: 0 })
    }

    fn add(&mut self, row: &RealizationRow) -> std::result::Result<(), XlsxError> {
        self.rows += 1;
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (place, column) in (0..).zip(&self.columns) {
            put(sheet, (self.rows, place), column.cell(row), &self.looks)?;
        }
        Ok(())
    }

    fn finish(
        mut self,
        summary: &super::summary::RealizationSummary,
        asked: &Asked,
        made: chrono::DateTime<chrono::Utc>,
        file: File,
    ) -> std::result::Result<(), XlsxError> {
        let last = u16::try_from(self.columns.len()).unwrap_or(u16::MAX).saturating_sub(1);
        self.workbook.worksheet_from_index(0)?.autofilter(0, 0, self.rows, last)?;
        sums_sheet::add(&mut self.workbook, &self.looks, summary, asked, made)?;
        self.workbook.save_to_writer(file)
    }
}

/// Puts `cell` at row and column of `sheet`.
pub(super) fn put(sheet: &mut Worksheet, (row, column): (u32, u16), cell: Cell, looks: &Looks) -> std::result::Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => sheet.write_string(row, column, text.chars().take(LONGEST).collect::<String>())?,
        // Beyond 2^53 a spreadsheet has no whole numbers; no minutes and no rupiah of ours come near.
        Cell::Number(number) => sheet.write_number_with_format(row, column, as_number(number), &looks.number)?,
        Cell::Moment(moment) => {
            let local = moment.with_timezone(&WIB).naive_local().and_utc();
            sheet.write_datetime_with_format(row, column, ExcelDateTime::from_timestamp(local.timestamp())?, &looks.moment)?
        }
        Cell::Day(day) => {
            let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
            sheet.write_datetime_with_format(row, column, ExcelDateTime::from_timestamp(midnight.timestamp())?, &looks.day)?
        }
    };
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "minutes, days and rupiah stay far below 2^53")]
fn as_number(number: i64) -> f64 {
    number as f64
}
