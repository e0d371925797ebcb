//! The Typst compiler with templates and fonts loaded once. It compiles one document at a time, on
//! the calling thread. [`super::Typesetter`] compiles several at once.

use std::fmt;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use typst::WorldExt as _;
use typst::diag::{SourceDiagnostic, SourceResult};
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::assets::Assets;
use super::document::Document;
use super::svg::svg;
use super::template::{SHARED, Template};
use super::world::{self, DocumentWorld};

/// Compilations after which an unused entry leaves the `comemo` cache. The limit keeps memory from
/// growing with the number of documents.
const CACHE_GENERATIONS: usize = 4;
/// WIB (UTC+7), in minutes.
const WIB: i32 = 7 * 60;
/// The `Creator` entry of every PDF.
const CREATOR: &str = "Service desk BSPJI Palembang";

/// Compiles documents to PDF/A-2a and drawings to SVG.
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
            template: SHARED[0].0,
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
        let qr_and_date = (document.qr.as_deref(), world::document_date(document.date));
        let pdf = self.render(document.template, &document.data, qr_and_date, |pages| {
            typst_pdf::pdf(pages, &self.options(document))
        });
        // Also after an error: the parts compiled before the error are cached too. Confidential
        // documents leave nothing in the cache.
        comemo::evict(if document.confidential {
            0
        } else {
            CACHE_GENERATIONS
        });
        pdf
    }

    /// Draws `data` as SVG. Only an error in the template can make it fail.
    pub fn draw(&self, template: Template, data: &Value) -> Result<String, CompileError> {
        let drawing = self.render(template, data, (None, None), |pages| Ok(svg(pages)));
        comemo::evict(CACHE_GENERATIONS);
        drawing
    }

    fn render<T>(
        &self,
        template: Template,
        data: &Value,
        qr_and_date: (Option<&[u8]>, Option<Datetime>),
        export: impl FnOnce(&PagedDocument) -> SourceResult<T>,
    ) -> Result<T, CompileError> {
        let world =
            DocumentWorld::new(&self.assets, template, data, qr_and_date).ok_or_else(|| {
                CompileError {
                    template: template.file_name(),
                    locations: vec!["name".to_owned()],
                }
            })?;
        typst::compile(&world)
            .output
            .and_then(|pages| export(&pages))
            .map_err(|faults| CompileError {
                template: template.file_name(),
                locations: faults.iter().map(|fault| location(&world, fault)).collect(),
            })
    }

    fn options(&self, document: &Document) -> PdfOptions {
        let midnight = world::document_date(document.date)
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
