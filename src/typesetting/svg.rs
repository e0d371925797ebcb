//! Exports a drawing as SVG. Text becomes outlines, so that it looks the same without our fonts.

use quick_xml::escape::escape;
use typst::layout::Abs;
use typst::model::Document as _;
use typst_layout::PagedDocument;
use typst_svg::SvgOptions;

/// The decimals of a length; a hundredth of a point is not visible.
const DECIMALS: usize = 2;

/// The document as SVG, with title, description and language for screen readers.
pub(super) fn svg(document: &PagedDocument) -> String {
    let info = document.info();
    let head = head(
        info.locale.unwrap_or_default().lang.as_str(),
        info.title.as_deref().unwrap_or_default(),
        info.description.as_deref().unwrap_or_default(),
    );
    let drawn = typst_svg::svg_merged(document, &SvgOptions::default(), Abs::zero());
    // The defaults of SVG are left out.
    let defaults = [" fill-rule=\"nonzero\"", " fill=\"#000000\"", " y=\"0\""];
    let short = defaults
        .into_iter()
        .fold(shortened(&drawn), |svg, default| svg.replace(default, ""));
    short.replacen('>', &head, 1).replace("><", ">\n<")
}

/// The attributes of the picture, its title and its description, which may hold any text.
fn head(language: &str, title: &str, description: &str) -> String {
    let (title, description) = (escape(title), escape(description));
    format!(
        " role=\"img\" aria-labelledby=\"title desc\" xml:lang=\"{language}\"><title id=\"title\">{title}</title><desc id=\"desc\">{description}</desc>"
    )
}

/// Shortens each number in `svg` to [`DECIMALS`] decimals. The SVG contains no text that could look
/// like a number.
fn shortened(svg: &str) -> String {
    let mut room = usize::MAX;
    let kept = |c: &char| {
        room = match (*c, room) {
            ('.', _) => DECIMALS + 1,
            ('0'..='9', usize::MAX) => usize::MAX,
            ('0'..='9', room) => room.saturating_sub(1),
            _ => usize::MAX,
        };
        room > 0
    };
    svg.chars().filter(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_text_in_it_and_nothing_else() {
        let written = "</title><script>alert(1)</script> & \"x\"";
        let head = head("id", written, written);
        assert!(!head.contains("<script"), "{head}");
        assert_eq!(
            head.matches("&lt;script&gt;alert(1)&lt;/script&gt; &amp;")
                .count(),
            2
        );
    }

    #[test]
    fn a_length_keeps_two_decimals() {
        assert_eq!(
            shortened("<path d=\"M 0.123456 12.5v-1234567.8 9\" x=\"1.0004pt\"/>"),
            "<path d=\"M 0.12 12.5v-1234567.8 9\" x=\"1.00pt\"/>"
        );
    }
}
