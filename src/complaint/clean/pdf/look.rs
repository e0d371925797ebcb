//! Looking at a PDF's objects through their references.

use lopdf::{Dictionary, Document, Object};

use super::keys::{ACTIONS, Kind, NEVER_TYPES, SHOWN};

/// How many references in a row are followed.
const LONGEST: usize = 32;

/// What `object` stands for; null when that is nothing.
pub(super) fn resolve<'d>(document: &'d Document, object: &'d Object) -> &'d Object {
    let mut object = object;
    for _ in 0..LONGEST {
        match object {
            Object::Reference(id) => match document.objects.get(id) {
                Some(next) => object = next,
                None => return &Object::Null,
            },
            _ => return object,
        }
    }
    &Object::Null
}

/// The name under `key`.
pub(super) fn name<'d>(
    document: &'d Document,
    dictionary: &'d Dictionary,
    key: &[u8],
) -> Option<&'d [u8]> {
    dictionary
        .get(key)
        .ok()
        .and_then(|value| resolve(document, value).as_name().ok())
}

/// Whether nothing of this kind ever comes along.
pub(super) fn forbidden(document: &Document, dictionary: &Dictionary) -> bool {
    name(document, dictionary, b"Type").is_some_and(|name| NEVER_TYPES.contains(&name))
        || name(document, dictionary, b"S").is_some_and(|name| ACTIONS.contains(&name))
        // A signature names who signed, and would be broken anyway.
        || dictionary.has(b"ByteRange")
        || (kind_of(document, dictionary) == Kind::Note && !is_shown(document, dictionary))
}

/// Whether a note shows what it is by itself.
pub(super) fn is_shown(document: &Document, note: &Dictionary) -> bool {
    name(document, note, b"Subtype").is_some_and(|subtype| SHOWN.contains(&subtype))
}

/// What a dictionary is, by what it says and else by what it has.
pub(super) fn kind_of(document: &Document, dictionary: &Dictionary) -> Kind {
    match name(document, dictionary, b"Type") {
        Some(b"Pages") => Kind::Pages,
        Some(b"Page") => Kind::Page,
        Some(b"Annot") => Kind::Note,
        _ if dictionary.has(b"Kids") && dictionary.has(b"Count") => Kind::Pages,
        _ if dictionary.has(b"Rect") && dictionary.has(b"Subtype") => Kind::Note,
        _ if dictionary.has(b"Title") && dictionary.has(b"Parent") => Kind::Outline,
        _ if dictionary.has(b"Parent") && dictionary.has(b"MediaBox") => Kind::Page,
        _ => Kind::Other,
    }
}
