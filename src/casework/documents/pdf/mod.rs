//! Reads a PDF within bounds. The parsers of others trust a file too far: one place that a table names a thousand times is read a thousand times, streams
//! may lie within each other, and lengths that refer to streams whose lengths refer on exhaust the stack.

mod lock;
mod rebuilt;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
pub mod unpacking;
mod work;

use std::collections::{BTreeMap, HashSet};

use lopdf::encryption::{EncryptionState, decrypt_object};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use syntax::{DEEPEST, Syntax};
use table::{Place, Places};
pub use work::{Read, Stop};
use work::{Work, if_there};

/// The document in `file`: as its own table says, or as it is found when that leads nowhere. What is locked so that everybody can open it, as a file that may
/// not be printed is, is unlocked.
///
/// # Errors
/// Why it cannot be read.
pub fn read(file: &[u8]) -> Read<Document> {
    let bytes = within_marks(file).ok_or(Stop::Broken)?;
    read_within(bytes, &mut Work::on(file.len()))
}

/// Whether the PDF in `file` opens only with a password, or a certificate, that we do not have. A file that cannot be read for another reason is not locked.
#[must_use]
pub fn is_locked(file: &[u8]) -> bool {
    let Some(bytes) = within_marks(file) else {
        return false;
    };
    match lock_as_written(bytes, &mut Work::on(file.len())) {
        Ok(()) => false,
        Err(Stop::Locked) => true,
        Err(Stop::Broken | Stop::TooMuch) => read(file).is_err_and(|stop| stop == Stop::Locked),
    }
}

/// The file without what mail gateways and printers put around it: from its mark to its last end.
fn within_marks(file: &[u8]) -> Option<&[u8]> {
    let start = file.windows(5).position(|word| word == b"%PDF-")?;
    let end = file
        .windows(5)
        .rposition(|word| word == b"%%EOF")
        .filter(|end| *end > start)
        .map_or(file.len(), |end| end + 5);
    file.get(start..end)
}

fn read_within(bytes: &[u8], work: &mut Work) -> Read<Document> {
    if let Some(document) =
        if_there(as_written(bytes, work))?.filter(|document| document.page_iter().next().is_some())
    {
        return Ok(document);
    }
    let mut reading = Reading::new(bytes, rebuilt::places(bytes, work)?, work);
    reading.placed()?;
    if let Some(trailer) =
        rebuilt::locked_trailer(bytes, &reading.objects, &reading.offsets, reading.work)?
    {
        reading.unlock(&trailer)?;
    }
    reading.contained()?;
    let Reading {
        objects,
        offsets,
        lock,
        ..
    } = reading;
    let trailer = rebuilt::trailer(bytes, &objects, &offsets, work)?;
    // A lock that was not found above has left everything unreadable.
    if trailer.has(b"Encrypt") && lock.is_none() {
        Err(Stop::Locked)
    } else {
        Ok(document(objects, trailer))
    }
}

fn as_written(bytes: &[u8], work: &mut Work) -> Read<Document> {
    let (places, trailer) = table::read(bytes, work)?;
    let mut reading = Reading::new(bytes, places, work);
    reading.placed()?;
    reading.unlock(&trailer)?;
    reading.contained()?;
    Ok(document(reading.objects, trailer))
}

/// Looks for the lock alone, where the table says it stands.
fn lock_as_written(bytes: &[u8], work: &mut Work) -> Read<()> {
    let (mut places, trailer) = table::read(bytes, work)?;
    match trailer.get(b"Encrypt") {
        Ok(Object::Reference((number, _))) => places.retain(|other, _| other == number),
        Ok(_) => places.clear(),
        Err(_) => return Ok(()),
    }
    let mut reading = Reading::new(bytes, places, work);
    reading.placed()?;
    match trailer.get(b"Encrypt") {
        Ok(Object::Reference(id)) if !reading.objects.contains_key(id) => Err(Stop::Broken),
        _ => reading.unlock(&trailer),
    }
}

fn document(objects: BTreeMap<ObjectId, Object>, trailer: Dictionary) -> Document {
    let mut document = Document::with_version("1.7");
    document.objects = objects;
    document.trailer = trailer;
    document
}

/// Objects being read.
struct Reading<'a, 'w> {
    bytes: &'a [u8],
    places: Places,
    work: &'w mut Work,
    objects: BTreeMap<ObjectId, Object>,
    /// Which object was read where.
    offsets: BTreeMap<usize, ObjectId>,
    /// Streams whose lengths may stand in streams of objects, until those are read.
    late: Vec<(u32, usize)>,
    has_members: bool,
    /// What opens texts and streams.
    lock: Option<EncryptionState>,
}

/// What is known of the length of a stream.
enum Length {
    Said(Option<usize>),
    Later,
}

impl<'a, 'w> Reading<'a, 'w> {
    fn new(bytes: &'a [u8], places: Places, work: &'w mut Work) -> Self {
        Self {
            bytes,
            places,
            work,
            objects: BTreeMap::new(),
            offsets: BTreeMap::new(),
            late: Vec::new(),
            has_members: false,
            lock: None,
        }
    }

    /// Reads every object that has a place of its own, each place once; what is not there is left out.
    fn placed(&mut self) -> Read<()> {
        let mut seen = HashSet::new();
        let places = self.places.iter().filter_map(|(number, place)| {
            if let Place::At(at) = place {
                Some((*number, *at))
            } else {
                None
            }
        });
        let places: Vec<(u32, usize)> = places.filter(|(_, at)| seen.insert(*at)).collect();
        for (number, at) in places {
            if_there(self.one(number, at))?;
        }
        Ok(())
    }

    /// Opens what was read so far, and from now on what is read, when `trailer` says that it is locked. The lock itself is written in clear.
    fn unlock(&mut self, trailer: &Dictionary) -> Read<()> {
        self.lock = lock::open(trailer, &self.objects)?;
        let Some(state) = &self.lock else {
            return Ok(());
        };
        let own = trailer.get(b"Encrypt").and_then(Object::as_reference).ok();
        for (id, object) in self.objects.iter_mut().filter(|(id, _)| Some(**id) != own) {
            unlocked(state, *id, object);
        }
        Ok(())
    }

    /// Reads the objects within streams, and those that had to wait for them.
    fn contained(&mut self) -> Read<()> {
        // In the order of the file, so that the last counts where no table says which.
        for container in self.offsets.values().copied().collect::<Vec<_>>() {
            if_there(self.members(container))?;
        }
        self.has_members = true;
        for (number, at) in std::mem::take(&mut self.late) {
            if_there(self.one(number, at))?;
        }
        Ok(())
    }

    /// Reads the object `number` at `at`.
    fn one(&mut self, number: u32, at: usize) -> Read<()> {
        let read = Syntax::new(self.bytes, at, self.work).numbered()?;
        let object = match (read.object, read.content) {
            (Object::Dictionary(dictionary), Some(start)) => {
                let length = match self.length(&dictionary)? {
                    Length::Said(length) => length,
                    Length::Later => {
                        self.late.push((number, at));
                        return Ok(());
                    }
                };
                let content = Syntax::new(self.bytes, start, self.work).content(length)?;
                Object::Stream(Stream::new(dictionary, content.to_vec()))
            }
            (object, _) => object,
        };
        let mut object = object;
        if let Some(state) = &self.lock {
            unlocked(state, read.id, &mut object);
        }
        self.offsets.insert(at, read.id);
        if read.id.0 == number {
            self.objects.insert(read.id, object);
        } else {
            self.objects.entry(read.id).or_insert(object);
        }
        Ok(())
    }

    /// The length of a stream: a number here, or one somewhere. Nothing else is followed.
    fn length(&mut self, dictionary: &Dictionary) -> Read<Length> {
        let of = |object: &Object| {
            object
                .as_i64()
                .ok()
                .and_then(|length| usize::try_from(length).ok())
        };
        let id = match dictionary.get(b"Length") {
            Ok(Object::Reference(id)) => *id,
            Ok(length) => return Ok(Length::Said(of(length))),
            Err(_) => return Ok(Length::Said(None)),
        };
        if let Some(known) = self.objects.get(&id) {
            return Ok(Length::Said(of(known)));
        }
        match self.places.get(&id.0) {
            Some(Place::At(at)) => {
                let mut syntax = Syntax::new(self.bytes, *at, self.work);
                if if_there(syntax.header())? != Some(id)
                    || !syntax.next().is_some_and(|byte| byte.is_ascii_digit())
                {
                    return Ok(Length::Said(None));
                }
                Ok(Length::Said(
                    if_there(syntax.object(0))?.as_ref().and_then(of),
                ))
            }
            Some(Place::Within(_)) | None if !self.has_members => Ok(Length::Later),
            Some(Place::Within(_) | Place::Nowhere) | None => Ok(Length::Said(None)),
        }
    }

    /// Reads the members of `container` if it is a stream of objects: those that the table says are in it, or does not mention.
    fn members(&mut self, container: ObjectId) -> Read<()> {
        let Some(Object::Stream(stream)) = self.objects.get(&container) else {
            return Ok(());
        };
        if !stream.dict.has_type(b"ObjStm") {
            return Ok(());
        }
        let first = stream
            .dict
            .get(b"First")
            .and_then(Object::as_i64)
            .ok()
            .and_then(|first| usize::try_from(first).ok())
            .ok_or(Stop::Broken)?;
        let content = unpacking::plain(stream, &mut self.work.unpacked)?;
        self.work.gain(content.len());
        let index = content.get(..first).ok_or(Stop::Broken)?;
        let mut at = 0;
        loop {
            let mut syntax = Syntax::new(index, at, self.work);
            syntax.space()?;
            let (number, offset): (u32, usize) = (syntax.count()?, syntax.count()?);
            at = syntax.at();
            let is_here = match self.places.get(&number) {
                Some(Place::Within(here)) => *here == container.0,
                Some(Place::At(_) | Place::Nowhere) => false,
                None => true,
            };
            if is_here {
                let mut syntax = Syntax::new(&content, first.saturating_add(offset), self.work);
                syntax.space()?;
                if let Some(object) = if_there(syntax.object(DEEPEST))? {
                    self.objects.insert((number, 0), object);
                }
            }
        }
    }
}

/// Opens `object`. What does not open stays as it is: a text is hardly ever needed, and a stream that is needed does not unpack later.
fn unlocked(state: &EncryptionState, id: ObjectId, object: &mut Object) {
    drop(decrypt_object(state, id, object));
}
