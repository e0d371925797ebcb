//! The parts of an Office file and the relationships between them (ECMA-376 part 2).

use std::collections::HashMap;
use std::io::{Cursor, Read as _};
use std::sync::Arc;

use roxmltree::{Document, Node};
use zip::ZipArchive;

use crate::Failure;

/// Largest part in bytes; a larger one ends before its end.
const LARGEST_PART: u64 = 96 << 20;

/// An Office file.
pub(crate) struct Package {
    archive: ZipArchive<Cursor<Arc<[u8]>>>,
    /// The number of each part by its name in lower case: names are compared without case.
    numbers: HashMap<String, usize>,
}

/// A relationship of a part.
pub(crate) struct Link {
    pub(crate) id: String,
    /// The last word of its type.
    kind: String,
    /// The target part; none when it lies outside the file.
    pub(crate) target: Option<String>,
}

impl Link {
    /// Whether the relationship is of this type.
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }
}

impl Package {
    /// Opens a file.
    pub(crate) fn open(file: Arc<[u8]>) -> Result<Self, Failure> {
        let archive = ZipArchive::new(Cursor::new(file)).map_err(|_| Failure::Damaged)?;
        let numbers = archive
            .file_names()
            .enumerate()
            .filter_map(|(number, name)| Some((name.ok()?.to_lowercase(), number)))
            .collect();
        Ok(Self { archive, numbers })
    }

    /// Reads a part.
    pub(crate) fn read(&mut self, name: &str) -> Option<Vec<u8>> {
        let number = *self.numbers.get(&name.to_lowercase())?;
        let mut content = Vec::new();
        self.archive
            .by_index(number)
            .ok()?
            .take(LARGEST_PART)
            .read_to_end(&mut content)
            .ok()?;
        Some(content)
    }

    /// Reads a part of text in UTF-8, or in UTF-16 with a mark.
    pub(crate) fn read_text(&mut self, name: &str) -> Option<String> {
        let content = self.read(name)?;
        let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
            let units = bytes[2..].chunks_exact(2);
            String::from_utf16(
                &units
                    .map(|pair| unit([pair[0], pair[1]]))
                    .collect::<Vec<_>>(),
            )
            .ok()
        };
        match content.get(..2) {
            Some(b"\xff\xfe") => wide(&content, u16::from_le_bytes),
            Some(b"\xfe\xff") => wide(&content, u16::from_be_bytes),
            _ => String::from_utf8(content).ok(),
        }
        // No XML holds it; a text of two bytes a letter without a mark does.
        .filter(|text| !text.contains('\0'))
    }

    /// The relationships of a part; of the whole file when `source` is empty.
    pub(crate) fn links(&mut self, source: &str) -> Vec<Link> {
        let (folder, name) = source.rsplit_once('/').unwrap_or(("", source));
        let place = format!("{folder}/_rels/{name}.rels");
        let Some(text) = self.read_text(place.trim_start_matches('/')) else {
            return Vec::new();
        };
        let Ok(document) = Document::parse(&text) else {
            return Vec::new();
        };
        document
            .descendants()
            .filter(|node| node.has_tag_name_of("Relationship"))
            .filter_map(|node| {
                let inside = node
                    .attribute("TargetMode")
                    .is_none_or(|mode| mode.eq_ignore_ascii_case("internal"));
                let kind = node.attribute("Type")?;
                Some(Link {
                    id: node.attribute("Id")?.to_owned(),
                    kind: kind.rsplit('/').next().unwrap_or(kind).to_owned(),
                    target: node
                        .attribute("Target")
                        .filter(|_| inside)
                        .and_then(|target| resolve(target, folder)),
                })
            })
            .collect()
    }

    /// The part that the relationship of the whole file names as the document.
    pub(crate) fn main_part(&mut self) -> Result<String, Failure> {
        self.links("")
            .into_iter()
            .find(|link| link.is("officeDocument"))
            .and_then(|link| link.target)
            .ok_or(Failure::Damaged)
    }
}

/// Resolves `target` relative to `folder`.
fn resolve(target: &str, folder: &str) -> Option<String> {
    let target = target.replace('\\', "/");
    let mut path: Vec<&str> = if target.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').collect()
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()?),
            step => path.push(step),
        }
    }
    path.retain(|step| !step.is_empty());
    Some(path.join("/"))
}

/// Names without their namespace: the transitional and the strict form differ in it.
pub(crate) trait LocalNames<'a> {
    /// Whether this is an element of this name.
    fn has_tag_name_of(&self, name: &str) -> bool;
    /// The attribute of this name, in whichever namespace.
    fn local_attribute(&self, name: &str) -> Option<&'a str>;
    /// The first child of this name.
    fn local_child(&self, name: &str) -> Option<Self>
    where
        Self: Sized;
}

impl<'a> LocalNames<'a> for Node<'a, '_> {
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }

    fn local_attribute(&self, name: &str) -> Option<&'a str> {
        self.attributes()
            .find(|attribute| attribute.name() == name)
            .map(|attribute| attribute.value())
    }

    fn local_child(&self, name: &str) -> Option<Self> {
        self.children().find(|child| child.has_tag_name_of(name))
    }
}
