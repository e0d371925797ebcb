//! The text of a page: the letters of its glyphs, in the order in which they are drawn, also those
//! that are drawn invisibly over a scan. Glyphs without letters, and letters that are drawn as
//! paths or pictures, give no text.

use hayro::hayro_interpret::font::Glyph;
use hayro::hayro_interpret::util::TransformExt as _;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache,
    InterpreterSettings, Paint, PathDrawMode, SoftMask, interpret_page,
};
use hayro::hayro_syntax::page::Page;
use hayro::vello_cpu::kurbo::{Affine, BezPath, Point, Rect};

/// A gap between two glyphs that parts words, in widths of an em.
const GAP: f64 = 0.12;
/// The assumed width of a glyph that does not tell it, in widths of an em.
const USUAL_WIDTH: f64 = 0.5;

/// Reads the text of a page.
pub(crate) fn of_page<'a>(page: &'a Page<'a>) -> String {
    let cache = InterpreterCache::new();
    let (width, height) = page.render_dimensions();
    let mut context = Context::new(
        page.initial_transform(true).to_kurbo(),
        Rect::new(0.0, 0.0, width.into(), height.into()),
        &cache,
        page.xref(),
        InterpreterSettings::default(),
    );
    let mut letters = Letters::default();
    interpret_page(page, &mut context, &mut letters);
    letters.text
}

#[derive(Default)]
struct Letters {
    text: String,
    /// The place where the next glyph of the word would stand, and the width of an em.
    next: Option<(Point, f64)>,
}

impl Letters {
    fn part_from_last(&mut self, at: Point, em: f64) {
        let Some((next, last_em)) = self.next else {
            return;
        };
        let em = em.max(last_em);
        if (at.y - next.y).abs() > em * 0.6 {
            self.text.push('\n');
        } else if (at.x - next.x).abs() > em * GAP {
            self.text.push(' ');
        }
    }
}

impl<'a> Device<'a> for Letters {
    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'a>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'a>,
        _: &GlyphDrawMode,
    ) {
        let Some(letters) = glyph.as_unicode() else {
            return;
        };
        let place = transform * glyph_transform;
        let at = place * Point::ZERO;
        // An em has 1000 units.
        let em = 1000.0 * place.determinant().abs().sqrt();
        self.part_from_last(at, em);
        match letters {
            hayro::hayro_interpret::hayro_cmap::BfString::Char(letter) => self.text.push(letter),
            hayro::hayro_interpret::hayro_cmap::BfString::String(letters) => {
                self.text.push_str(&letters);
            }
        }
        let width = match glyph {
            Glyph::Outline(outline) => outline.advance_width().map(f64::from),
            Glyph::Type3(_) => None,
        }
        .unwrap_or(USUAL_WIDTH * 1000.0);
        self.next = Some((place * Point::new(width, 0.0), em));
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'a>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'a>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
