//! Access to the objects of a PDF through references.

use lopdf::{Dictionary, Document, Object};

use super::keys::{DROPPED_ACTIONS, DROPPED_TYPES, DictionaryKind, SHOWN_ANNOTATIONS};

/// Most references followed in a row.
const MAX_REFERENCES: usize = 32;

/// Resolves references; null when the target is missing.
pub(super) fn resolve<'d>(document: &'d Document, object: &'d Object) -> &'d Object {
    let mut object = object;
    for _ in 0..MAX_REFERENCES {
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

/// Whether objects of this kind are always dropped.
pub(super) fn is_forbidden(document: &Document, dictionary: &Dictionary) -> bool {
    name(document, dictionary, b"Type").is_some_and(|name| DROPPED_TYPES.contains(&name))
        || name(document, dictionary, b"S").is_some_and(|name| DROPPED_ACTIONS.contains(&name))
        // A signature names its signer, and the copy would break it.
        || dictionary.has(b"ByteRange")
        || (kind_of(document, dictionary) == DictionaryKind::Annotation && !is_shown(document, dictionary))
}

/// Whether an annotation is displayed by itself.
pub(super) fn is_shown(document: &Document, annotation: &Dictionary) -> bool {
    name(document, annotation, b"Subtype")
        .is_some_and(|subtype| SHOWN_ANNOTATIONS.contains(&subtype))
}

/// Kind of a dictionary, by its type or else by its entries.
pub(super) fn kind_of(document: &Document, dictionary: &Dictionary) -> DictionaryKind {
    match name(document, dictionary, b"Type") {
        Some(b"Pages") => DictionaryKind::Pages,
        Some(b"Page") => DictionaryKind::Page,
        Some(b"Annot") => DictionaryKind::Annotation,
        _ if dictionary.has(b"Kids") && dictionary.has(b"Count") => DictionaryKind::Pages,
        _ if dictionary.has(b"Rect") && dictionary.has(b"Subtype") => DictionaryKind::Annotation,
        _ if dictionary.has(b"Title") && dictionary.has(b"Parent") => DictionaryKind::Outline,
        _ if dictionary.has(b"Parent") && dictionary.has(b"MediaBox") => DictionaryKind::Page,
        _ => DictionaryKind::Other,
    }
}
