//! A sheet that shapes are put on, and how it becomes SVG.

use std::fmt::Write as _;

use super::shape::{Anchor, Bar, Line, Point, Rect, Words, at};

/// Nearly black: legible on every printer.
pub const INK: &str = "#1a1a1a";
/// For what is secondary, still dark enough on paper (contrast over 7).
pub const SOFT: &str = "#4a4a4a";
/// For rules and grids.
pub const RULE: &str = "#b8b8b8";

/// A sheet. Its unit is what the caller makes it; `print` says how large it is on paper.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
    /// Width and height on paper, as SVG writes lengths.
    pub print: (String, String),
    /// Its name, for who cannot see it.
    pub title: String,
    /// What it shows, for who cannot see it.
    pub description: String,
    /// `id` or `en`.
    pub language: &'static str,
    /// Rectangles, in the order they are drawn.
    pub bars: Vec<Bar>,
    /// Lines.
    pub lines: Vec<Line>,
    /// Texts.
    pub words: Vec<Words>,
}

impl Sheet {
    /// An empty sheet.
    #[must_use]
    pub fn new(
        w: f64,
        h: f64,
        title: impl Into<String>,
        description: impl Into<String>,
        language: &'static str,
    ) -> Self {
        let print = (number(w), number(h));
        Self {
            w,
            h,
            print,
            title: title.into(),
            description: description.into(),
            language,
            bars: Vec::new(),
            lines: Vec::new(),
            words: Vec::new(),
        }
    }

    /// Puts one line of text at a point.
    pub fn write(
        &mut self,
        point: Point,
        text: impl Into<String>,
        size: f64,
        anchor: Anchor,
    ) -> &mut Words {
        self.words.push(Words {
            text: text.into(),
            at: point,
            size,
            bold: false,
            colour: INK,
            anchor,
            rim: false,
        });
        let last = self.words.len() - 1;
        &mut self.words[last]
    }

    /// Puts a filled rectangle.
    pub fn fill(&mut self, rect: Rect, fill: &'static str) -> &mut Bar {
        self.bars.push(Bar {
            rect,
            fill,
            outline: "none",
            dashed: false,
            round: 0.0,
            background: false,
            says: None,
        });
        let last = self.bars.len() - 1;
        &mut self.bars[last]
    }

    /// Rules a line between two points.
    pub fn rule(&mut self, from: Point, to: Point, colour: &'static str, width: f64) -> &mut Line {
        self.lines.push(Line {
            corners: vec![from, to],
            colour,
            width,
            dashed: false,
            arrow: false,
            ruled: true,
        });
        let last = self.lines.len() - 1;
        &mut self.lines[last]
    }

    /// Draws an arrow along these corners.
    pub fn arrow(&mut self, corners: Vec<Point>, colour: &'static str, width: f64) -> &mut Line {
        self.lines.push(Line {
            corners,
            colour,
            width,
            dashed: false,
            arrow: true,
            ruled: false,
        });
        let last = self.lines.len() - 1;
        &mut self.lines[last]
    }

    /// As SVG.
    #[must_use]
    pub fn svg(&self) -> String {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"title desc\" \
             xml:lang=\"{}\" font-family=\"Liberation Sans, Arial, Helvetica, DejaVu Sans, sans-serif\">\n\
             <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
            self.print.0,
            self.print.1,
            number(self.w),
            number(self.h),
            self.language,
            escaped(&self.title),
            escaped(&self.description),
        );
        for bar in self.bars.iter().filter(|bar| bar.background) {
            rectangle(&mut svg, bar);
        }
        for line in self.lines.iter().filter(|line| line.ruled) {
            stroke(&mut svg, line);
        }
        for line in self.lines.iter().filter(|line| !line.ruled) {
            stroke(&mut svg, line);
        }
        for bar in self.bars.iter().filter(|bar| !bar.background) {
            rectangle(&mut svg, bar);
        }
        for words in &self.words {
            text(&mut svg, words);
        }
        svg + "</svg>\n"
    }
}

fn rectangle(svg: &mut String, bar: &Bar) {
    let Rect { x, y, w, h } = bar.rect;
    let _ = write!(
        svg,
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"",
        number(x),
        number(y),
        number(w),
        number(h),
        bar.fill
    );
    if bar.round > 0.0 {
        let _ = write!(svg, " rx=\"{}\"", number(bar.round));
    }
    if bar.outline != "none" {
        let _ = write!(
            svg,
            " stroke=\"{}\"{}",
            bar.outline,
            if bar.dashed {
                " stroke-dasharray=\"3 2\""
            } else {
                ""
            }
        );
    }
    match &bar.says {
        Some(says) => drop(writeln!(svg, "><title>{}</title></rect>", escaped(says))),
        None => svg.push_str("/>\n"),
    }
}

fn stroke(svg: &mut String, line: &Line) {
    let points: Vec<String> = line
        .corners
        .iter()
        .map(|corner| format!("{},{}", number(corner.x), number(corner.y)))
        .collect();
    let _ = writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{}/>",
        points.join(" "),
        line.colour,
        number(line.width),
        if line.dashed {
            " stroke-dasharray=\"4 2.5\""
        } else {
            ""
        },
    );
    if let ([.., before, tip], true) = (&line.corners[..], line.arrow) {
        let head = head(*before, *tip, 3.0 + 2.5 * line.width);
        let points: Vec<String> = head
            .iter()
            .map(|corner| format!("{},{}", number(corner.x), number(corner.y)))
            .collect();
        let _ = writeln!(
            svg,
            "<polygon points=\"{}\" fill=\"{}\"/>",
            points.join(" "),
            line.colour
        );
    }
}

/// The arrowhead at `tip`, of a line that comes from `before` along an axis.
fn head(before: Point, tip: Point, size: f64) -> [Point; 3] {
    let (x, y) = (
        (tip.x - before.x).signum() * f64::from((tip.x - before.x).abs() > 0.01),
        (tip.y - before.y).signum() * f64::from((tip.y - before.y).abs() > 0.01),
    );
    let (foot, half) = (at(tip.x - x * size, tip.y - y * size), size * 0.45);
    [
        tip,
        at(foot.x - y * half, foot.y - x * half),
        at(foot.x + y * half, foot.y + x * half),
    ]
}

fn text(svg: &mut String, words: &Words) {
    let anchor = match words.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let bold = if words.bold {
        " font-weight=\"bold\""
    } else {
        ""
    };
    let rim = if words.rim {
        " paint-order=\"stroke\" stroke=\"#ffffff\" stroke-width=\"4\" stroke-linejoin=\"round\""
    } else {
        ""
    };
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"{anchor}{bold}{rim}>{}</text>",
        number(words.at.x),
        number(words.at.y),
        number(words.size),
        words.colour,
        escaped(&words.text),
    );
}

/// A number with at most two decimals and no tail of noughts.
fn number(number: f64) -> String {
    let text = format!("{number:.2}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" {
        "0".to_owned()
    } else {
        short.to_owned()
    }
}

/// Text as XML takes it; characters that XML has no place for are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_text_in_it_and_nothing_else() {
        let mut sheet = Sheet::new(10.0, 5.5, "<script>", "a & b", "id");
        sheet.write(at(1.0, 2.0), "\"<b>\u{1}\u{0}&", 1.0, Anchor::Start);
        let svg = sheet.svg();
        assert!(
            svg.contains("<title id=\"title\">&lt;script&gt;</title>")
                && svg.contains(">&quot;&lt;b&gt;&amp;</text>"),
            "{svg}"
        );
        assert!(svg.contains("viewBox=\"0 0 10 5.5\"") && svg.ends_with("</svg>\n"));
    }

    #[test]
    fn an_arrowhead_points_where_the_line_goes() {
        assert_eq!(
            head(at(0.0, 0.0), at(10.0, 0.0), 2.0),
            [at(10.0, 0.0), at(8.0, -0.9), at(8.0, 0.9)]
        );
        assert_eq!(head(at(5.0, 9.0), at(5.0, 1.0), 2.0)[0], at(5.0, 1.0));
        assert!((head(at(5.0, 9.0), at(5.0, 1.0), 2.0)[1].y - 3.0).abs() < 1e-9);
    }
}
