//! Pictures: decoded, turned upright, laid on white and encoded as JPEG, so that only pixels stay.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
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

/// The shares of a picture that are cut off at its sides.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Crop {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Crop {
    /// Cuts the sides off; none when nothing is left.
    fn apply(self, picture: &DynamicImage) -> Option<DynamicImage> {
        // Rounded up, so that no pixel that is partly cut off stays.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share of a side"
        )]
        let cut = |share: f64, side: u32| (share.clamp(0.0, 1.0) * f64::from(side)).ceil() as u32;
        let (width, height) = picture.dimensions();
        let (x, y) = (cut(self.left, width), cut(self.top, height));
        let left = |side: u32, before: u32, after: u32| {
            side.checked_sub(before)?
                .checked_sub(after)
                .filter(|rest| *rest > 0)
        };
        Some(picture.crop_imm(
            x,
            y,
            left(width, x, cut(self.right, width))?,
            left(height, y, cut(self.bottom, height))?,
        ))
    }
}

/// Makes a picture anew.
pub(crate) fn remake(file: &[u8]) -> Result<Picture, Failure> {
    remake_cropped(file, Crop::default())
}

/// Makes the part of a picture anew that is left when it is cropped.
pub(crate) fn remake_cropped(file: &[u8], crop: Crop) -> Result<Picture, Failure> {
    let mut reader = ImageReader::new(Cursor::new(file))
        .with_guessed_format()
        .map_err(|_| Failure::Damaged)?;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(DECODED);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| reason(&error))?;
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| reason(&error))?;
    if crop != Crop::default() {
        // Programs differ in whether they crop a picture before they turn it.
        if orientation.is_some_and(|orientation| orientation != Orientation::NoTransforms) {
            return Err(Failure::Damaged);
        }
        picture = crop.apply(&picture).ok_or(Failure::Damaged)?;
    }
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
