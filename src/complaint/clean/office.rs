//! Clean DOCX or XLSX, rebuilt from the visible parts that are reachable from the main part.
//! Properties, settings, persons, templates, printers, embedded files, formulas and external links
//! are dropped; the results of formulas and fields are kept as text.

mod archive;
mod authors;
mod parts;
mod relationships;
mod rules;
mod xml;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use super::{Unclean, jpeg, png};
use crate::casework::file_kind::FileKind;
use archive::Entries;
use relationships::Links;

/// Reason why a part cannot be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PartError {
    /// The part is not XML as Office writes it.
    Broken,
    /// The part is nested too deeply or takes too much work.
    TooComplex,
}

/// Placeholder for a picture that cannot be cleaned: a transparent dot.
const PLACEHOLDER_PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xae\x42\x60\x82";

/// The rebuilt file, and the number of visible objects left out.
pub(super) fn clean(bytes: &[u8], kind: FileKind) -> Result<(Vec<u8>, usize), Unclean> {
    clean_within(bytes, kind, png::MAX_UNPACKED)
}

/// The same, with a budget for unpacked pictures.
pub(super) fn clean_within(
    bytes: &[u8],
    kind: FileKind,
    unpack_budget: usize,
) -> Result<(Vec<u8>, usize), Unclean> {
    let entries = Entries::read(bytes).ok_or(Unclean::Damaged(kind))?;
    let mut copy = OfficeCopy {
        kind,
        types: xml::content_types(&entries.text("[content_types].xml", kind)?)
            .ok_or(Unclean::Damaged(kind))?,
        entries,
        names: HashMap::new(),
        waiting: VecDeque::new(),
        parts: BTreeMap::new(),
        kept_types: BTreeMap::new(),
        unpack_budget,
        search_budget: authors::MAX_SEARCHED,
        left_out: 0,
    };
    copy.copy_part("", "_rels/.rels")?;
    while let Some(name) = copy.waiting.pop_front() {
        copy.copy_part(&name, &parts::relationships_of(&name))?;
    }
    copy.finish()
}

struct OfficeCopy<'a> {
    kind: FileKind,
    entries: Entries<'a>,
    /// Content types by part name in lower case.
    types: HashMap<String, String>,
    /// New names of the included parts by their former names.
    names: HashMap<String, String>,
    waiting: VecDeque<String>,
    parts: BTreeMap<String, Vec<u8>>,
    kept_types: BTreeMap<String, String>,
    /// Remaining budget for unpacked pictures: a small part may be a picture that unpacks to much.
    unpack_budget: usize,
    /// Remaining budget for the search of names.
    search_budget: usize,
    left_out: usize,
}

impl OfficeCopy<'_> {
    /// Copies a part and its relationships. The package itself has an empty name and relationships
    /// only.
    fn copy_part(&mut self, name: &str, relationships: &str) -> Result<(), Unclean> {
        let links = if self.entries.has(relationships) {
            relationships::read(&self.entries.text(relationships, self.kind)?, name)
                .ok_or(Unclean::Damaged(self.kind))?
        } else {
            Links::default()
        };
        let (mut kept, mut dropped): (Vec<_>, HashSet<_>) = (Vec::new(), links.external);
        for mut link in links.internal {
            if let Some(target) = self.include(&link.target)? {
                link.target = target;
                kept.push(link);
            } else {
                self.left_out += usize::from(parts::is_visible_relationship(&link.kind));
                dropped.insert(link.id);
            }
        }
        if !name.is_empty() {
            let text = self.entries.text(name, self.kind)?;
            let cleaned =
                xml::clean(&text, name, &dropped, &mut self.search_budget).map_err(|error| {
                    match error {
                        PartError::Broken => Unclean::Damaged(self.kind),
                        PartError::TooComplex => Unclean::TooComplex(self.kind),
                    }
                })?;
            self.parts.insert(name.to_owned(), cleaned);
        }
        if !kept.is_empty() {
            self.parts
                .insert(relationships.to_owned(), relationships::write(&kept));
        }
        Ok(())
    }

    /// Includes a part and returns its new name; none when the part is dropped.
    fn include(&mut self, name: &str) -> Result<Option<String>, Unclean> {
        if let Some(known) = self.names.get(name) {
            return Ok(Some(known.clone()));
        }
        if !self.entries.has(name) {
            return Ok(None);
        }
        let new = if parts::is_picture(name) {
            Some(self.copy_picture(name)?)
        } else if parts::is_visible_part(name, self.kind)
            && let Some(content_type) = self
                .content_type(name)
                .filter(|content_type| parts::is_plain_type(content_type))
        {
            self.kept_types.insert(name.to_owned(), content_type);
            self.waiting.push_back(name.to_owned());
            Some(name.to_owned())
        } else {
            None
        };
        if let Some(new) = &new {
            self.names.insert(name.to_owned(), new.clone());
        }
        Ok(new)
    }

    /// Content type of a part. VML drawings get theirs by extension.
    fn content_type(&self, name: &str) -> Option<String> {
        let old_drawing = || {
            parts::is_vml(name)
                .then(|| "application/vnd.openxmlformats-officedocument.vmlDrawing".to_owned())
        };
        self.types.get(name).cloned().or_else(old_drawing)
    }

    /// Cleans a picture and gives it a neutral name.
    fn copy_picture(&mut self, name: &str) -> Result<String, Unclean> {
        let bytes = self.entries.bytes(name, self.kind)?;
        let (cleaned, extension) = if let Some(cleaned) = jpeg::clean(&bytes) {
            (cleaned, "jpeg")
        } else if let Ok(cleaned) = png::clean_within(&bytes, &mut self.unpack_budget) {
            (cleaned, "png")
        } else if self.unpack_budget == 0 {
            return Err(Unclean::TooComplex(self.kind));
        } else {
            self.left_out += 1;
            (PLACEHOLDER_PNG.to_vec(), "png")
        };
        let folder = if self.kind == FileKind::Xlsx {
            "xl"
        } else {
            "word"
        };
        let number = self
            .parts
            .keys()
            .filter(|part| parts::is_picture(part))
            .count()
            + 1;
        let new = format!("{folder}/media/image{number}.{extension}");
        self.parts.insert(new.clone(), cleaned);
        Ok(new)
    }

    fn finish(mut self) -> Result<(Vec<u8>, usize), Unclean> {
        let main = match self.kind {
            FileKind::Xlsx => {
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
            }
            FileKind::Docx | FileKind::Pdf | FileKind::Jpeg | FileKind::Png => {
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
            }
        };
        if !self
            .kept_types
            .values()
            .any(|content_type| content_type == main)
        {
            return Err(Unclean::Damaged(self.kind));
        }
        self.parts.insert(
            "[Content_Types].xml".to_owned(),
            xml::write_content_types(&self.kept_types),
        );
        Ok((
            archive::write(&self.parts).ok_or(Unclean::TooComplex(self.kind))?,
            self.left_out,
        ))
    }
}

/// An archive of these parts, for tests.
#[cfg(test)]
pub(super) fn archive_of(parts: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    archive::write(parts).expect("the parts of a test are few")
}

/// The parts of an archive with their names in lower case, for tests; none when it is no archive.
#[cfg(test)]
pub(super) fn parts_of(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let Some(entries) = Entries::read(file) else {
        return Vec::new();
    };
    entries
        .names()
        .filter_map(|name| Some((name.to_owned(), entries.bytes(name, FileKind::Docx).ok()?)))
        .collect()
}
