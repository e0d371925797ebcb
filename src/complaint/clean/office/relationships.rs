//! Relationships of a part of an Office file (ECMA-376 part 2, 9.3). Internal targets are followed,
//! external ones are dropped.

use std::collections::HashSet;
use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::Event;

/// A relationship with an internal target.
#[derive(Debug)]
pub(super) struct Link {
    pub id: String,
    pub kind: String,
    /// Target part, from the root, in lower case.
    pub target: String,
}

/// The relationships of a part.
#[derive(Debug, Default)]
pub(super) struct Links {
    pub internal: Vec<Link>,
    /// Ids of the relationships with external targets.
    pub external: HashSet<String>,
}

/// Reads the relationships of the part `source`; none when `text` is malformed.
pub(super) fn read(text: &str, source: &str) -> Option<Links> {
    let mut reader = Reader::from_str(text);
    let mut links = Links::default();
    loop {
        let element = match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element)
                if element.local_name().as_ref() == "Relationship" =>
            {
                element
            }
            Event::DocType(_) => return None,
            Event::Eof => return Some(links),
            _ => continue,
        };
        let attribute = |name: &str| {
            let found = element
                .attributes()
                .filter_map(Result::ok)
                .find(|attribute| attribute.key.as_ref() == name)?;
            quick_xml::escape::unescape(&found.value)
                .ok()
                .map(std::borrow::Cow::into_owned)
        };
        let (id, kind) = (attribute("Id")?, attribute("Type")?);
        let target = attribute("Target").filter(|_| {
            attribute("TargetMode").is_none_or(|mode| mode.eq_ignore_ascii_case("internal"))
        });
        match target
            .and_then(|target| resolve(&target, source))
            .filter(|_| is_known_type(&kind))
        {
            Some(target) => links.internal.push(Link { id, kind, target }),
            None => drop(links.external.insert(id)),
        }
    }
}

/// Writes the relationships as a part.
pub(super) fn write(links: &[Link]) -> Vec<u8> {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
    );
    for Link { id, kind, target } in links {
        let (id, kind, target) = (
            escape(id.as_str()),
            escape(kind.as_str()),
            escape(target.as_str()),
        );
        write!(
            text,
            "<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"/{target}\"/>"
        )
        .expect("a string takes any text");
    }
    text.push_str("</Relationships>");
    text.into_bytes()
}

fn is_known_type(kind: &str) -> bool {
    let schemas = [
        "http://schemas.openxmlformats.org/officeDocument/",
        "http://purl.oclc.org/ooxml/officeDocument/",
        "http://schemas.microsoft.com/office/",
    ];
    schemas.iter().any(|schema| kind.starts_with(schema))
        && kind
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b":/.-_".contains(&byte))
}

/// Resolves `target` relative to `source`.
fn resolve(target: &str, source: &str) -> Option<String> {
    let target = target.replace('\\', "/").to_lowercase();
    if target.contains(':') {
        return None;
    }
    let mut path: Vec<&str> = match (target.starts_with('/'), source.rsplit_once('/')) {
        (false, Some((folder, _))) => folder.split('/').collect(),
        (true, _) | (false, None) => Vec::new(),
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()?),
            step => path.push(step),
        }
    }
    Some(path.join("/"))
}
