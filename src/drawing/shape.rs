//! The shapes of a drawing.

/// A place on the sheet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// A place.
#[must_use]
pub fn at(x: f64, y: f64) -> Point {
    Point { x, y }
}

/// A rectangle, its sides along the sheet's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left side.
    pub x: f64,
    /// Upper side.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Rect {
    /// The point in the middle.
    #[must_use]
    pub fn middle(&self) -> Point {
        at(self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Whether the insides of both have a point in common; sides may touch.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        const TOUCH: f64 = 0.01;
        self.x + TOUCH < other.x + other.w
            && other.x + TOUCH < self.x + self.w
            && self.y + TOUCH < other.y + other.h
            && other.y + TOUCH < self.y + self.h
    }

    /// Whether `other` lies within it.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        const TOUCH: f64 = 0.01;
        self.x <= other.x + TOUCH
            && self.y <= other.y + TOUCH
            && other.x + other.w <= self.x + self.w + TOUCH
            && other.y + other.h <= self.y + self.h + TOUCH
    }
}

/// A filled rectangle.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Where.
    pub rect: Rect,
    /// Its colour, or `none`.
    pub fill: &'static str,
    /// Colour of its outline, or `none`.
    pub outline: &'static str,
    /// Whether the outline is dashed.
    pub dashed: bool,
    /// Radius of its corners.
    pub round: f64,
    /// Whether other things may lie on it: backgrounds and bands.
    pub background: bool,
    /// What it shows, for who asks (`title` of SVG).
    pub says: Option<String>,
}

/// A line of straight pieces.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its corners, in order.
    pub corners: Vec<Point>,
    /// Its colour.
    pub colour: &'static str,
    /// Its width.
    pub width: f64,
    /// Whether it is dashed.
    pub dashed: bool,
    /// Whether it ends in an arrowhead.
    pub arrow: bool,
    /// Whether it is only ruled: grids and borders, which arrows may cross.
    pub ruled: bool,
}

/// Where a text stands at its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// It is centred there.
    Middle,
    /// It ends there.
    End,
}

/// One line of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// The text.
    pub text: String,
    /// Where its base line is.
    pub at: Point,
    /// Size of the letters.
    pub size: f64,
    /// Bold or not.
    pub bold: bool,
    /// Its colour.
    pub colour: &'static str,
    /// Where it stands.
    pub anchor: Anchor,
    /// Whether it has a white rim, which keeps it legible on a grid.
    pub rim: bool,
}

impl Words {
    /// The room it takes at most.
    #[must_use]
    pub fn room(&self) -> Rect {
        let w = super::text::width(&self.text, self.size, self.bold);
        let x = match self.anchor {
            Anchor::Start => self.at.x,
            Anchor::Middle => self.at.x - w / 2.0,
            Anchor::End => self.at.x - w,
        };
        Rect {
            x,
            y: self.at.y - 0.76 * self.size,
            w,
            h: 0.98 * self.size,
        }
    }
}
