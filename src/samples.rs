//! Samples of each document with made-up content: for the gallery, and to try a changed form before
//! it is built in.

use std::path::Path;

use crate::error::{Error, Result};
use crate::typesetting::{Compiler, Template};
use crate::{certification, complaint, reporting};

/// Typesets every sample and writes it as a PDF into `folder`. Forms found by name in `forms`
/// replace the built-in ones. Returns the number of files.
///
/// # Errors
/// When a folder cannot be used, or a form has an error: then the message names file and line.
pub fn write(folder: &Path, forms: Option<&Path>) -> Result<usize> {
    std::fs::create_dir_all(folder).map_err(Error::internal)?;
    let changed =
        |name: &str| forms.and_then(|forms| std::fs::read_to_string(forms.join(name)).ok());
    let compiler = Compiler::with_templates(changed).map_err(Error::internal)?;
    let samples = certification::printed::samples::all()?
        .into_iter()
        .chain(complaint::printed::samples::all()?);
    let samples = samples.chain([("realisasi", reporting::realization::specimens::letter()?)]);
    let mut written = 0;
    for (name, paper) in samples {
        let pdf = compiler.compile(&paper).map_err(Error::internal)?;
        std::fs::write(folder.join(name).with_extension("pdf"), pdf).map_err(Error::internal)?;
        written += 1;
    }
    for chart in reporting::realization::specimens::charts() {
        let name = chart.chart.code().replace('_', "-");
        let data = serde_json::to_value(chart).map_err(Error::internal)?;
        let drawing = compiler
            .draw(Template::Chart, &data)
            .map_err(Error::internal)?;
        std::fs::write(folder.join(name).with_extension("svg"), drawing)
            .map_err(Error::internal)?;
    }
    for sop in reporting::catalogue::SOPS {
        let drawing = sop.poster(&compiler)?;
        std::fs::write(folder.join(format!("sop-{}.svg", sop.code())), drawing)
            .map_err(Error::internal)?;
    }
    Ok(written)
}
