//! Drawings in Office files: what of them is hidden, and which part of a picture is shown.

use roxmltree::Node;

use crate::package::{Link, LocalNames as _, Package};
use crate::picture::{Crop, Picture, remake_cropped};

/// Shapes of a picture whose edges are those of its file, corners aside.
const WHOLE_SHAPES: [&str; 2] = ["rect", "roundRect"];

/// Whether a drawing, or a shape in it, is hidden.
pub(crate) fn is_hidden(drawing: Node<'_, '_>) -> bool {
    let says_so = |node: Node<'_, '_>| matches!(node.local_attribute("hidden"), Some("1" | "true"));
    let says = |properties: Node<'_, '_>| {
        ["docPr", "cNvPr"].contains(&properties.tag_name().name()) && says_so(properties)
    };
    let hides = |child: Node<'_, '_>| {
        says(child) || (child.tag_name().name().starts_with("nv") && child.children().any(says))
    };
    // In VML.
    let style = drawing.local_attribute("style").unwrap_or_default();
    let style = style.replace(char::is_whitespace, "").to_lowercase();
    (drawing.has_tag_name_of("anchor") && says_so(drawing))
        || drawing.children().any(hides)
        || style.contains("visibility:hidden")
        || style.contains("display:none")
}

/// Makes the visible part of a picture anew; `blip` is the element that names its file. None when
/// it lies outside the file, cannot be read, or is cut into a shape.
pub(crate) fn picture(
    package: &mut Package,
    links: &[Link],
    blip: Node<'_, '_>,
) -> Option<Picture> {
    let (id, crop) = if blip.has_tag_name_of("imagedata") {
        (blip.local_attribute("id")?, vml_crop(blip)?)
    } else {
        (blip.local_attribute("embed")?, crop(blip)?)
    };
    let link = links.iter().find(|link| link.id == id)?;
    let file = package.read(link.target.as_ref()?)?;
    remake_cropped(&file, crop).ok()
}

/// The crop of a picture; none when more of it is cut off than its sides.
fn crop(blip: Node<'_, '_>) -> Option<Crop> {
    let Some(fill) = blip
        .parent()
        .filter(|fill| fill.has_tag_name_of("blipFill"))
    else {
        return Some(Crop::default());
    };
    let shape = fill
        .parent()
        .and_then(|picture| picture.local_child("spPr"))
        .and_then(|properties| {
            properties.children().find(|child| {
                child.has_tag_name_of("prstGeom") || child.has_tag_name_of("custGeom")
            })
        });
    let whole = shape.is_none_or(|shape| {
        shape
            .local_attribute("prst")
            .is_some_and(|name| WHOLE_SHAPES.contains(&name))
    });
    let fitted = fill
        .local_child("stretch")
        .and_then(|stretch| stretch.local_child("fillRect"));
    // A fill that reaches beyond its shape is cut off there.
    let within = match fitted {
        Some(rectangle) => sides(rectangle, ["l", "t", "r", "b"], percent)?
            .iter()
            .all(|side| *side >= 0.0),
        None => fill.local_child("tile").is_none(),
    };
    let [left, top, right, bottom] = match fill.local_child("srcRect") {
        Some(rectangle) => sides(rectangle, ["l", "t", "r", "b"], percent)?,
        None => [0.0; 4],
    };
    (whole && within).then_some(Crop {
        left,
        top,
        right,
        bottom,
    })
}

fn vml_crop(data: Node<'_, '_>) -> Option<Crop> {
    let names = ["cropleft", "croptop", "cropright", "cropbottom"];
    let [left, top, right, bottom] = sides(data, names, fraction)?;
    Some(Crop {
        left,
        top,
        right,
        bottom,
    })
}

/// The attributes of these names as shares of a side, nothing where one is absent; none when one
/// cannot be read.
fn sides(node: Node<'_, '_>, names: [&str; 4], read: fn(&str) -> Option<f64>) -> Option<[f64; 4]> {
    let mut shares = [0.0; 4];
    for (share, name) in shares.iter_mut().zip(names) {
        if let Some(text) = node.local_attribute(name) {
            *share = read(text.trim()).filter(|share| share.is_finite())?;
        }
    }
    Some(shares)
}

/// `25000` and `25%`.
fn percent(text: &str) -> Option<f64> {
    match text.strip_suffix('%') {
        Some(number) => number.parse::<f64>().ok().map(|number| number / 100.0),
        None => text.parse::<f64>().ok().map(|number| number / 100_000.0),
    }
}

/// `16384f` in parts of 65,536, `0.25` and `25%`.
fn fraction(text: &str) -> Option<f64> {
    match (text.strip_suffix('f'), text.strip_suffix('%')) {
        (Some(parts), _) => parts.parse::<f64>().ok().map(|parts| parts / 65_536.0),
        (None, Some(number)) => number.parse::<f64>().ok().map(|number| number / 100.0),
        (None, None) => text.parse().ok(),
    }
}
