//! Pictures: decoded, turned upright, laid on white and encoded as JPEG, so that only pixels stay.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{
    ColorType, DynamicImage, ExtendedColorType, GenericImageView as _, ImageDecoder as _,
    ImageReader, Limits, Rgb, RgbImage,
};

use crate::Failure;

/// Most pixels of the longer side; a larger picture is made smaller.
const LONGEST_SIDE: u32 = 4096;
/// Most bytes that a decoder may allocate.
const DECODED: u64 = 170 << 20;
const QUALITY: u8 = 85;

/// A picture as this program encodes it.
pub(crate) struct Picture {
    pub(crate) jpeg: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Makes a picture anew.
pub(crate) fn remake(file: &[u8]) -> Result<Picture, Failure> {
    let mut reader = ImageReader::new(Cursor::new(file))
        .with_guessed_format()
        .map_err(|_| Failure::Damaged)?;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(DECODED);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| reason(&error))?;
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| reason(&error))?;
    if picture.width().max(picture.height()) > LONGEST_SIDE {
        picture = picture.thumbnail(LONGEST_SIDE, LONGEST_SIDE);
    }
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    encode(&on_white(picture))
}

fn reason(error: &image::ImageError) -> Failure {
    match error {
        image::ImageError::Limits(_) => Failure::TooComplex,
        _ => Failure::Damaged,
    }
}

/// Encodes pixels without alpha, in grey when no pixel has a colour.
pub(crate) fn encode(picture: &DynamicImage) -> Result<Picture, Failure> {
    let (width, height) = picture.dimensions();
    let is_grey = matches!(picture.color(), ColorType::L8 | ColorType::L16)
        || picture
            .as_rgb8()
            .is_some_and(|pixels| pixels.pixels().all(|Rgb([r, g, b])| r == g && g == b));
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    if is_grey {
        encoder.encode(&picture.to_luma8(), width, height, ExtendedColorType::L8)
    } else {
        encoder.encode(&picture.to_rgb8(), width, height, ExtendedColorType::Rgb8)
    }
    .map_err(|_| Failure::Damaged)?;
    Ok(Picture {
        jpeg,
        width,
        height,
    })
}

fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture;
    }
    let pixels = picture.to_rgba8();
    let blended = RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [r, g, b, alpha] = pixels.get_pixel(x, y).0.map(u16::from);
        // At most 255, because both weights add up to 255.
        Rgb([r, g, b].map(|colour| {
            u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        }))
    });
    DynamicImage::ImageRgb8(blended)
}
