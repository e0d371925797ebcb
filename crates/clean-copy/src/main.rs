//! The program by itself, for its tests and measurements. The service starts its own binary
//! instead.

use std::process::ExitCode;

const FONT: &[u8] = include_bytes!("../../../src/typesetting/fonts/LiberationSans-Regular.ttf");

fn main() -> ExitCode {
    clean_copy::run_if_asked(FONT).unwrap_or_else(|| {
        eprintln!("the service starts this program");
        ExitCode::FAILURE
    })
}
