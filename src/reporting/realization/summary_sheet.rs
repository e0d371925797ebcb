//! The second sheet of the workbook: the sums and the filter.

use chrono::{DateTime, Utc};
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use super::cells::{CellFormats, PAGE_OF_PAGES, write_cell};
use super::columns::Cell;
use super::report_request::ReportRequest;
use super::summary::{GroupTally, RealizationSummary};
use super::words::{self, pick};
use crate::web::problem::Language;

/// The paper code of A4 in a workbook.
const A4: u8 = 9;

/// Adds the sheet.
pub(super) fn add(
    book: &mut Workbook,
    looks: &CellFormats,
    summary: &RealizationSummary,
    asked: &ReportRequest,
    made: DateTime<Utc>,
) -> Result<(), XlsxError> {
    let language = asked.language();
    let say = |id, en| pick(language, id, en);
    let sheet = book.add_worksheet();
    sheet.set_name(say("Ringkasan", "Summary"))?;
    // The width of the longest step title of the SOP.
    sheet.set_column_width(0, 84)?;
    for column in 1..8 {
        sheet.set_column_width(column, 17)?;
    }
    sheet
        .set_landscape()
        .set_paper_size(A4)
        .set_print_fit_to_pages(1, 0)
        .set_footer(PAGE_OF_PAGES);
    let mut page = SheetWriter {
        sheet,
        looks,
        row: 0,
    };
    page.title(say(
        "Data Realisasi Layanan Sertifikasi",
        "Record of certification services",
    ))?;
    page.line(vec![
        text(say("Dibuat (WIB)", "Made (WIB)")),
        Cell::Moment(made),
    ])?;
    page.line(vec![
        text(say("Diterima dari", "Received from")),
        asked.filter.from.map_or(Cell::Empty, Cell::Day),
    ])?;
    page.line(vec![
        text(say("Diterima sampai", "Received to")),
        asked.filter.to.map_or(Cell::Empty, Cell::Day),
    ])?;
    page.line(vec![
        text(say("Permohonan", "Applications")),
        count(summary.count),
    ])?;
    page.line(vec![
        text(say("Sedang berjalan", "Under way")),
        count(summary.open),
    ])?;
    page.line(vec![
        text(say("Surat terkirim", "Notice sent")),
        count(summary.sent),
    ])?;
    page.line(vec![
        text(say(
            "Ditolak, dibatalkan, kedaluwarsa",
            "Rejected, withdrawn, expired",
        )),
        count(summary.ended_aside),
    ])?;
    steps(&mut page, summary, language)?;
    backlog(&mut page, summary, language)?;
    money(&mut page, summary, language)?;
    deficiencies(&mut page, summary, language)?;
    page.head(&[
        say("Auditor", "Auditor"),
        say("Audit", "Audits"),
        say("Hari", "Days"),
    ])?;
    for one in &summary.auditors {
        page.line(vec![text(&one.name), count(one.audits), count(one.days)])?;
    }
    groups(
        &mut page,
        say("Skema", "Scheme"),
        &summary.by_scheme,
        language,
    )?;
    groups(
        &mut page,
        say("Bulan diterima", "Month of receipt"),
        &summary.by_month,
        language,
    )?;
    groups(
        &mut page,
        say("Provinsi", "Province"),
        &summary.by_province,
        language,
    )
}

fn steps(
    page: &mut SheetWriter<'_>,
    summary: &RealizationSummary,
    language: Language,
) -> Result<(), XlsxError> {
    let say = |id, en| pick(language, id, en);
    let head = [
        say("Langkah", "Step"),
        say("Standar (menit)", "Standard (minutes)"),
        say("Tepat waktu", "On time"),
        say("Terlambat", "Late"),
        say("Belum pasti", "Undecided"),
        say("Tepat waktu (%)", "On time (%)"),
        say("Median (menit)", "Median (minutes)"),
        "P90",
    ];
    page.head(&head)?;
    for step in &summary.steps {
        let title = format!("{}. {}", step.step, language.select(&step.title));
        page.line(vec![
            text(&title),
            Cell::Number(step.standard_minutes),
            count(step.on_time),
            count(step.late),
            count(step.undecided),
        ])?;
        page.fractions(
            5,
            &[step.on_time_percent, step.minutes.median, step.minutes.p90],
        )?;
    }
    Ok(())
}

fn backlog(
    page: &mut SheetWriter<'_>,
    summary: &RealizationSummary,
    language: Language,
) -> Result<(), XlsxError> {
    let days = pick(language, "hari", "days");
    let ages = summary
        .backlog
        .first()
        .map(|line| line.ages.clone())
        .unwrap_or_default();
    let names: Vec<_> = ages
        .iter()
        .map(|age| {
            age.to_days.map_or_else(
                || format!("≥ {} {days}", age.from_days),
                |to| format!("{}–{to} {days}", age.from_days),
            )
        })
        .collect();
    let head = [
        pick(language, "Sedang berjalan di tahap", "Under way at stage"),
        pick(language, "Jumlah", "Count"),
    ];
    page.head(
        &head
            .into_iter()
            .chain(names.iter().map(String::as_str))
            .collect::<Vec<_>>(),
    )?;
    for line in &summary.backlog {
        let mut cells = vec![text(words::stage(line.stage, language)), count(line.count)];
        cells.extend(line.ages.iter().map(|age| count(age.count)));
        page.line(cells)?;
    }
    Ok(())
}

fn money(
    page: &mut SheetWriter<'_>,
    summary: &RealizationSummary,
    language: Language,
) -> Result<(), XlsxError> {
    let say = |id, en| pick(language, id, en);
    page.head(&[
        "PNBP",
        say("Permohonan", "Files"),
        say("Jumlah (Rp)", "Amount (IDR)"),
    ])?;
    let pnbp = &summary.pnbp;
    for (name, tally) in [
        (say("Terbit", "Issued"), pnbp.issued),
        (say("Dibayar", "Paid"), pnbp.paid),
        (say("Kedaluwarsa", "Expired"), pnbp.expired),
        (say("Belum dibayar", "Waiting"), pnbp.waiting),
        (say("Kelebihan bayar", "Paid too much"), pnbp.excess),
    ] {
        page.line(vec![
            text(name),
            count(tally.count),
            Cell::Number(tally.amount),
        ])?;
    }
    Ok(())
}

fn deficiencies(
    page: &mut SheetWriter<'_>,
    summary: &RealizationSummary,
    language: Language,
) -> Result<(), XlsxError> {
    let say = |id, en| pick(language, id, en);
    page.head(&[
        say("Kekurangan dokumen", "Documents missing or unfit"),
        say("Kode", "Code"),
        say("Butir", "Items"),
        say("Permohonan", "Files"),
    ])?;
    for one in &summary.deficiencies {
        let title = language.select(&one.title);
        page.line(vec![
            text(title),
            text(&one.requirement),
            count(one.items),
            count(one.files),
        ])?;
    }
    Ok(())
}

fn groups(
    page: &mut SheetWriter<'_>,
    name: &str,
    groups: &[GroupTally],
    language: Language,
) -> Result<(), XlsxError> {
    let say = |id, en| pick(language, id, en);
    page.head(&[
        name,
        say("Permohonan", "Applications"),
        say("Berjalan", "Under way"),
        say("Terkirim", "Sent"),
        say("Berakhir lain", "Ended aside"),
    ])?;
    for group in groups {
        let key = group
            .key
            .parse()
            .map_or(group.key.as_str(), |code| words::scheme(code, language));
        page.line(vec![
            text(key),
            count(group.count),
            count(group.open),
            count(group.sent),
            count(group.ended_aside),
        ])?;
    }
    Ok(())
}

struct SheetWriter<'a> {
    sheet: &'a mut Worksheet,
    looks: &'a CellFormats,
    row: u32,
}

impl SheetWriter<'_> {
    fn title(&mut self, title: &str) -> Result<(), XlsxError> {
        self.sheet
            .write_string_with_format(self.row, 0, title, &self.looks.title)?;
        self.row += 2;
        Ok(())
    }

    /// A heading after an empty line.
    fn head(&mut self, names: &[&str]) -> Result<(), XlsxError> {
        self.row += 1;
        for (column, name) in (0..).zip(names) {
            let look = if column == 0 {
                &self.looks.head
            } else {
                &self.looks.number_head
            };
            self.sheet
                .write_string_with_format(self.row, column, *name, look)?;
        }
        self.row += 1;
        Ok(())
    }

    fn line(&mut self, cells: Vec<Cell>) -> Result<(), XlsxError> {
        for (column, cell) in (0..).zip(cells) {
            write_cell(self.sheet, (self.row, column), cell, self.looks)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Writes decimal numbers into the previous line, from column `first` on.
    fn fractions(&mut self, first: u16, numbers: &[Option<f64>]) -> Result<(), XlsxError> {
        for (column, number) in (first..).zip(numbers) {
            if let Some(number) = number {
                self.sheet.write_number(self.row - 1, column, *number)?;
            }
        }
        Ok(())
    }
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn count(count: u64) -> Cell {
    Cell::Number(i64::try_from(count).unwrap_or(i64::MAX))
}
