//! One of each paper with made-up content, for looking at: what the gallery shows, and a way to try a changed form before it is built in.

use std::path::Path;

use crate::error::{Error, Result};
use crate::typesetting::{Press, Template};
use crate::{certification, complaint, reporting};

/// Sets every sample and writes it as a PDF into `folder`. Forms found by their name in `forms` are used instead of the ones built in. Gives how many.
///
/// # Errors
/// When a folder refuses, or a form has a fault: then the error names file and line.
pub fn write(folder: &Path, forms: Option<&Path>) -> Result<usize> {
    std::fs::create_dir_all(folder).map_err(Error::internal)?;
    let changed =
        |name: &str| forms.and_then(|forms| std::fs::read_to_string(forms.join(name)).ok());
    let press = Press::with_forms(changed).map_err(Error::internal)?;
    let samples = certification::printed::samples::all()?
        .into_iter()
        .chain(complaint::printed::samples::all()?);
    let samples = samples.chain([("realisasi", reporting::realization::specimens::letter()?)]);
    let mut written = 0;
    for (name, paper) in samples {
        let pdf = press.set(&paper).map_err(Error::internal)?;
        std::fs::write(folder.join(name).with_extension("pdf"), pdf).map_err(Error::internal)?;
        written += 1;
    }
    for chart in reporting::realization::specimens::charts() {
        let name = chart.chart.code().replace('_', "-");
        let data = serde_json::to_value(chart).map_err(Error::internal)?;
        let drawn = press
            .draw(Template::Chart, &data)
            .map_err(Error::internal)?;
        std::fs::write(folder.join(name).with_extension("svg"), drawn).map_err(Error::internal)?;
    }
    for sop in reporting::catalogue::SOPS {
        let drawn = sop.poster(&press)?;
        std::fs::write(folder.join(format!("sop-{}.svg", sop.code())), drawn)
            .map_err(Error::internal)?;
    }
    Ok(written)
}
