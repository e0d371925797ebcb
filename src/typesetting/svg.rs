//! A drawing as SVG: its letters are outlines, so that it looks the same on every machine.

use quick_xml::escape::escape;
use typst::layout::Abs;
use typst::model::Document as _;
use typst_layout::PagedDocument;
use typst_svg::SvgOptions;

/// Decimals of a length that are kept: a hundredth of a point is seen on no screen and no print.
const DECIMALS: usize = 2;

/// The document, with its title, description and language for readers who cannot see it.
pub(super) fn svg(document: &PagedDocument) -> String {
    let info = document.info();
    let told = |text: Option<&str>| escape(text.unwrap_or_default().to_owned());
    let head = format!(
        " role=\"img\" aria-labelledby=\"title desc\" xml:lang=\"{}\"><title id=\"title\">{}</title><desc id=\"desc\">{}</desc>",
        info.locale.unwrap_or_default().lang.as_str(),
        told(info.title.as_deref()),
        told(info.description.as_deref()),
    );
    let drawn = typst_svg::svg_merged(document, &SvgOptions::default(), Abs::zero());
    // Left out is what SVG takes for granted.
    let granted = [" fill-rule=\"nonzero\"", " fill=\"#000000\"", " y=\"0\""];
    let short = granted
        .into_iter()
        .fold(shortened(&drawn), |svg, one| svg.replace(one, ""));
    short.replacen('>', &head, 1).replace("><", ">\n<")
}

/// `svg` with at most so many digits after each decimal point. It holds no text but numbers and names of ours.
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
    fn a_length_keeps_two_decimals() {
        assert_eq!(
            shortened("<path d=\"M 0.123456 12.5v-1234567.8 9\" x=\"1.0004pt\"/>"),
            "<path d=\"M 0.12 12.5v-1234567.8 9\" x=\"1.00pt\"/>"
        );
    }
}
