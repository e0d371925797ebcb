//! Spreadsheets: the values of their visible cells, row by row, and the pictures and text boxes of
//! their drawings. Hidden sheets, rows, columns, cells and shapes, comments, charts and pictures of other
//! kinds are left out and counted; so is a sheet of which it is not known what is hidden.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::ops::RangeInclusive;
use std::sync::Arc;

use calamine::{DataRef, ExcelDateTime, Reader as _, SheetType, SheetVisible, Xlsx};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use roxmltree::{Document, Node};

use crate::package::{Link, LocalNames as _, Package};
use crate::sheets::Sheets;
use crate::{Failure, drawing};

type Workbook = Xlsx<Cursor<Arc<[u8]>>>;

/// Lists the file in `sheets`.
pub(crate) fn remake(file: Vec<u8>, sheets: &mut Sheets) -> Result<(), Failure> {
    let file: Arc<[u8]> = file.into();
    let mut package = Package::open(Arc::clone(&file))?;
    let parts = sheet_parts(&mut package)?;
    let formats = hiding_formats(&mut package)?;
    let mut workbook: Workbook = Xlsx::new(Cursor::new(file)).map_err(|_| Failure::Damaged)?;
    let mut listed = Vec::new();
    for sheet in workbook.sheets_metadata().to_vec() {
        let is_shown = sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet;
        let part = parts
            .iter()
            .find(|(name, _)| is_shown && *name == sheet.name)
            .and_then(|(_, part)| part.as_ref());
        let hidden = part
            .and_then(|part| package.read_text(part))
            .and_then(|text| Hidden::read(&text, &formats));
        let (Some(part), Some(hidden)) = (part, hidden) else {
            sheets.leave_out(1);
            continue;
        };
        sheets.add_line(&format!("— Lembar: {} —", sheet.name))?;
        list_cells(&mut workbook, &sheet.name, &hidden, sheets)?;
        sheets.add_line("")?;
        listed.push((part, hidden));
    }
    for (part, hidden) in listed {
        add_drawings(&mut package, part, &hidden, sheets)?;
    }
    Ok(())
}

/// The name of each sheet and its part.
fn sheet_parts(package: &mut Package) -> Result<Vec<(String, Option<String>)>, Failure> {
    let main = package.main_part()?;
    let links = package.links(&main);
    let text = package.read_text(&main).ok_or(Failure::Damaged)?;
    let document = Document::parse(&text).map_err(|_| Failure::Damaged)?;
    Ok(document
        .descendants()
        .filter(|node| node.has_tag_name_of("sheet"))
        .filter_map(|sheet| {
            let id = sheet.local_attribute("id")?;
            let part = links
                .iter()
                .find(|link| link.id == id)
                .and_then(|link| link.target.clone());
            Some((sheet.attribute("name")?.to_owned(), part))
        })
        .collect())
}

/// The numbers of the cell formats that show nothing of a value: `;;;`.
fn hiding_formats(package: &mut Package) -> Result<BTreeSet<u32>, Failure> {
    let main = package.main_part()?;
    let styles = package
        .links(&main)
        .into_iter()
        .find(|link| link.is("styles"));
    let Some(text) = styles
        .and_then(|link| link.target)
        .and_then(|part| package.read_text(&part))
    else {
        return Ok(BTreeSet::new());
    };
    let document = Document::parse(&text).map_err(|_| Failure::Damaged)?;
    let shows_nothing = |code: &str| {
        let signs: String = code.chars().filter(|c| !matches!(c, '"' | ' ')).collect();
        !signs.is_empty() && signs.chars().all(|c| c == ';')
    };
    let hiding: BTreeSet<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name_of("numFmt"))
        .filter(|format| format.attribute("formatCode").is_some_and(shows_nothing))
        .filter_map(|format| format.attribute("numFmtId"))
        .collect();
    let formats = document
        .descendants()
        .find(|node| node.has_tag_name_of("cellXfs"))
        .into_iter()
        .flat_map(|formats| formats.children().filter(|of| of.has_tag_name_of("xf")));
    Ok((0..)
        .zip(formats)
        .filter(|(_, format)| {
            let number = format.attribute("numFmtId");
            number.is_some_and(|number| hiding.contains(number))
        })
        .map(|(number, _)| number)
        .collect())
}

/// The hidden rows, columns and cells of a sheet, counted from 0.
#[derive(Default)]
struct Hidden {
    rows: BTreeSet<u32>,
    cells: BTreeSet<(u32, u32)>,
    columns: Vec<RangeInclusive<u32>>,
}

impl Hidden {
    /// Reads the part of a sheet; none when it is no XML, or has a hidden cell at no place.
    fn read(text: &str, hiding_formats: &BTreeSet<u32>) -> Option<Self> {
        let (mut reader, mut hidden, mut row) = (Reader::from_str(text), Self::default(), 0);
        loop {
            let element = match reader.read_event() {
                Ok(Event::Start(element) | Event::Empty(element)) => element,
                Ok(Event::Eof) => return Some(hidden),
                Err(_) => return None,
                Ok(_) => continue,
            };
            let number =
                |name| attribute(&element, name).and_then(|number| number.parse::<u32>().ok());
            let is_hidden = || {
                let says = attribute(&element, "hidden");
                says.is_some_and(|says| says == "1" || says == "true")
                    // A width of nothing hides as well.
                    || ["width", "ht"].into_iter().any(|name| {
                        attribute(&element, name)
                            .and_then(|size| size.parse::<f32>().ok())
                            .is_some_and(|size| size <= 0.0)
                    })
            };
            match element.local_name().as_ref() {
                "row" => {
                    row = number("r").unwrap_or(row + 1);
                    if is_hidden() {
                        hidden.rows.insert(row.saturating_sub(1));
                    }
                }
                "c" if number("s").is_some_and(|format| hiding_formats.contains(&format)) => {
                    hidden.cells.insert(position(&attribute(&element, "r")?)?);
                }
                "col" if is_hidden() => {
                    if let (Some(first), Some(last)) = (number("min"), number("max")) {
                        hidden
                            .columns
                            .push(first.saturating_sub(1)..=last.saturating_sub(1));
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether all rows or all columns from the one place to the other are hidden.
    fn covers(&self, (from, to): ((u32, u32), (u32, u32))) -> bool {
        let column = |column| self.columns.iter().any(|range| range.contains(&column));
        (from.0..=to.0).all(|row| self.rows.contains(&row)) || (from.1..=to.1).all(column)
    }
}

/// The row and column of a cell such as `B3`.
fn position(cell: &str) -> Option<(u32, u32)> {
    let digits = cell.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = cell.split_at(digits);
    let column = letters.chars().try_fold(0_u32, |column, letter| {
        let value = letter.to_digit(36)?.checked_sub(9)?;
        column.checked_mul(26)?.checked_add(value)
    })?;
    Some((
        row.parse::<u32>().ok()?.checked_sub(1)?,
        column.checked_sub(1)?,
    ))
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.try_get_attribute(name).ok()??;
    Some(found.value.into_owned())
}

fn list_cells(
    workbook: &mut Workbook,
    name: &str,
    hidden: &Hidden,
    sheets: &mut Sheets,
) -> Result<(), Failure> {
    let mut cells = workbook
        .worksheet_cells_reader(name)
        .map_err(|_| Failure::Damaged)?;
    let (mut row, mut values) = (None, Vec::new());
    let (mut rows_left_out, mut columns_left_out) = (BTreeSet::new(), BTreeSet::new());
    let mut cells_left_out = 0;
    let mut end_row = |row: Option<u32>, values: &mut Vec<String>| {
        if let Some(row) = row.filter(|_| !values.is_empty()) {
            let line = std::mem::take(values).join(" | ");
            sheets.add_line(&format!("{}: {line}", row + 1))?;
        }
        Ok::<_, Failure>(())
    };
    while let Some(cell) = cells.next_cell().map_err(|_| Failure::Damaged)? {
        let (at_row, at_column) = cell.get_position();
        let Some(value) = shown(cell.get_value()) else {
            continue;
        };
        if hidden.rows.contains(&at_row) {
            rows_left_out.insert(at_row);
            continue;
        }
        let columns = hidden.columns.iter();
        if columns.into_iter().any(|range| range.contains(&at_column)) {
            columns_left_out.insert(at_column);
            continue;
        }
        if hidden.cells.contains(&(at_row, at_column)) {
            cells_left_out += 1;
            continue;
        }
        if row != Some(at_row) {
            end_row(row, &mut values)?;
            row = Some(at_row);
        }
        values.push(value);
    }
    end_row(row, &mut values)?;
    sheets.leave_out(rows_left_out.len() + columns_left_out.len() + cells_left_out);
    Ok(())
}

/// The value as text; none when the cell is empty.
fn shown(value: &DataRef<'_>) -> Option<String> {
    let text = match value {
        DataRef::Empty => return None,
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(moment) => date(moment),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Error(error) => error.to_string(),
    };
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

fn date(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if moment.as_f64() < 1.0 {
        time
    } else if time == "00:00:00" {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {time}")
    }
}

/// The pictures and text boxes of the drawings of a sheet. Its comments, charts, background and
/// embedded files are left out.
fn add_drawings(
    package: &mut Package,
    part: &str,
    hidden: &Hidden,
    sheets: &mut Sheets,
) -> Result<(), Failure> {
    const LEFT_OUT: [&str; 5] = [
        "comments",
        "threadedComment",
        "image",
        "oleObject",
        "package",
    ];
    for link in package.links(part) {
        sheets.leave_out(usize::from(LEFT_OUT.into_iter().any(|kind| link.is(kind))));
        let Some(drawing) = link.target.as_ref().filter(|_| link.is("drawing")) else {
            continue;
        };
        let links = package.links(drawing);
        let text = package.read_text(drawing).unwrap_or_default();
        match Document::parse(&text) {
            Ok(document) => {
                for anchor in document.root_element().children().filter(Node::is_element) {
                    if place(anchor).is_some_and(|place| hidden.covers(place)) {
                        sheets.leave_out(1);
                    } else {
                        add_shapes(package, &links, anchor, sheets)?;
                    }
                }
            }
            Err(_) => sheets.leave_out(1),
        }
    }
    Ok(())
}

/// The row and column where a drawing begins, and those where it ends.
fn place(anchor: Node<'_, '_>) -> Option<((u32, u32), (u32, u32))> {
    let corner = |name: &str| {
        let corner = anchor.local_child(name)?;
        let number = |name: &str| corner.local_child(name)?.text()?.trim().parse().ok();
        Some((number("row")?, number("col")?))
    };
    let from = corner("from")?;
    Some((from, corner("to").unwrap_or(from)))
}

fn add_shapes(
    package: &mut Package,
    links: &[Link],
    node: Node<'_, '_>,
    sheets: &mut Sheets,
) -> Result<(), Failure> {
    if drawing::is_hidden(node) {
        sheets.leave_out(1);
        return Ok(());
    }
    match node.tag_name().name() {
        "Fallback" => {}
        "pic" => {
            let blip = node.descendants().find(|of| of.has_tag_name_of("blip"));
            match blip.and_then(|blip| drawing::picture(package, links, blip)) {
                Some(picture) => sheets.add_picture(picture)?,
                None => sheets.leave_out(1),
            }
        }
        "sp" => {
            let paragraphs: Vec<String> = node
                .descendants()
                .filter(|of| of.has_tag_name_of("p"))
                .map(|paragraph| {
                    let texts = paragraph.descendants().filter(|of| of.has_tag_name_of("t"));
                    texts.filter_map(|text| text.text()).collect()
                })
                .collect();
            if paragraphs.iter().all(|line| line.trim().is_empty()) {
                sheets.leave_out(1);
                return Ok(());
            }
            for line in paragraphs {
                sheets.add_line(&line)?;
            }
        }
        "graphicFrame" | "cxnSp" | "contentPart" => sheets.leave_out(1),
        _ => {
            for child in node.children().filter(Node::is_element) {
                add_shapes(package, links, child, sheets)?;
            }
        }
    }
    Ok(())
}
