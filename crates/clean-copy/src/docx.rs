//! Word-processing files: their visible paragraphs, tables and pictures, with revisions accepted.
//! Hidden and deleted text, hidden rows, embedded objects, charts and pictures of other kinds are
//! left out and counted.

use std::collections::{HashMap, HashSet};

use roxmltree::{Document, Node};

use crate::Failure;
use crate::package::{Link, LocalNames as _, Package};
use crate::picture::{self, Picture};
use crate::sheets::Sheets;

/// Elements that show nothing: properties, codes of fields, copies for older programs.
const SILENT: [&str; 11] = [
    "pPr",
    "rPr",
    "sdtPr",
    "sdtEndPr",
    "tblPr",
    "tblGrid",
    "instrText",
    "delInstrText",
    "fldData",
    "Fallback",
    "sectPr",
];
/// Elements that show something a listing cannot show.
const LEFT_OUT: [&str; 4] = ["chart", "relIds", "altChunk", "OLEObject"];

/// Lists the file in `sheets`.
pub(crate) fn remake(file: Vec<u8>, sheets: &mut Sheets) -> Result<(), Failure> {
    let mut package = Package::open(file.into())?;
    let main = package.main_part()?;
    let links = package.links(&main);
    let target = |kind| {
        links
            .iter()
            .filter(move |link| link.is(kind))
            .filter_map(|link| link.target.clone())
    };
    let hidden = target("styles")
        .next()
        .and_then(|styles| package.read_text(&styles))
        .map(|text| hidden_styles(&text))
        .unwrap_or_default();
    let parts: Vec<_> = [
        ("header", "— Kepala halaman —"),
        ("footer", "— Kaki halaman —"),
        ("footnotes", "— Catatan kaki —"),
        ("endnotes", "— Catatan akhir —"),
        ("comments", "— Komentar —"),
    ]
    .into_iter()
    .flat_map(|(kind, title)| target(kind).map(move |part| (part, title)))
    .collect();
    let flow = read(&mut package, &main, &hidden).ok_or(Failure::Damaged)?;
    flow.list(sheets, None)?;
    for (part, title) in parts {
        match read(&mut package, &part, &hidden) {
            Some(flow) => flow.list(sheets, Some(title))?,
            None => sheets.leave_out(1),
        }
    }
    Ok(())
}

/// The styles whose text is hidden, those based on them included.
fn hidden_styles(text: &str) -> HashSet<String> {
    let Ok(document) = Document::parse(text) else {
        return HashSet::new();
    };
    // The own word of each style on hiding, and the style it is based on.
    let styles: HashMap<&str, (Option<bool>, Option<&str>)> = document
        .descendants()
        .filter(|node| node.has_tag_name_of("style"))
        .filter_map(|style| {
            let base = style
                .children()
                .find(|child| child.has_tag_name_of("basedOn"))
                .and_then(|base| value(base, "val"));
            let id = value(style, "styleId")?;
            Some((id, (style.local_child("rPr").and_then(says_hidden), base)))
        })
        .collect();
    let hides = |id: &str| {
        let mut id = id;
        // A circle of styles ends after as many steps as there are styles.
        for _ in 0..=styles.len() {
            match styles.get(id) {
                Some((Some(hidden), _)) => return *hidden,
                Some((None, Some(base))) => id = base,
                _ => return false,
            }
        }
        false
    };
    styles
        .keys()
        .filter(|id| hides(id))
        .map(|id| (*id).to_owned())
        .collect()
}

fn value<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes()
        .find(|attribute| attribute.name() == name)
        .map(|attribute| attribute.value())
}

/// What these properties of a run say on hiding; none when they say nothing.
fn says_hidden(properties: Node<'_, '_>) -> Option<bool> {
    let vanish = properties.local_child("vanish")?;
    Some(!matches!(
        vanish.local_attribute("val"),
        Some("0" | "false" | "off")
    ))
}

enum Item {
    Line(String),
    Picture(Picture),
}

/// What was read of a part, in order.
#[derive(Default)]
struct Flow {
    items: Vec<Item>,
    line: String,
    left_out: usize,
}

impl Flow {
    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.items.push(Item::Line(line.trim_end().to_owned()));
    }

    fn is_empty(&self) -> bool {
        self.items
            .iter()
            .all(|item| matches!(item, Item::Line(line) if line.is_empty()))
    }

    fn list(self, sheets: &mut Sheets, title: Option<&str>) -> Result<(), Failure> {
        sheets.leave_out(self.left_out);
        if title.is_some() && self.is_empty() {
            return Ok(());
        }
        if let Some(title) = title {
            sheets.add_line("")?;
            sheets.add_line(title)?;
        }
        for item in self.items {
            match item {
                Item::Line(line) => sheets.add_line(&line)?,
                Item::Picture(picture) => sheets.add_picture(picture)?,
            }
        }
        Ok(())
    }
}

/// Reads a part; none when it is no XML.
fn read(package: &mut Package, part: &str, hidden: &HashSet<String>) -> Option<Flow> {
    let text = package.read_text(part)?;
    let document = Document::parse(&text).ok()?;
    let links = package.links(part);
    let mut flow = Flow::default();
    let mut reader = PartReader {
        package,
        links,
        hidden,
        hidden_paragraph: false,
    };
    reader.walk(document.root_element(), &mut flow);
    if !flow.line.is_empty() {
        flow.end_line();
    }
    Some(flow)
}

struct PartReader<'a> {
    package: &'a mut Package,
    links: Vec<Link>,
    hidden: &'a HashSet<String>,
    /// Whether the style of the paragraph hides its text.
    hidden_paragraph: bool,
}

impl PartReader<'_> {
    fn walk_children(&mut self, node: Node<'_, '_>, flow: &mut Flow) {
        for child in node.children().filter(Node::is_element) {
            self.walk(child, flow);
        }
    }

    fn walk(&mut self, node: Node<'_, '_>, flow: &mut Flow) {
        match node.tag_name().name() {
            name if SILENT.contains(&name) => {}
            name if LEFT_OUT.contains(&name) => flow.left_out += 1,
            "del" | "moveFrom" | "delText" => flow.left_out += 1,
            "footnote" | "endnote" if node.local_attribute("type").is_some() => {}
            "p" => self.paragraph(node, flow),
            "tr" => self.row(node, flow),
            "r" => {
                if self.is_hidden(node) {
                    flow.left_out += usize::from(shows_something(node));
                } else {
                    self.walk_children(node, flow);
                }
            }
            "t" => flow.line.push_str(node.text().unwrap_or_default()),
            "tab" => flow.line.push('\t'),
            "br" | "cr" => flow.end_line(),
            "noBreakHyphen" => flow.line.push('-'),
            "footnoteReference" | "endnoteReference" => {
                let number = node.local_attribute("id").unwrap_or("*");
                flow.line += "[";
                flow.line += number;
                flow.line += "]";
            }
            "blip" => self.picture(value(node, "embed"), flow),
            "imagedata" => self.picture(value(node, "id"), flow),
            _ => self.walk_children(node, flow),
        }
    }

    fn paragraph(&mut self, node: Node<'_, '_>, flow: &mut Flow) {
        let properties = node.local_child("pPr");
        let style = properties
            .and_then(|properties| properties.local_child("pStyle"))
            .and_then(|style| value(style, "val"));
        let outer = std::mem::replace(
            &mut self.hidden_paragraph,
            style.is_some_and(|style| self.hidden.contains(style)),
        );
        if properties.is_some_and(|properties| properties.local_child("numPr").is_some()) {
            flow.line.push_str("– ");
        }
        self.walk_children(node, flow);
        flow.end_line();
        self.hidden_paragraph = outer;
    }

    /// A row of a table in one line.
    fn row(&mut self, node: Node<'_, '_>, flow: &mut Flow) {
        let is_gone = node.local_child("trPr").is_some_and(|properties| {
            properties.local_child("hidden").is_some() || properties.local_child("del").is_some()
        });
        if is_gone {
            flow.left_out += 1;
            return;
        }
        let (mut cells, mut pictures) = (Vec::new(), Vec::new());
        for child in node.children().filter(Node::is_element) {
            if child.has_tag_name_of("trPr") || child.has_tag_name_of("tblPrEx") {
                continue;
            }
            let mut within = Flow::default();
            self.walk(child, &mut within);
            flow.left_out += within.left_out;
            let mut lines = Vec::new();
            for item in within.items {
                match item {
                    Item::Line(line) if line.is_empty() => {}
                    Item::Line(line) => lines.push(line),
                    Item::Picture(picture) => pictures.push(Item::Picture(picture)),
                }
            }
            cells.push(lines.join(" / "));
        }
        flow.line.push_str(&cells.join(" | "));
        flow.end_line();
        flow.items.extend(pictures);
    }

    /// Whether the run is hidden: by itself, else by its style, else by the paragraph's style.
    fn is_hidden(&self, run: Node<'_, '_>) -> bool {
        let properties = run.local_child("rPr");
        let style = properties
            .and_then(|properties| properties.local_child("rStyle"))
            .and_then(|style| value(style, "val"));
        properties.and_then(says_hidden).unwrap_or_else(|| {
            self.hidden_paragraph || style.is_some_and(|style| self.hidden.contains(style))
        })
    }

    fn picture(&mut self, id: Option<&str>, flow: &mut Flow) {
        let made = id
            .and_then(|id| self.links.iter().find(|link| link.id == id))
            .and_then(|link| link.target.clone())
            .and_then(|target| self.package.read(&target))
            .and_then(|file| picture::remake(&file).ok());
        match made {
            Some(picture) => {
                if !flow.line.trim().is_empty() {
                    flow.end_line();
                }
                flow.items.push(Item::Picture(picture));
            }
            None => flow.left_out += 1,
        }
    }
}

fn shows_something(run: Node<'_, '_>) -> bool {
    run.descendants()
        .any(|node| ["t", "blip", "imagedata"].contains(&node.tag_name().name()))
}
