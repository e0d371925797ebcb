//! The record as a workbook: a sheet of rows with real dates and numbers, and a sheet of sums.
//! Written row by row to temporary files on a blocking thread, so memory holds one row. Texts are
//! text cells, so none can be a formula.

use std::fs::File;

use futures_util::TryStreamExt as _;
use rust_xlsxwriter::{Workbook, XlsxError};
use tokio::sync::mpsc;

use super::cells::{CellFormats, PAGE_OF_PAGES, write_cell};
use super::columns::{Column, columns};
use super::pages::ReportSource;
use super::report_request::ReportRequest;
use super::row::RealizationRow;
use super::summary::Sums;
use super::summary_sheet;
use super::words::pick;
use crate::error::{Error, Result};

/// The paper code of A3 in a workbook.
const A3: u8 = 8;
/// Pages buffered between database and disk.
const PAGES_IN_FLIGHT: usize = 2;

/// Writes the whole workbook to an unnamed temporary file, which is deleted when closed.
pub async fn file(source: ReportSource, asked: &ReportRequest) -> Result<File> {
    let (pages, written) = mpsc::channel(PAGES_IN_FLIGHT);
    let (heading, made) = (asked.clone(), source.now);
    let writing = tokio::task::spawn_blocking(move || write(&heading, made, written));
    let mut fetched = std::pin::pin!(source.pages());
    while let Some(page) = fetched.try_next().await? {
        if pages.send(page).await.is_err() {
            break; // The writer failed; its error is returned below.
        }
    }
    drop(pages);
    writing.await.map_err(Error::internal)?
}

fn write(
    asked: &ReportRequest,
    made: chrono::DateTime<chrono::Utc>,
    mut pages: mpsc::Receiver<Vec<RealizationRow>>,
) -> Result<File> {
    let file = tempfile::tempfile().map_err(Error::internal)?;
    let kept = file.try_clone().map_err(Error::internal)?;
    let mut book =
        WorkbookWriter::begin(columns(asked.language()), asked).map_err(Error::internal)?;
    let mut sums = Sums::default();
    while let Some(page) = pages.blocking_recv() {
        for row in &page {
            sums.add(row);
            book.add(row).map_err(Error::internal)?;
        }
    }
    book.finish(&sums.summary(), asked, made, file)
        .map_err(Error::internal)?;
    Ok(kept)
}

struct WorkbookWriter {
    workbook: Workbook,
    columns: Vec<Column>,
    looks: CellFormats,
    rows: u32,
}

impl WorkbookWriter {
    fn begin(columns: Vec<Column>, asked: &ReportRequest) -> std::result::Result<Self, XlsxError> {
        let (mut workbook, looks) = (Workbook::new(), CellFormats::new());
        let sheet = workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(pick(asked.language(), "Data realisasi", "Realization"))?;
        sheet.set_freeze_panes(1, 2)?;
        // The table is wider than a page, so every printed page repeats the application number.
        sheet.set_repeat_rows(0, 0)?.set_repeat_columns(0, 1)?;
        sheet
            .set_landscape()
            .set_paper_size(A3)
            .set_footer(PAGE_OF_PAGES);
        sheet.set_row_height(0, 45)?;
        for (place, column) in (0..).zip(&columns) {
            sheet.set_column_width(place, column.width)?;
            sheet.write_string_with_format(0, place, &column.heading, &looks.head)?;
        }
        Ok(Self {
            workbook,
            columns,
            looks,
            rows: 0,
        })
    }

    fn add(&mut self, row: &RealizationRow) -> std::result::Result<(), XlsxError> {
        self.rows += 1;
        let sheet = self.workbook.worksheet_from_index(0)?;
        for (place, column) in (0..).zip(&self.columns) {
            write_cell(sheet, (self.rows, place), column.cell(row), &self.looks)?;
        }
        Ok(())
    }

    fn finish(
        mut self,
        summary: &super::summary::RealizationSummary,
        asked: &ReportRequest,
        made: chrono::DateTime<chrono::Utc>,
        file: File,
    ) -> std::result::Result<(), XlsxError> {
        let last = u16::try_from(self.columns.len())
            .unwrap_or(u16::MAX)
            .saturating_sub(1);
        self.workbook
            .worksheet_from_index(0)?
            .autofilter(0, 0, self.rows, last)?;
        summary_sheet::add(&mut self.workbook, &self.looks, summary, asked, made)?;
        self.workbook.save_to_writer(file)
    }
}
