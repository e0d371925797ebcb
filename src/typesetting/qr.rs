//! The QR code of a letter as SVG; it encodes the address of the letter's verification page.

use fast_qr::convert::Builder as _;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::qr::QRBuilder;

use crate::error::{Error, Result};

/// Encodes `url` as a QR code (SVG) with a quiet zone of two modules. Fails if the address is too
/// long for a QR code.
pub fn svg(url: &str) -> Result<Vec<u8>> {
    let code = QRBuilder::new(url)
        .build()
        .map_err(|error| Error::internal(format!("no QR code: {error:?}")))?;
    Ok(SvgBuilder::default().margin(2).to_str(&code).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::svg;

    #[test]
    fn an_address_becomes_a_drawing_and_a_book_does_not() {
        let drawing = String::from_utf8(svg("https://example.go.id/v/7K3F9QX2").unwrap()).unwrap();
        assert!(
            drawing.starts_with("<svg") && drawing.contains("<path"),
            "{drawing}"
        );
        assert!(svg(&"x".repeat(5_000)).is_err());
    }
}
