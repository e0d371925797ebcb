//! The font of every letter: Liberation Sans (metrically compatible with Arial), embedded, with its
//! licence beside the files.

use typst::foundations::Bytes;
use typst::text::Font;

/// The upright face of normal weight.
pub const REGULAR_FONT: &[u8] = include_bytes!("fonts/LiberationSans-Regular.ttf");

/// Regular, bold and italic, the only faces in use.
const FILES: [&[u8]; 3] = [
    REGULAR_FONT,
    include_bytes!("fonts/LiberationSans-Bold.ttf"),
    include_bytes!("fonts/LiberationSans-Italic.ttf"),
];

/// Parses the embedded font files.
pub(super) fn faces() -> Vec<Font> {
    FILES
        .iter()
        .flat_map(|file| Font::iter(Bytes::new(*file)))
        .collect()
}

/// True if every face has a glyph for `c`. A glyph that only the bold face lacks would be missing
/// in headings.
pub(super) fn can_show(faces: &[Font], c: char) -> bool {
    faces
        .iter()
        .all(|face| face.info().coverage.contains(c.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_faces_are_three_of_one_family_and_know_what_indonesian_needs() {
        let faces = faces();
        assert_eq!(faces.len(), 3);
        assert!(
            faces
                .iter()
                .all(|face| face.info().family == "Liberation Sans")
        );
        assert!(
            "Aa0é–—“”‘’…·•§±×□☐☑"
                .chars()
                .filter(|c| !can_show(&faces, *c))
                .eq("☐☑".chars())
        );
    }
}
