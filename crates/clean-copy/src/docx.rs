//! Word-processing files: their visible paragraphs, tables and pictures, with revisions accepted.
//! Hidden and deleted text, hidden rows, embedded objects, charts and pictures of other kinds are
//! left out and counted.

use std::collections::{HashMap, HashSet};

use roxmltree::{Document, Node};

use crate::Failure;
use crate::drawing;
use crate::package::{Link, LocalNames as _, Package};
use crate::picture::Picture;
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
/// Elements that show something, but not within the code of a field.
const SHOWN: [&str; 9] = [
    "t",
    "tab",
    "br",
    "cr",
    "noBreakHyphen",
    "footnoteReference",
    "endnoteReference",
    "blip",
    "imagedata",
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

/// The styles whose text is hidden, those based on them included; an empty one stands for
/// paragraphs that name no style.
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
                .and_then(|base| base.local_attribute("val"));
            let id = style.local_attribute("styleId")?;
            Some((id, (style.local_child("rPr").and_then(says_hidden), base)))
        })
        .collect();
    let by_default = document
        .descendants()
        .find(|node| node.has_tag_name_of("rPrDefault"))
        .and_then(|default| default.local_child("rPr"))
        .and_then(says_hidden)
        .unwrap_or_default();
    let hides = |id: &str| {
        let mut id = id;
        // A circle of styles ends after as many steps as there are styles.
        for _ in 0..=styles.len() {
            match styles.get(id) {
                Some((Some(hidden), _)) => return *hidden,
                Some((None, Some(base))) => id = base,
                _ => return by_default,
            }
        }
        false
    };
    // A paragraph that names no style has the default one.
    let default = document
        .descendants()
        .filter(|node| node.has_tag_name_of("style"))
        .filter(|style| style.local_attribute("type") == Some("paragraph"))
        .find(|style| matches!(style.local_attribute("default"), Some("1" | "true" | "on")))
        .and_then(|style| style.local_attribute("styleId"));
    let unnamed = default.map_or(by_default, hides).then(String::new);
    styles
        .keys()
        .filter(|id| hides(id))
        .map(|id| (*id).to_owned())
        .chain(unnamed)
        .collect()
}

/// The `vanish` setting of run properties; none if absent.
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

/// Lines and pictures of a part, in order.
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
        fields: Vec::new(),
    };
    reader.walk(document.root_element(), &mut flow);
    // The code of a field without an end took the rest of the part with it.
    flow.left_out += usize::from(reader.is_in_code());
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
    /// The open fields, each with whether its code is being read, and not its result. The code of a
    /// field may hold fields of its own, whose results show nothing.
    fields: Vec<bool>,
}

impl PartReader<'_> {
    fn walk_children(&mut self, node: Node<'_, '_>, flow: &mut Flow) {
        for child in node.children().filter(Node::is_element) {
            self.walk(child, flow);
        }
    }

    fn is_in_code(&self) -> bool {
        self.fields.contains(&true)
    }

    /// Notes the beginning of a field, of its result, or its end.
    fn mark_field(&mut self, mark: Node<'_, '_>) {
        match mark.local_attribute("fldCharType") {
            Some("begin") => self.fields.push(true),
            Some("separate") => {
                if let Some(is_code) = self.fields.last_mut() {
                    *is_code = false;
                }
            }
            Some("end") => drop(self.fields.pop()),
            _ => {}
        }
    }

    fn walk(&mut self, node: Node<'_, '_>, flow: &mut Flow) {
        match node.tag_name().name() {
            name if SILENT.contains(&name) => {}
            "fldChar" => self.mark_field(node),
            name if SHOWN.contains(&name) && self.is_in_code() => {}
            _ if drawing::is_hidden(node) => flow.left_out += 1,
            name if LEFT_OUT.contains(&name) => flow.left_out += 1,
            "del" | "moveFrom" | "delText" => flow.left_out += 1,
            "footnote" | "endnote" if node.local_attribute("type").is_some() => {}
            "p" => self.paragraph(node, flow),
            "tr" => self.row(node, flow),
            "r" => {
                if self.is_hidden(node) {
                    flow.left_out += usize::from(shows_something(node));
                    for mark in node
                        .descendants()
                        .filter(|of| of.has_tag_name_of("fldChar"))
                    {
                        self.mark_field(mark);
                    }
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
            "blip" | "imagedata" => self.picture(node, flow),
            _ => self.walk_children(node, flow),
        }
    }

    fn paragraph(&mut self, node: Node<'_, '_>, flow: &mut Flow) {
        let properties = node.local_child("pPr");
        let style = properties
            .and_then(|properties| properties.local_child("pStyle"))
            .and_then(|style| style.local_attribute("val"));
        let outer = std::mem::replace(
            &mut self.hidden_paragraph,
            self.hidden.contains(style.unwrap_or_default()),
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
            .and_then(|style| style.local_attribute("val"));
        properties.and_then(says_hidden).unwrap_or_else(|| {
            self.hidden_paragraph || style.is_some_and(|style| self.hidden.contains(style))
        })
    }

    fn picture(&mut self, blip: Node<'_, '_>, flow: &mut Flow) {
        match drawing::picture(self.package, &self.links, blip) {
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
