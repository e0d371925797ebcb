//! The Typst compiler with templates and fonts loaded once. It compiles one document at a time, on
//! the calling thread. [`super::Typesetter`] compiles several at once.

use std::fmt;

use sha2::{Digest as _, Sha256};
use typst::WorldExt as _;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::assets::{Assets, file_id};
use super::document::Document;
use super::template::SHARED;
use super::world::{self, DocumentWorld};

/// Compilations after which an unused entry leaves the `comemo` cache. The limit keeps memory from
/// growing with the number of documents.
const CACHE_GENERATIONS: usize = 4;
/// WIB (UTC+7), in minutes.
const WIB: i32 = 7 * 60;
/// The `Creator` entry of every PDF.
const CREATOR: &str = "Service desk BSPJI Palembang";

/// Compiles documents to PDF/A-2a.
pub struct Compiler {
    assets: Assets,
    standard: PdfStandards,
}

/// A compile error. It reports the place in our templates only: the compiler's own message may
/// quote personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// File name of the template.
    pub template: &'static str,
    /// Locations in the templates, as `file:line`.
    pub locations: Vec<String>,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} could not be compiled: {}",
            self.template,
            self.locations.join(", ")
        )
    }
}

impl std::error::Error for CompileError {}

impl Compiler {
    /// Loads every template and the fonts; takes some milliseconds.
    pub fn new() -> Result<Self, CompileError> {
        Self::with_templates(|_| None)
    }

    /// Loads the templates with replaced sources, by file name. For trying out a template change
    /// before it is built in.
    pub fn with_templates(changed: impl Fn(&str) -> Option<String>) -> Result<Self, CompileError> {
        let internal_error = |location_text: &str| CompileError {
            template: SHARED.0,
            locations: vec![location_text.to_owned()],
        };
        let standard =
            PdfStandards::new(&[PdfStandard::A_2a]).map_err(|_| internal_error("PDF/A-2a"))?;
        Ok(Self {
            assets: Assets::new(changed).ok_or_else(|| internal_error("name"))?,
            standard,
        })
    }

    /// Compiles the document to tagged PDF/A-2a with embedded fonts. Only an error in a template
    /// can make it fail; user input cannot (the tests try).
    pub fn compile(&self, document: &Document) -> Result<Vec<u8>, CompileError> {
        let pdf = self.render(document);
        // Also after an error: the parts compiled before the error are cached too. Confidential
        // documents leave nothing in the cache.
        comemo::evict(if document.confidential {
            0
        } else {
            CACHE_GENERATIONS
        });
        pdf
    }

    fn render(&self, document: &Document) -> Result<Vec<u8>, CompileError> {
        let internal_error = |location_text: &str| CompileError {
            template: document.template.file_name(),
            locations: vec![location_text.to_owned()],
        };
        let main = file_id(document.template.file_name()).ok_or_else(|| internal_error("name"))?;
        let world = DocumentWorld::new(&self.assets, document, main)
            .ok_or_else(|| internal_error("data"))?;
        let compile_error = |faults: &[SourceDiagnostic]| CompileError {
            template: document.template.file_name(),
            locations: faults.iter().map(|fault| location(&world, fault)).collect(),
        };
        let pages = typst::compile(&world)
            .output
            .map_err(|faults| compile_error(&faults))?;
        typst_pdf::pdf(&pages, &self.options(document)).map_err(|faults| compile_error(&faults))
    }

    fn options(&self, document: &Document) -> PdfOptions {
        let midnight = world::document_date(document)
            .and_then(|day| Datetime::from_ymd_hms(day.year()?, day.month()?, day.day()?, 0, 0, 0));
        PdfOptions {
            ident: Smart::Custom(hex::encode(Sha256::digest(document.digest()))),
            creator: Smart::Custom(Some(CREATOR.to_owned())),
            timestamp: midnight.and_then(|midnight| Timestamp::new_local(midnight, WIB)),
            page_ranges: None,
            standards: self.standard.clone(),
            tagged: true,
            pretty: false,
        }
    }
}

/// The `file:line` of an error in our templates.
fn location(world: &DocumentWorld<'_>, fault: &SourceDiagnostic) -> String {
    let Some(id) = fault.span.id() else {
        return "nowhere".to_owned();
    };
    let name = id.vpath().get_without_slash();
    let line = world
        .range(fault.span)
        .zip(typst::World::source(world, id).ok());
    let line = line.and_then(|(range, source)| source.lines().byte_to_line(range.start));
    line.map_or_else(|| name.to_owned(), |line| format!("{name}:{}", line + 1))
}
