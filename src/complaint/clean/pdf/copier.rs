//! Copies what pages need from one document into another, object by object, under new numbers.

use std::collections::{BTreeMap, HashMap, VecDeque};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::keys::{CATALOG, ELSEWHERE, Kind, NEVER};
use super::look::{forbidden, is_shown, kind_of, name, resolve};
use super::{DAMAGED, MOST_COPIED, MOST_OBJECTS, MOST_UNPACKED, TOO_COMPLEX, stream};
use crate::complaint::clean::Unclean;

/// How many references in a row, and how many containers within each other, are followed.
const DEEPEST: usize = 120;
/// How many containers within each other are followed where a stream's filters stand.
const DEEPEST_IN_PLACE: usize = 4;
/// How many bytes of a text or a name weigh as much as an object.
const BYTES_OF_AN_OBJECT: usize = 32;

pub(super) struct Copier<'a> {
    original: &'a Document,
    objects: BTreeMap<ObjectId, Object>,
    numbers: HashMap<ObjectId, ObjectId>,
    waiting: VecDeque<(ObjectId, ObjectId)>,
    /// How much more may be copied: what is not numbered is copied wherever it is referred to, so references could multiply it without end.
    copied: usize,
    unpacked: usize,
    left_out: usize,
}

impl<'a> Copier<'a> {
    pub(super) fn new(original: &'a Document) -> Self {
        Self {
            original,
            objects: BTreeMap::new(),
            numbers: HashMap::new(),
            waiting: VecDeque::new(),
            copied: MOST_COPIED,
            unpacked: MOST_UNPACKED,
            left_out: 0,
        }
    }

    /// Takes an object with `bytes` of text from what may still be copied.
    fn take(&mut self, bytes: usize) -> Result<(), Unclean> {
        self.copied = self
            .copied
            .checked_sub(1 + bytes / BYTES_OF_AN_OBJECT)
            .ok_or(TOO_COMPLEX)?;
        Ok(())
    }

    /// Copies the catalog and says under which number.
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

    /// Copies all that was referred to, and gives it out with the number of visible things left out.
    pub(super) fn finish(mut self) -> Result<(BTreeMap<ObjectId, Object>, usize), Unclean> {
        while let Some((from, to)) = self.waiting.pop_front() {
            let original = self.original;
            // A reference to nothing is null (ISO 32000-1, 7.3.10).
            let copy = match original.objects.get(&from) {
                Some(object) => self.copy(object, false, 0)?,
                None => None,
            };
            self.objects.insert(to, copy.unwrap_or(Object::Null));
        }
        Ok((self.objects, self.left_out))
    }

    /// The copy of `object`; none when it does not come along. Texts only where they are needed.
    fn copy(
        &mut self,
        object: &Object,
        texts: bool,
        depth: usize,
    ) -> Result<Option<Object>, Unclean> {
        if depth > DEEPEST {
            return Err(TOO_COMPLEX);
        }
        self.take(bytes_of(object))?;
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

    /// Scalars are copied in place, so that whether a text may come along is judged where it is used.
    fn reference(
        &mut self,
        id: ObjectId,
        texts: bool,
        depth: usize,
    ) -> Result<Option<Object>, Unclean> {
        match self.original.objects.get(&id) {
            None => Ok(None),
            Some(Object::Dictionary(dictionary)) if forbidden(self.original, dictionary) => {
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
        if self.objects.len() >= MOST_OBJECTS {
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
            return Ok(self.plain_colours(items));
        }
        // The colours of a palette may be written as a text.
        let palette = matches!(family, Some(b"Indexed" | b"I"));
        let mut copy = Vec::with_capacity(items.len());
        for item in items {
            // What does not come along leaves a null, so that the others keep their places.
            copy.push(
                self.copy(item, texts || palette, depth + 1)?
                    .unwrap_or(Object::Null),
            );
        }
        Ok(Some(Object::Array(copy)))
    }

    /// A colour profile names the device it was made for; the plain colours of as many components stand in.
    fn plain_colours(&self, items: &[Object]) -> Option<Object> {
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
        if forbidden(self.original, original) {
            return Ok(None);
        }
        let kind = kind_of(self.original, original);
        let mut copy = Dictionary::new();
        for (key, value) in original {
            let key = key.as_slice();
            if NEVER.contains(&key) || !kind.keeps(key) {
                continue;
            }
            self.take(key.len())?;
            let value = match (kind, key) {
                (Kind::Page, b"Annots") => self.notes(value, depth)?,
                _ => self.copy(value, kind.keeps_text(key), depth + 1)?,
            };
            if let Some(value) = value {
                copy.set(key, value);
            }
        }
        if matches!(kind, Kind::Note | Kind::Outline) {
            self.follow_within(original, &mut copy, depth)?;
        }
        if kind == Kind::Note && name(self.original, original, b"Subtype") == Some(b"Widget") {
            self.show_field(original, &mut copy, depth)?;
        }
        Ok(Some(copy))
    }

    /// The notes of a page that come along.
    fn notes(&mut self, notes: &Object, depth: usize) -> Result<Option<Object>, Unclean> {
        let mut copy = Vec::new();
        if let Ok(notes) = resolve(self.original, notes).as_array() {
            for note in notes {
                // Any number of pages may share their notes.
                self.take(0)?;
                let Ok(seen) = resolve(self.original, note).as_dict() else {
                    continue;
                };
                if kind_of(self.original, seen) != Kind::Note || !is_shown(self.original, seen) {
                    // Popups repeat the note they belong to.
                    self.left_out +=
                        usize::from(name(self.original, seen, b"Subtype") != Some(b"Popup"));
                } else if let Some(note) = self.copy(note, false, depth + 1)? {
                    copy.push(note);
                }
            }
        }
        Ok((!copy.is_empty()).then_some(Object::Array(copy)))
    }

    /// The one action that comes along, as what it is: a place within the document.
    fn follow_within(
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

    /// A field becomes a picture of itself: without a form no reader fills it in, and none runs its scripts.
    fn show_field(
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
        if forbidden(self.original, &original.dict)
            || name(self.original, &original.dict, b"Subtype") == Some(b"PS")
        {
            return Ok(None);
        }
        let mut dictionary = Dictionary::new();
        for (key, value) in &original.dict {
            let key = key.as_slice();
            if NEVER.contains(&key) || ELSEWHERE.contains(&key) {
                continue;
            }
            self.take(key.len())?;
            if let Some(value) = self.copy(value, Kind::Other.keeps_text(key), depth + 1)? {
                dictionary.set(key, value);
            }
        }
        // Filters are needed in place to be followed.
        for key in [b"Filter".as_slice(), b"DecodeParms"] {
            if let Ok(value) = original.dict.get(key)
                && let Some(value) = self.in_place(value, 0)?
            {
                dictionary.set(key, value);
            }
        }
        let is_picture = name(self.original, &original.dict, b"Subtype") == Some(b"Image");
        let stream = Stream::new(dictionary, original.content.clone());
        stream::clean(stream, is_picture, &mut self.unpacked)
            .map(|stream| Some(Object::Stream(stream)))
    }

    /// `object` with its references replaced by what they stand for, but for streams.
    fn in_place(&mut self, object: &Object, depth: usize) -> Result<Option<Object>, Unclean> {
        let original = self.original;
        let value = resolve(original, object);
        self.take(bytes_of(value))?;
        Ok(match value {
            _ if depth > DEEPEST_IN_PLACE => None,
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
                    self.take(key.len())?;
                    if let Some(value) = self.in_place(value, depth + 1)? {
                        copy.set(key.as_slice(), value);
                    }
                }
                Some(Object::Dictionary(copy))
            }
            Object::Boolean(_) | Object::Integer(_) | Object::Real(_) | Object::Name(_) => {
                Some(value.clone())
            }
            // The tables of a JBIG2 picture, which the copy has under their number already.
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

/// How many bytes stand in `object` itself.
fn bytes_of(object: &Object) -> usize {
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
