//! A DOCX or XLSX built anew from the parts that show something and are reached from its main part. Properties, settings, people, templates, printers,
//! embedded files, formulas and links to elsewhere stay behind; what formulas and fields showed is kept as text.

mod archive;
mod authors;
mod fault;
mod parts;
mod relationships;
mod words;
mod xml;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use super::{Unclean, jpeg, png};
use crate::casework::file_kind::FileKind;
use archive::Entries;
use fault::Fault;
use relationships::Links;

/// Stands in for a picture that cannot be cleaned: a transparent dot.
const DOT: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xae\x42\x60\x82";

/// The file anew, and how many visible things were left out.
pub(super) fn clean(bytes: &[u8], kind: FileKind) -> Result<(Vec<u8>, usize), Unclean> {
    clean_within(bytes, kind, png::MOST_UNPACKED)
}

/// The same, when pictures may unpack to no more than `unpacked`.
pub(super) fn clean_within(
    bytes: &[u8],
    kind: FileKind,
    unpacked: usize,
) -> Result<(Vec<u8>, usize), Unclean> {
    let entries = Entries::read(bytes).ok_or(Unclean::Damaged(kind))?;
    let mut copy = Copy {
        kind,
        types: xml::content_types(&entries.text("[content_types].xml", kind)?)
            .ok_or(Unclean::Damaged(kind))?,
        entries,
        names: HashMap::new(),
        waiting: VecDeque::new(),
        parts: BTreeMap::new(),
        kept_types: BTreeMap::new(),
        unpacked,
        searched: authors::MOST_SEARCHED,
        left_out: 0,
    };
    copy.part("", "_rels/.rels")?;
    while let Some(name) = copy.waiting.pop_front() {
        copy.part(&name, &parts::relationships_of(&name))?;
    }
    copy.finish()
}

struct Copy<'a> {
    kind: FileKind,
    entries: Entries<'a>,
    /// Content types by part, in lower case.
    types: HashMap<String, String>,
    /// What the parts that come along are called in the copy, by their former names.
    names: HashMap<String, String>,
    waiting: VecDeque<String>,
    parts: BTreeMap<String, Vec<u8>>,
    kept_types: BTreeMap<String, String>,
    /// How much more pictures may unpack to: a part that is small may be a picture that swells by itself.
    unpacked: usize,
    /// How much more may be searched for names.
    searched: usize,
    left_out: usize,
}

impl Copy<'_> {
    /// Copies the part and its relationships; the file itself has no name, only relationships.
    fn part(&mut self, name: &str, relationships: &str) -> Result<(), Unclean> {
        let links = if self.entries.has(relationships) {
            relationships::read(&self.entries.text(relationships, self.kind)?, name)
                .ok_or(Unclean::Damaged(self.kind))?
        } else {
            Links::default()
        };
        let (mut kept, mut dropped): (Vec<_>, HashSet<_>) = (Vec::new(), links.elsewhere);
        for mut link in links.within {
            if let Some(target) = self.come_along(&link.target)? {
                link.target = target;
                kept.push(link);
            } else {
                self.left_out += usize::from(parts::shows_something(&link.kind));
                dropped.insert(link.id);
            }
        }
        if !name.is_empty() {
            let text = self.entries.text(name, self.kind)?;
            let cleaned = xml::clean(&text, name, &dropped, &mut self.searched).map_err(
                |fault| match fault {
                    Fault::Broken => Unclean::Damaged(self.kind),
                    Fault::TooComplex => Unclean::TooComplex(self.kind),
                },
            )?;
            self.parts.insert(name.to_owned(), cleaned);
        }
        if !kept.is_empty() {
            self.parts
                .insert(relationships.to_owned(), relationships::write(&kept));
        }
        Ok(())
    }

    /// What the part is called in the copy; none when it does not come along.
    fn come_along(&mut self, name: &str) -> Result<Option<String>, Unclean> {
        if let Some(known) = self.names.get(name) {
            return Ok(Some(known.clone()));
        }
        if !self.entries.has(name) {
            return Ok(None);
        }
        let new = if parts::is_picture(name) {
            Some(self.picture(name)?)
        } else if parts::shows(name, self.kind)
            && let Some(content_type) = self
                .content_type(name)
                .filter(|content_type| parts::is_plain(content_type))
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

    /// Old drawings get theirs by their extension.
    fn content_type(&self, name: &str) -> Option<String> {
        let old_drawing = || {
            parts::is_old_drawing(name)
                .then(|| "application/vnd.openxmlformats-officedocument.vmlDrawing".to_owned())
        };
        self.types.get(name).cloned().or_else(old_drawing)
    }

    /// Cleans a picture and gives it a name that says nothing.
    fn picture(&mut self, name: &str) -> Result<String, Unclean> {
        let bytes = self.entries.bytes(name, self.kind)?;
        let (cleaned, extension) = if let Some(cleaned) = jpeg::clean(&bytes) {
            (cleaned, "jpeg")
        } else if let Ok(cleaned) = png::clean_within(&bytes, &mut self.unpacked) {
            (cleaned, "png")
        } else if self.unpacked == 0 {
            return Err(Unclean::TooComplex(self.kind));
        } else {
            self.left_out += 1;
            (DOT.to_vec(), "png")
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

/// An archive of these parts, for the tests.
#[cfg(test)]
pub(super) fn archive_of(parts: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    archive::write(parts).expect("the parts of a test are few")
}

/// The parts of an archive with their names in lower case, for the tests; none when it is no archive.
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
