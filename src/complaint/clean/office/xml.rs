//! Copies the XML of a part without identifying elements and attributes. Document types and
//! entities are refused; comments and processing instructions are dropped.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};

use super::PartError;
use super::authors::Authors;
use super::rules::{
    AttributeRule, DROPPED, EMPTIED, KEPT_UNLINKED, RELATIONSHIP_ATTRIBUTES, UNWRAPPED,
    attribute_rule,
};

/// Deepest nesting of elements.
const MAX_DEPTH: usize = 400;
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// Copies the part `name`. The relationships `dropped` are removed, and the search for names is
/// subtracted from `search_budget`.
pub(super) fn clean(
    text: &str,
    name: &str,
    dropped: &HashSet<String>,
    search_budget: &mut usize,
) -> Result<Vec<u8>, PartError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let authors = if name.starts_with("xl/comments") {
        Authors::read(text)?
    } else {
        Authors::default()
    };
    let sheet = name.starts_with("xl/worksheets/");
    let mut reader = Reader::from_str(text);
    let mut writer = quick_xml::Writer::new(HEAD.as_bytes().to_vec());
    // For every open element: whether the element is in the copy, and whether its text is.
    let mut open: Vec<(bool, bool)> = Vec::new();
    loop {
        let event = reader.read_event().map_err(|_| PartError::Broken)?;
        let kept = match event {
            Event::Start(element) => {
                if open.len() >= MAX_DEPTH {
                    return Err(PartError::TooComplex);
                }
                let local = element.local_name();
                let local = local.as_ref();
                if let Some(copy) = rewrite(&element, dropped, sheet)? {
                    let stays = !UNWRAPPED.contains(&local);
                    open.push((stays, !EMPTIED.contains(&local)));
                    stays.then_some(Event::Start(copy))
                } else {
                    let end = element.to_end().into_owned();
                    reader
                        .read_to_end(end.name())
                        .map_err(|_| PartError::Broken)?;
                    None
                }
            }
            Event::Empty(element) => {
                let unwrapped = UNWRAPPED.contains(&element.local_name().as_ref());
                rewrite(&element, dropped, sheet)?
                    .filter(|_| !unwrapped)
                    .map(Event::Empty)
            }
            Event::End(element) => open
                .pop()
                .ok_or(PartError::Broken)?
                .0
                .then_some(Event::End(element)),
            Event::Text(text) => {
                let said = open.last().is_some_and(|(_, said)| *said);
                said.then(|| authors.strip(text, search_budget).map(Event::Text))
                    .transpose()?
            }
            Event::CData(text) => {
                let said = open.last().is_some_and(|(_, said)| *said);
                let text = said
                    .then(|| text.escape())
                    .transpose()
                    .map_err(|_| PartError::Broken)?;
                text.map(|text| authors.strip(text, search_budget).map(Event::Text))
                    .transpose()?
            }
            Event::GeneralRef(reference) => {
                let known = reference.is_char_ref()
                    || ["lt", "gt", "amp", "quot", "apos"]
                        .contains(&&*reference.borrow().into_inner());
                let said = open.last().is_some_and(|(_, said)| *said);
                if !known {
                    return Err(PartError::Broken);
                }
                said.then_some(Event::GeneralRef(reference))
            }
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => None,
            Event::Eof if open.is_empty() => return Ok(writer.into_inner()),
            Event::DocType(_) | Event::Eof => return Err(PartError::Broken),
        };
        if let Some(kept) = kept {
            writer.write_event(kept).map_err(|_| PartError::Broken)?;
        }
    }
}

/// The element in the copy; none when it is dropped.
fn rewrite(
    element: &BytesStart<'_>,
    dropped: &HashSet<String>,
    sheet: bool,
) -> Result<Option<BytesStart<'static>>, PartError> {
    let local = element.local_name();
    let local = local.as_ref();
    // The result of a formula stands beside it.
    if DROPPED.contains(&local) || (sheet && local == "f") {
        return Ok(None);
    }
    let mut copy = BytesStart::new(element.name().as_ref().to_owned());
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|_| PartError::Broken)?;
        let (prefix, name) = attribute
            .key
            .as_ref()
            .split_once(':')
            .unwrap_or(("", attribute.key.as_ref()));
        if !prefix.is_empty()
            && prefix != "w"
            && RELATIONSHIP_ATTRIBUTES.contains(&name)
            && dropped.contains(&*attribute.value)
        {
            if KEPT_UNLINKED.contains(&local) || name == "link" {
                continue;
            }
            return Ok(None);
        }
        match attribute_rule(local, prefix, name) {
            AttributeRule::Kept => copy.push_attribute(attribute),
            AttributeRule::Dropped => {}
            AttributeRule::Replaced(what) => copy.push_attribute(Attribute {
                key: attribute.key,
                value: Cow::Borrowed(what),
            }),
        }
    }
    Ok(Some(copy))
}

/// Reads the content types by part name in lower case, without the leading slash (ECMA-376 part 2,
/// 10.1.2).
pub(super) fn content_types(text: &str) -> Option<HashMap<String, String>> {
    let (mut reader, mut types) = (Reader::from_str(text), HashMap::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element)
                if element.local_name().as_ref() == "Override" =>
            {
                let attribute = |name: &str| {
                    element
                        .try_get_attribute(name)
                        .ok()
                        .flatten()
                        .map(|attribute| attribute.value.into_owned())
                };
                let name = attribute("PartName")?.to_lowercase();
                types.insert(
                    name.trim_start_matches('/').to_owned(),
                    attribute("ContentType")?,
                );
            }
            Event::DocType(_) => return None,
            Event::Eof => return Some(types),
            _ => {}
        }
    }
}

/// Writes the content types of `parts` and of the pictures.
pub(super) fn write_content_types(parts: &BTreeMap<String, String>) -> Vec<u8> {
    let mut text = format!(
        "{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"vml\" ContentType=\"application/vnd.openxmlformats-officedocument.vmlDrawing\"/>\
         <Default Extension=\"png\" ContentType=\"image/png\"/><Default Extension=\"jpeg\" ContentType=\"image/jpeg\"/>"
    );
    for (name, content_type) in parts {
        let (name, content_type) = (escape(name.as_str()), escape(content_type.as_str()));
        write!(
            text,
            "<Override PartName=\"/{name}\" ContentType=\"{content_type}\"/>"
        )
        .expect("a string takes any text");
    }
    text.push_str("</Types>");
    text.into_bytes()
}
