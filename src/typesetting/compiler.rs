//! The press: forms and typeface made ready once, papers set one after the other, on the thread that asks. See [`super::Typesetter`] for many at once.

use std::fmt;

use sha2::{Digest as _, Sha256};
use typst::WorldExt as _;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::assets::{Assets, file_id};
use super::document::Document;
use super::template::SHARED;
use super::world::{self, Sheet};

/// How many papers the compiler remembers parts of. What is older is let go, so that memory does not grow with the papers set.
const REMEMBERED: usize = 4;
/// WIB, in minutes east of Greenwich.
const WIB: i32 = 7 * 60;
/// What the PDFs say they were made by.
const CREATOR: &str = "Service desk BSPJI Palembang";

/// Forms and typeface, ready to set papers.
pub struct Compiler {
    stock: Assets,
    standard: PdfStandards,
}

/// A paper that could not be set. Says where in our forms it happened and not what for: the compiler's message may quote what somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unset {
    /// The form.
    pub template: &'static str,
    /// Places in the forms, as `file:line`.
    pub places: Vec<String>,
}

impl fmt::Display for Unset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} could not be set: {}",
            self.template,
            self.places.join(", ")
        )
    }
}

impl std::error::Error for Unset {}

impl Compiler {
    /// A press with every form. Reads the typeface, which takes some milliseconds.
    ///
    /// # Errors
    /// When this build of the typesetter knows no PDF/A; the tests see to it that it does.
    pub fn new() -> Result<Self, Unset> {
        Self::with_forms(|_| None)
    }

    /// The same with other texts for some of the forms, by the name of their file: for trying out a change before it is built in.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_forms(changed: impl Fn(&str) -> Option<String>) -> Result<Self, Unset> {
        let broken = |place: &str| Unset {
            template: SHARED.0,
            places: vec![place.to_owned()],
        };
        let standard = PdfStandards::new(&[PdfStandard::A_2a]).map_err(|_| broken("PDF/A-2a"))?;
        Ok(Self {
            stock: Assets::new(changed).ok_or_else(|| broken("name"))?,
            standard,
        })
    }

    /// The paper as PDF/A-2a, tagged, with its typeface in it.
    ///
    /// # Errors
    /// When the form has a fault. What people wrote cannot make it fail; the tests try.
    pub fn set(&self, paper: &Document) -> Result<Vec<u8>, Unset> {
        let set = self.compile(paper);
        // Also after a failure: what was compiled before it is remembered too.
        comemo::evict(if paper.confidential { 0 } else { REMEMBERED });
        set
    }

    fn compile(&self, paper: &Document) -> Result<Vec<u8>, Unset> {
        let broken = |place: &str| Unset {
            template: paper.template.file(),
            places: vec![place.to_owned()],
        };
        let main = file_id(paper.template.file()).ok_or_else(|| broken("name"))?;
        let sheet = Sheet::of(&self.stock, paper, main).ok_or_else(|| broken("data"))?;
        let unset = |faults: &[SourceDiagnostic]| Unset {
            template: paper.template.file(),
            places: faults.iter().map(|fault| place(&sheet, fault)).collect(),
        };
        let pages = typst::compile(&sheet)
            .output
            .map_err(|faults| unset(&faults))?;
        typst_pdf::pdf(&pages, &self.options(paper)).map_err(|faults| unset(&faults))
    }

    fn options(&self, paper: &Document) -> PdfOptions {
        let midnight = world::day(paper)
            .and_then(|day| Datetime::from_ymd_hms(day.year()?, day.month()?, day.day()?, 0, 0, 0));
        PdfOptions {
            ident: Smart::Custom(hex::encode(Sha256::digest(paper.digest()))),
            creator: Smart::Custom(Some(CREATOR.to_owned())),
            timestamp: midnight.and_then(|midnight| Timestamp::new_local(midnight, WIB)),
            page_ranges: None,
            standards: self.standard.clone(),
            tagged: true,
            pretty: false,
        }
    }
}

/// Where in our forms a fault is.
fn place(sheet: &Sheet<'_>, fault: &SourceDiagnostic) -> String {
    let Some(id) = fault.span.id() else {
        return "nowhere".to_owned();
    };
    let name = id.vpath().get_without_slash();
    let line = sheet
        .range(fault.span)
        .zip(typst::World::source(sheet, id).ok());
    let line = line.and_then(|(range, source)| source.lines().byte_to_line(range.start));
    line.map_or_else(|| name.to_owned(), |line| format!("{name}:{}", line + 1))
}
