//! The typeface of every letter: Liberation Sans (the widths of Arial), as files beside their licence.

use typst::foundations::Bytes;
use typst::text::Font;

/// Regular, bold and italic; nothing else is used.
const FILES: [&[u8]; 3] = [
    include_bytes!("fonts/LiberationSans-Regular.ttf"),
    include_bytes!("fonts/LiberationSans-Bold.ttf"),
    include_bytes!("fonts/LiberationSans-Italic.ttf"),
];

/// The faces, read from the files.
pub(super) fn faces() -> Vec<Font> {
    FILES
        .iter()
        .flat_map(|file| Font::iter(Bytes::new(*file)))
        .collect()
}

/// Whether every one of `faces` can show `c`: a glyph that is missing in bold would be missing in a heading.
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
