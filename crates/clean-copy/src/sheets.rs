//! Writes the copy: pages that are one picture, and typeset lines with pictures between them. The
//! PDF has no metadata; its identifier depends on its content only.

use krilla::geom::{Point, Size, Transform};
use krilla::image::Image;
use krilla::page::PageSettings;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};
use ttf_parser::Face;

use crate::budget::Budget;
use crate::picture::Picture;
use crate::{Failure, MAX_COPY, MAX_TEXT};

/// A4 and its margin, in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 50.0;
const FONT_SIZE: f32 = 10.0;
const LINE_HEIGHT: f32 = 14.0;
/// Most pages of a listing.
const MOST_PAGES: usize = 200;
/// Points per pixel of a picture: 150 dots per inch.
const POINTS_PER_PIXEL: f32 = 72.0 / 150.0;
/// Shown in place of a character that the font lacks.
const MISSING: char = '□';

/// The copy in progress.
pub(crate) struct Sheets {
    budget: Budget,
    document: Document,
    font: Font,
    face: Face<'static>,
    /// The page in progress, and the place of its next line from above.
    page: Vec<Placed>,
    at: f32,
    pages: usize,
    /// Bytes of the pictures so far.
    size: usize,
    /// Whether no further line fits.
    is_full: bool,
    left_out: u64,
    text: String,
}

enum Placed {
    Line(String, f32),
    Picture(Image, Size, f32),
}

impl Sheets {
    /// Begins a copy whose lines are set in `font`.
    pub(crate) fn new(font: &'static [u8], budget: Budget) -> Result<Self, Failure> {
        let settings = SerializeSettings {
            xmp_metadata: false,
            ..SerializeSettings::default()
        };
        Ok(Self {
            budget,
            document: Document::new_with(settings),
            font: Font::new(font.into(), 0).ok_or(Failure::TooComplex)?,
            face: Face::parse(font, 0).map_err(|_| Failure::TooComplex)?,
            page: Vec::new(),
            at: MARGIN,
            pages: 0,
            size: 0,
            is_full: false,
            left_out: 0,
            text: String::new(),
        })
    }

    /// Counts things that are not in the copy.
    pub(crate) fn leave_out(&mut self, count: usize) {
        self.left_out += count as u64;
    }

    /// Whether the copy may have a further page or picture.
    ///
    /// # Errors
    /// When the file needs the last effort.
    pub(crate) fn has_room(&self) -> Result<bool, Failure> {
        Ok(self.size < MAX_COPY && self.budget.allows_a_page()?)
    }

    /// Reports text to the screening. False when it does not fit; then it must not be shown.
    pub(crate) fn report(&mut self, text: &str) -> bool {
        let fits = self.text.len() + text.len() < MAX_TEXT;
        if fits {
            self.text.push_str(text);
            self.text.push('\n');
        }
        fits
    }

    /// Adds a page that is `picture`, of the picture's own size.
    pub(crate) fn add_whole_page(&mut self, picture: Picture) {
        #[expect(clippy::cast_precision_loss, reason = "a side has at most 4096 pixels")]
        let points = |pixels: u32| (pixels as f32 * POINTS_PER_PIXEL).max(1.0);
        let (width, height) = (points(picture.width), points(picture.height));
        self.add_page(picture, width, height);
    }

    /// Adds a page of this size, in points, that is `picture`.
    pub(crate) fn add_page(&mut self, picture: Picture, width: f32, height: f32) {
        // Readers of PDF accept pages of up to 14,400 points.
        let fitting = (14_400.0 / width.max(height)).min(1.0);
        let sized = Size::from_wh((width * fitting).max(3.0), (height * fitting).max(3.0));
        self.size += picture.jpeg.len();
        match (sized, Image::from_jpeg(picture.jpeg.into(), false)) {
            (Some(size), Ok(image)) => self.write(size, vec![Placed::Picture(image, size, 0.0)]),
            _ => self.leave_out(1),
        }
    }

    /// Adds a line of text, broken where it is too long.
    pub(crate) fn add_line(&mut self, line: &str) -> Result<(), Failure> {
        self.is_full = self.is_full || !self.report(line);
        if self.is_full {
            self.leave_out(1);
            return Ok(());
        }
        let mut shown = String::new();
        for letter in line.chars() {
            match letter {
                '\t' => shown.push_str("    "),
                _ if letter.is_control() => {}
                _ if self.face.glyph_index(letter).is_some() => shown.push(letter),
                _ => {
                    self.left_out += 1;
                    shown.push(MISSING);
                }
            }
        }
        for line in self.broken(&shown) {
            if self.make_room(LINE_HEIGHT)? {
                self.page.push(Placed::Line(line, self.at + FONT_SIZE));
                self.at += LINE_HEIGHT;
            } else {
                self.leave_out(1);
            }
        }
        Ok(())
    }

    /// Adds a picture between the lines.
    pub(crate) fn add_picture(&mut self, picture: Picture) -> Result<(), Failure> {
        #[expect(clippy::cast_precision_loss, reason = "a side has at most 4096 pixels")]
        let (width, height) = (picture.width as f32, picture.height as f32);
        let scale = POINTS_PER_PIXEL
            .min((WIDTH - 2.0 * MARGIN) / width)
            .min((HEIGHT - 2.0 * MARGIN) / height);
        let size = Size::from_wh((width * scale).max(1.0), (height * scale).max(1.0));
        let room = height * scale;
        self.size += picture.jpeg.len();
        let fits = !self.is_full && self.has_room()? && self.make_room(room)?;
        match (size, Image::from_jpeg(picture.jpeg.into(), false)) {
            (Some(size), Ok(image)) if fits => {
                self.page.push(Placed::Picture(image, size, self.at));
                self.at += room + LINE_HEIGHT / 2.0;
            }
            _ => self.leave_out(1),
        }
        Ok(())
    }

    /// The copy, the number of things left out, and the visible text.
    pub(crate) fn finish(mut self) -> Result<(Vec<u8>, u64, String), Failure> {
        if !self.page.is_empty() || self.pages == 0 {
            self.end_page();
        }
        let pdf = self.document.finish().map_err(|_| Failure::TooComplex)?;
        Ok((pdf, self.left_out, self.text))
    }

    /// Whether `height` points fit on a page; begins the next page if necessary.
    fn make_room(&mut self, height: f32) -> Result<bool, Failure> {
        if self.at + height > HEIGHT - MARGIN && !self.page.is_empty() {
            if self.pages + 1 >= MOST_PAGES || !self.has_room()? {
                self.is_full = true;
                return Ok(false);
            }
            self.end_page();
        }
        Ok(true)
    }

    fn end_page(&mut self) {
        let placed = std::mem::take(&mut self.page);
        self.at = MARGIN;
        if let Some(size) = Size::from_wh(WIDTH, HEIGHT) {
            self.write(size, placed);
        }
    }

    fn write(&mut self, size: Size, placed: Vec<Placed>) {
        self.pages += 1;
        let mut page = self.document.start_page_with(PageSettings::new(size));
        let mut surface = page.surface();
        for one in placed {
            match one {
                Placed::Line(line, y) => {
                    let glyphs = glyphs(&self.face, &line);
                    surface.draw_glyphs(
                        Point::from_xy(MARGIN, y),
                        &glyphs,
                        self.font.clone(),
                        &line,
                        FONT_SIZE,
                        false,
                    );
                }
                Placed::Picture(image, size, y) => {
                    let x = if y > 0.0 { MARGIN } else { 0.0 };
                    surface.push_transform(&Transform::from_translate(x, y));
                    surface.draw_image(image, size);
                    surface.pop();
                }
            }
        }
        surface.finish();
        page.finish();
    }

    /// Breaks a line at its spaces, and a word that is longer than a line anywhere.
    fn broken(&self, line: &str) -> Vec<String> {
        let most = WIDTH - 2.0 * MARGIN;
        let (mut lines, mut current, mut used) = (Vec::new(), String::new(), 0.0);
        for word in line.split_inclusive(' ') {
            let width: f32 = word.chars().map(|letter| advance(&self.face, letter)).sum();
            let width = width * FONT_SIZE;
            if used + width > most && !current.is_empty() {
                lines.push(std::mem::take(&mut current));
                used = 0.0;
            }
            if width <= most {
                current.push_str(word);
                used += width;
                continue;
            }
            for letter in word.chars() {
                let width = advance(&self.face, letter) * FONT_SIZE;
                if used + width > most {
                    lines.push(std::mem::take(&mut current));
                    used = 0.0;
                }
                current.push(letter);
                used += width;
            }
        }
        lines.push(current);
        lines
    }
}

/// The width of a letter, in widths of an em.
fn advance(face: &Face<'_>, letter: char) -> f32 {
    let glyph = face.glyph_index(letter).unwrap_or_default();
    f32::from(face.glyph_hor_advance(glyph).unwrap_or_default()) / f32::from(face.units_per_em())
}

fn glyphs(face: &Face<'_>, line: &str) -> Vec<KrillaGlyph> {
    line.char_indices()
        .map(|(at, letter)| KrillaGlyph {
            glyph_id: GlyphId::new(face.glyph_index(letter).unwrap_or_default().0.into()),
            text_range: at..at + letter.len_utf8(),
            x_advance: advance(face, letter),
            x_offset: 0.0,
            y_offset: 0.0,
            y_advance: 0.0,
            location: None,
        })
        .collect()
}
