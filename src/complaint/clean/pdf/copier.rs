//! Copies the objects that pages need into another document, under new numbers.

use std::collections::{BTreeMap, HashMap, VecDeque};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::keys::{CATALOG, DROPPED_KEYS, DictionaryKind, EXTERNAL_KEYS};
use super::objects::{is_forbidden, is_shown, kind_of, name, resolve};
use super::{DAMAGED, MAX_COPIED, MAX_OBJECTS, MAX_UNPACKED, TOO_COMPLEX, stream};
use crate::complaint::clean::Unclean;

/// Most nested references and containers.
const MAX_DEPTH: usize = 120;
/// Most nested containers in the filters of a stream.
const MAX_FILTER_DEPTH: usize = 4;
/// Bytes of a text or a name that cost as much of the budget as an object.
const BYTES_PER_UNIT: usize = 32;

pub(super) struct Copier<'a> {
    original: &'a Document,
    objects: BTreeMap<ObjectId, Object>,
    numbers: HashMap<ObjectId, ObjectId>,
    waiting: VecDeque<(ObjectId, ObjectId)>,
    /// Remaining budget of copied objects. An object without a number is copied wherever it is
    /// referred to, so references could multiply it without limit.
    copy_budget: usize,
    unpack_budget: usize,
    left_out: usize,
}

impl<'a> Copier<'a> {
    pub(super) fn new(original: &'a Document) -> Self {
        Self {
            original,
            objects: BTreeMap::new(),
            numbers: HashMap::new(),
            waiting: VecDeque::new(),
            copy_budget: MAX_COPIED,
            unpack_budget: MAX_UNPACKED,
            left_out: 0,
        }
    }

    /// Subtracts an object with `bytes` of text from the budget.
    fn spend(&mut self, bytes: usize) -> Result<(), Unclean> {
        self.copy_budget = self
            .copy_budget
            .checked_sub(1 + bytes / BYTES_PER_UNIT)
            .ok_or(TOO_COMPLEX)?;
        Ok(())
    }

    /// Copies the catalog and returns its number.
    pub(super) fn catalog(&mut self) -> Result<ObjectId, Unclean> {
        let original = self.original;
        let catalog = original.catalog().map_err(|_| DAMAGED)?;
        if original.page_iter().next().is_none() {
            return Err(DAMAGED);
        }
        let id = (1, 0);
        self.objects.insert(id, Object::Null);
        let mut copy = Dictionary::new();
        copy.set("Type", Object::Name(b"Catalog".to_vec()));
        let pages = catalog.get(b"Pages").map_err(|_| DAMAGED)?;
        copy.set("Pages", self.copy(pages, false, 0)?.ok_or(DAMAGED)?);
        for key in CATALOG {
            if let Ok(value) = catalog.get(key)
                && let Some(value) = self.copy(value, false, 0)?
            {
                copy.set(*key, value);
            }
        }
        self.objects.insert(id, Object::Dictionary(copy));
        Ok(id)
    }

    /// Copies all referenced objects and returns them with the number of visible objects left out.
    pub(super) fn finish(mut self) -> Result<(BTreeMap<ObjectId, Object>, usize), Unclean> {
        while let Some((from, to)) = self.waiting.pop_front() {
            let original = self.original;
            // A reference to a missing object is null (ISO 32000-1, 7.3.10).
            let copy = match original.objects.get(&from) {
                Some(object) => self.copy(object, false, 0)?,
                None => None,
            };
            self.objects.insert(to, copy.unwrap_or(Object::Null));
        }
        Ok((self.objects, self.left_out))
    }

    /// Copies `object`; none when it is dropped. Texts are copied only where `texts` is set.
    fn copy(
        &mut self,
        object: &Object,
        texts: bool,
        depth: usize,
    ) -> Result<Option<Object>, Unclean> {
        if depth > MAX_DEPTH {
            return Err(TOO_COMPLEX);
        }
        self.spend(own_bytes(object))?;
        Ok(match object {
            Object::Null => None,
            Object::Boolean(_) | Object::Integer(_) | Object::Real(_) | Object::Name(_) => {
                Some(object.clone())
            }
            Object::String(..) => texts.then(|| object.clone()),
            Object::Array(items) => self.array(items, texts, depth)?,
            Object::Dictionary(dictionary) => {
                self.dictionary(dictionary, depth)?.map(Object::Dictionary)
            }
            Object::Stream(stream) => self.stream(stream, depth)?,
            Object::Reference(id) => self.reference(*id, texts, depth)?,
        })
    }

    /// Copies a reference. Scalars are copied in place, so that the place of use decides about
    /// texts.
    fn reference(
        &mut self,
        id: ObjectId,
        texts: bool,
        depth: usize,
    ) -> Result<Option<Object>, Unclean> {
        match self.original.objects.get(&id) {
            None => Ok(None),
            Some(Object::Dictionary(dictionary)) if is_forbidden(self.original, dictionary) => {
                Ok(None)
            }
            Some(Object::Dictionary(_) | Object::Stream(_)) => self.number(id).map(Some),
            Some(Object::Array(items)) if items.len() > 1 && !texts => self.number(id).map(Some),
            Some(other) => self.copy(other, texts, depth + 1),
        }
    }

    fn number(&mut self, id: ObjectId) -> Result<Object, Unclean> {
        if let Some(known) = self.numbers.get(&id) {
            return Ok(Object::Reference(*known));
        }
        if self.objects.len() >= MAX_OBJECTS {
            return Err(TOO_COMPLEX);
        }
        let number = (
            u32::try_from(self.objects.len() + 1).map_err(|_| TOO_COMPLEX)?,
            0,
        );
        self.objects.insert(number, Object::Null);
        self.numbers.insert(id, number);
        self.waiting.push_back((id, number));
        Ok(Object::Reference(number))
    }

    fn array(
        &mut self,
        items: &[Object],
        texts: bool,
        depth: usize,
    ) -> Result<Option<Object>, Unclean> {
        let family = items
            .first()
            .and_then(|first| resolve(self.original, first).as_name().ok());
        if family == Some(b"ICCBased") {
            return Ok(self.device_colours(items));
        }
        // The colours of a palette may be a text.
        let palette = matches!(family, Some(b"Indexed" | b"I"));
        let mut copy = Vec::with_capacity(items.len());
        for item in items {
            // A dropped item becomes null, so that the others keep their positions.
            copy.push(
                self.copy(item, texts || palette, depth + 1)?
                    .unwrap_or(Object::Null),
            );
        }
        Ok(Some(Object::Array(copy)))
    }

    /// Replaces a colour profile by the device colours with the same number of components, because
    /// a profile names the device it was made for.
    fn device_colours(&self, items: &[Object]) -> Option<Object> {
        let profile = resolve(self.original, items.get(1)?).as_stream().ok()?;
        let name: &[u8] = match resolve(self.original, profile.dict.get(b"N").ok()?)
            .as_i64()
            .ok()?
        {
            1 => b"DeviceGray",
            3 => b"DeviceRGB",
            4 => b"DeviceCMYK",
            _ => return None,
        };
        Some(Object::Name(name.to_vec()))
    }

    fn dictionary(
        &mut self,
        original: &Dictionary,
        depth: usize,
    ) -> Result<Option<Dictionary>, Unclean> {
        if is_forbidden(self.original, original) {
            return Ok(None);
        }
        let kind = kind_of(self.original, original);
        let mut copy = Dictionary::new();
        for (key, value) in original {
            let key = key.as_slice();
            if DROPPED_KEYS.contains(&key) || !kind.keeps(key) {
                continue;
            }
            self.spend(key.len())?;
            let value = match (kind, key) {
                (DictionaryKind::Page, b"Annots") => self.annotations(value, depth)?,
                _ => self.copy(value, kind.keeps_text(key), depth + 1)?,
            };
            if let Some(value) = value {
                copy.set(key, value);
            }
        }
        if matches!(kind, DictionaryKind::Annotation | DictionaryKind::Outline) {
            self.copy_internal_link(original, &mut copy, depth)?;
        }
        if kind == DictionaryKind::Annotation
            && name(self.original, original, b"Subtype") == Some(b"Widget")
        {
            self.flatten_field(original, &mut copy, depth)?;
        }
        Ok(Some(copy))
    }

    /// The annotations of a page that are kept.
    fn annotations(
        &mut self,
        annotations: &Object,
        depth: usize,
    ) -> Result<Option<Object>, Unclean> {
        let mut copy = Vec::new();
        if let Ok(annotations) = resolve(self.original, annotations).as_array() {
            for annotation in annotations {
                // Pages may share their annotations.
                self.spend(0)?;
                let Ok(seen) = resolve(self.original, annotation).as_dict() else {
                    continue;
                };
                if kind_of(self.original, seen) != DictionaryKind::Annotation
                    || !is_shown(self.original, seen)
                {
                    // A popup repeats its annotation and is not counted.
                    self.left_out +=
                        usize::from(name(self.original, seen, b"Subtype") != Some(b"Popup"));
                } else if let Some(annotation) = self.copy(annotation, false, depth + 1)? {
                    copy.push(annotation);
                }
            }
        }
        Ok((!copy.is_empty()).then_some(Object::Array(copy)))
    }

    /// Keeps the only allowed action, a link within the document, as a destination.
    fn copy_internal_link(
        &mut self,
        original: &Dictionary,
        copy: &mut Dictionary,
        depth: usize,
    ) -> Result<(), Unclean> {
        let action = original
            .get(b"A")
            .ok()
            .and_then(|action| resolve(self.original, action).as_dict().ok());
        if let Some(action) =
            action.filter(|action| name(self.original, action, b"S") == Some(b"GoTo"))
            && let Ok(place) = action.get(b"D")
            && let Some(place) = self.copy(place, false, depth + 1)?
        {
            copy.set("Dest", place);
        }
        Ok(())
    }

    /// Turns a form field into a static annotation: without a form, readers neither fill it in nor
    /// run its scripts.
    fn flatten_field(
        &mut self,
        original: &Dictionary,
        copy: &mut Dictionary,
        depth: usize,
    ) -> Result<(), Unclean> {
        copy.remove(b"Contents");
        let value = original
            .get(b"V")
            .ok()
            .map(|value| resolve(self.original, value));
        if copy.has(b"AP") {
            copy.set("Subtype", Object::Name(b"Stamp".to_vec()));
        } else if let Some(value @ Object::String(..)) = value {
            copy.set("Subtype", Object::Name(b"FreeText".to_vec()));
            if let Some(value) = self.copy(value, true, depth + 1)? {
                copy.set("Contents", value);
            }
            if !copy.has(b"DA") {
                copy.set("DA", Object::string_literal("/Helv 10 Tf 0 g"));
            }
        } else {
            copy.set("Subtype", Object::Name(b"Stamp".to_vec()));
        }
        Ok(())
    }

    fn stream(&mut self, original: &Stream, depth: usize) -> Result<Option<Object>, Unclean> {
        if is_forbidden(self.original, &original.dict)
            || name(self.original, &original.dict, b"Subtype") == Some(b"PS")
        {
            return Ok(None);
        }
        let mut dictionary = Dictionary::new();
        for (key, value) in &original.dict {
            let key = key.as_slice();
            if DROPPED_KEYS.contains(&key) || EXTERNAL_KEYS.contains(&key) {
                continue;
            }
            self.spend(key.len())?;
            if let Some(value) =
                self.copy(value, DictionaryKind::Other.keeps_text(key), depth + 1)?
            {
                dictionary.set(key, value);
            }
        }
        // Filters must be stored in place to be decoded.
        for key in [b"Filter".as_slice(), b"DecodeParms"] {
            if let Ok(value) = original.dict.get(key)
                && let Some(value) = self.in_place(value, 0)?
            {
                dictionary.set(key, value);
            }
        }
        let is_picture = name(self.original, &original.dict, b"Subtype") == Some(b"Image");
        let stream = Stream::new(dictionary, original.content.clone());
        stream::clean(stream, is_picture, &mut self.unpack_budget)
            .map(|stream| Some(Object::Stream(stream)))
    }

    /// Copies `object` with its references resolved, except references to streams.
    fn in_place(&mut self, object: &Object, depth: usize) -> Result<Option<Object>, Unclean> {
        let original = self.original;
        let value = resolve(original, object);
        self.spend(own_bytes(value))?;
        Ok(match value {
            _ if depth > MAX_FILTER_DEPTH => None,
            Object::Array(items) if items.len() <= 16 => {
                let mut copy = Vec::with_capacity(items.len());
                for item in items {
                    copy.push(self.in_place(item, depth + 1)?.unwrap_or(Object::Null));
                }
                Some(Object::Array(copy))
            }
            Object::Dictionary(dictionary) if dictionary.len() <= 32 => {
                let mut copy = Dictionary::new();
                for (key, value) in dictionary {
                    self.spend(key.len())?;
                    if let Some(value) = self.in_place(value, depth + 1)? {
                        copy.set(key.as_slice(), value);
                    }
                }
                Some(Object::Dictionary(copy))
            }
            Object::Boolean(_) | Object::Integer(_) | Object::Real(_) | Object::Name(_) => {
                Some(value.clone())
            }
            // The tables of a JBIG2 picture, which the copy already has under their number.
            Object::Stream(_) => object
                .as_reference()
                .ok()
                .and_then(|id| self.numbers.get(&id))
                .map(|id| Object::Reference(*id)),
            Object::Null
            | Object::String(..)
            | Object::Array(_)
            | Object::Dictionary(_)
            | Object::Reference(_) => None,
        })
    }
}

/// Bytes of text in `object` itself.
fn own_bytes(object: &Object) -> usize {
    match object {
        Object::Name(bytes) | Object::String(bytes, _) => bytes.len(),
        Object::Null
        | Object::Boolean(_)
        | Object::Integer(_)
        | Object::Real(_)
        | Object::Array(_)
        | Object::Dictionary(_)
        | Object::Stream(_)
        | Object::Reference(_) => 0,
    }
}
