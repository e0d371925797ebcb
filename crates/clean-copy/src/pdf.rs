//! Pages of a PDF, drawn at 150 dots per inch.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{RenderCache, RenderSettings};
use image::{DynamicImage, RgbImage};

use crate::picture::{Picture, encode};
use crate::sheets::Sheets;
use crate::{Failure, pdf_text};

/// Dots per inch, and points per inch.
const DOTS: f32 = 150.0;
const POINTS: f32 = 72.0;
/// Most pixels of a page: an A2 page at 150 dots per inch. Larger pages are drawn smaller.
const MOST_PIXELS: f32 = 8.8e6;
/// Most pixels of a side.
const LONGEST_SIDE: f32 = 14_000.0;

/// Draws every page into `sheets`, as far as the processor time reaches.
pub(crate) fn remake(file: Vec<u8>, sheets: &mut Sheets) -> Result<(), Failure> {
    let pdf = Pdf::new(file).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::InvalidEncryption) | LoadPdfError::Invalid => {
            Failure::Damaged
        }
        LoadPdfError::Decryption(_) => Failure::Locked,
    })?;
    let pages = pdf.pages();
    if pages.is_empty() {
        return Err(Failure::Damaged);
    }
    let cache = RenderCache::new();
    for (number, page) in pages.iter().enumerate() {
        if number > 0 && !sheets.has_room()? {
            sheets.leave_out(pages.len() - number);
            break;
        }
        // A page that the library cannot read or draw costs itself only.
        let Ok(text) = catch_unwind(AssertUnwindSafe(|| pdf_text::of_page(page))) else {
            sheets.leave_out(1);
            continue;
        };
        if !sheets.report(&text) {
            sheets.leave_out(pages.len() - number);
            break;
        }
        match catch_unwind(AssertUnwindSafe(|| draw(page, &cache))) {
            Ok(Some((picture, width, height))) => sheets.add_page(picture, width, height),
            Ok(None) | Err(_) => sheets.leave_out(1),
        }
    }
    Ok(())
}

/// The page as a picture, with its width and height in points.
fn draw<'a>(page: &'a Page<'a>, cache: &RenderCache<'a>) -> Option<(Picture, f32, f32)> {
    let (width, height) = page.render_dimensions();
    let (width, height) = (width.max(1.0), height.max(1.0));
    let scale = (DOTS / POINTS)
        .min((MOST_PIXELS / (width * height)).sqrt())
        .min(LONGEST_SIDE / width.max(height));
    if !scale.is_normal() {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a side has at most 14,000 pixels"
    )]
    let pixels = |length: f32| (length * scale).ceil().max(1.0) as u16;
    let drawn = hayro::render(
        page,
        cache,
        &InterpreterSettings::default(),
        &RenderSettings {
            x_scale: scale,
            y_scale: scale,
            width: Some(pixels(width)),
            height: Some(pixels(height)),
            bg_color: WHITE,
        },
    );
    let (columns, rows) = (u32::from(drawn.width()), u32::from(drawn.height()));
    let rgb: Vec<u8> = drawn
        .data()
        .iter()
        .flat_map(|pixel| [pixel.r, pixel.g, pixel.b])
        .collect();
    drop(drawn);
    let picture = encode(&DynamicImage::ImageRgb8(RgbImage::from_raw(
        columns, rows, rgb,
    )?));
    Some((picture.ok()?, width, height))
}
