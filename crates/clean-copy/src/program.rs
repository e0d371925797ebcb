//! The program that makes one copy: reads the kind and the file, writes the reply.

use std::env;
use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::sheets::Sheets;
use crate::{ARGUMENT, Effort, Failure, MAX_FILE, SourceKind, docx, jail, pdf, picture, xlsx};

/// Exit code when the program could not give up its rights.
pub(crate) const UNPROTECTED: u8 = 3;

/// The reply before the bytes of the copy, as JSON after its length in four bytes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reply {
    /// A copy of `size` bytes follows.
    Made {
        size: usize,
        left_out: u64,
        text: String,
    },
    /// There is no copy.
    Failed(Failure),
}

/// Makes a copy when the first argument of this process says so. The main function of the service
/// calls it first and ends with its exit code. `font` is a TrueType font for the listings.
pub fn run_if_asked(font: &'static [u8]) -> Option<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next()? != ARGUMENT {
        return None;
    }
    let is_last = arguments
        .next()
        .is_some_and(|effort| effort == Effort::Last.as_str());
    Some(run(
        font,
        if is_last { Effort::Last } else { Effort::First },
    ))
}

fn run(font: &'static [u8], effort: Effort) -> ExitCode {
    // A message could quote the file.
    std::panic::set_hook(Box::new(|_| {}));
    if jail::enter(effort).is_err() {
        return ExitCode::from(UNPROTECTED);
    }
    let mut request = Vec::new();
    let taken = io::stdin().take(MAX_FILE).read_to_end(&mut request);
    if taken.is_err() {
        return ExitCode::FAILURE;
    }
    let (reply, pdf) = match answer(request, font, effort) {
        Ok((reply, pdf)) => (reply, pdf),
        Err(failure) => (Reply::Failed(failure), Vec::new()),
    };
    if write(&reply, &pdf).is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn answer(
    mut request: Vec<u8>,
    font: &'static [u8],
    effort: Effort,
) -> Result<(Reply, Vec<u8>), Failure> {
    let kind = request.pop().ok_or(Failure::Damaged)?;
    let kind = SourceKind::ALL
        .get(usize::from(kind))
        .ok_or(Failure::Damaged)?;
    let (pdf, left_out, text) = remake(*kind, request, font, effort)?;
    let size = pdf.len();
    Ok((
        Reply::Made {
            size,
            left_out,
            text,
        },
        pdf,
    ))
}

/// Makes the copy of `file`: its bytes, the number of things left out, and its visible text.
fn remake(
    kind: SourceKind,
    file: Vec<u8>,
    font: &'static [u8],
    effort: Effort,
) -> Result<(Vec<u8>, u64, String), Failure> {
    let mut sheets = Sheets::new(font, Budget::new(effort, file.len()))?;
    match kind {
        SourceKind::Pdf => pdf::remake(file, &mut sheets)?,
        SourceKind::Picture => sheets.add_whole_page(picture::remake(&file)?),
        SourceKind::Document => docx::remake(file, &mut sheets)?,
        SourceKind::Spreadsheet => xlsx::remake(file, &mut sheets)?,
    }
    sheets.finish()
}

fn write(reply: &Reply, pdf: &[u8]) -> io::Result<()> {
    let head = serde_json::to_vec(reply)?;
    let length = u32::try_from(head.len()).map_err(io::Error::other)?;
    let mut out = io::stdout().lock();
    out.write_all(&length.to_be_bytes())?;
    out.write_all(&head)?;
    out.write_all(pdf)?;
    out.flush()
}
