//! The press: forms and typeface made ready once, papers set one after the other, on the thread that asks. See [`super::Typesetter`] for many at once.

use std::fmt;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use typst::WorldExt as _;
use typst::diag::{SourceDiagnostic, SourceResult};
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::paper::Paper;
use super::stock::Stock;
use super::svg::svg;
use super::template::{SHARED, Template};
use super::world::{self, Sheet};

/// How many papers the compiler remembers parts of. What is older is let go, so that memory does not grow with the papers set.
const REMEMBERED: usize = 4;
/// WIB, in minutes east of Greenwich.
const WIB: i32 = 7 * 60;
/// What the PDFs say they were made by.
const CREATOR: &str = "Service desk BSPJI Palembang";

/// Forms and typeface, ready to set papers.
pub struct Press {
    stock: Stock,
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

impl Press {
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
            template: SHARED[0].0,
            places: vec![place.to_owned()],
        };
        let standard = PdfStandards::new(&[PdfStandard::A_2a]).map_err(|_| broken("PDF/A-2a"))?;
        Ok(Self {
            stock: Stock::new(changed).ok_or_else(|| broken("name"))?,
            standard,
        })
    }

    /// The paper as PDF/A-2a, tagged, with its typeface in it.
    ///
    /// # Errors
    /// When the form has a fault. What people wrote cannot make it fail; the tests try.
    pub fn set(&self, paper: &Paper) -> Result<Vec<u8>, Unset> {
        let beside = (paper.qr.as_deref(), world::day(paper.date));
        let set = self.compile(paper.template, &paper.data, beside, |pages| {
            typst_pdf::pdf(pages, &self.options(paper))
        });
        // Also after a failure: what was compiled before it is remembered too.
        comemo::evict(if paper.confidential { 0 } else { REMEMBERED });
        set
    }

    /// The drawing of `data` as SVG.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn draw(&self, template: Template, data: &Value) -> Result<String, Unset> {
        let drawn = self.compile(template, data, (None, None), |pages| Ok(svg(pages)));
        comemo::evict(REMEMBERED);
        drawn
    }

    fn compile<T>(
        &self,
        template: Template,
        data: &Value,
        beside: (Option<&[u8]>, Option<Datetime>),
        written: impl FnOnce(&PagedDocument) -> SourceResult<T>,
    ) -> Result<T, Unset> {
        let sheet = Sheet::of(&self.stock, template, data, beside).ok_or_else(|| Unset {
            template: template.file(),
            places: vec!["name".to_owned()],
        })?;
        typst::compile(&sheet)
            .output
            .and_then(|pages| written(&pages))
            .map_err(|faults| Unset {
                template: template.file(),
                places: faults.iter().map(|fault| place(&sheet, fault)).collect(),
            })
    }

    fn options(&self, paper: &Paper) -> PdfOptions {
        let midnight = world::day(paper.date)
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
