//! Reads a PDF with bounded work. General parsers trust a file too much: an offset that a table
//! names a thousand times is read a thousand times, streams may overlap, and lengths that refer to
//! streams with indirect lengths exhaust the stack.

mod lock;
mod rebuilt;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
pub(crate) mod unpacking;
mod work;

use std::collections::{BTreeMap, HashSet};

use lopdf::encryption::{EncryptionState, decrypt_object};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use syntax::{MAX_DEPTH, Parser};
use table::{ObjectLocation, ObjectLocations};
use work::{Budget, if_present};
pub use work::{PdfResult, ReadError};

/// Reads the document in `file`: by its cross-reference table, or by scanning when the table is
/// wrong. A file that opens with the empty password, such as one that may not be printed, is
/// decrypted.
///
/// # Errors
/// The reason it cannot be read.
pub fn read(file: &[u8]) -> PdfResult<Document> {
    let bytes = trim_to_marks(file).ok_or(ReadError::Broken)?;
    read_within(bytes, &mut Budget::for_file(file.len()))
}

/// True if the PDF opens only with a password or certificate that we do not have. A file that
/// cannot be read for another reason is not locked.
pub fn is_locked(file: &[u8]) -> bool {
    let Some(bytes) = trim_to_marks(file) else {
        return false;
    };
    match check_lock(bytes, &mut Budget::for_file(file.len())) {
        Ok(()) => false,
        Err(ReadError::Locked) => true,
        Err(ReadError::Broken | ReadError::TooMuch) => {
            read(file).is_err_and(|stop| stop == ReadError::Locked)
        }
    }
}

/// The file from its header to its last `%%EOF`, without data that mail gateways and printers put
/// around it.
fn trim_to_marks(file: &[u8]) -> Option<&[u8]> {
    let start = file.windows(5).position(|word| word == b"%PDF-")?;
    let end = file
        .windows(5)
        .rposition(|word| word == b"%%EOF")
        .filter(|end| *end > start)
        .map_or(file.len(), |end| end + 5);
    file.get(start..end)
}

fn read_within(bytes: &[u8], work: &mut Budget) -> PdfResult<Document> {
    if let Some(document) = if_present(read_as_written(bytes, work))?
        .filter(|document| document.page_iter().next().is_some())
    {
        return Ok(document);
    }
    let mut reading = ObjectReader::new(bytes, rebuilt::places(bytes, work)?, work);
    reading.read_located()?;
    if let Some(trailer) =
        rebuilt::locked_trailer(bytes, &reading.objects, &reading.offsets, reading.work)?
    {
        reading.unlock(&trailer)?;
    }
    reading.read_contained()?;
    let ObjectReader {
        objects,
        offsets,
        lock,
        ..
    } = reading;
    let trailer = rebuilt::trailer(bytes, &objects, &offsets, work)?;
    // With an encryption dictionary that was not found above, nothing is readable.
    if trailer.has(b"Encrypt") && lock.is_none() {
        Err(ReadError::Locked)
    } else {
        Ok(document(objects, trailer))
    }
}

fn read_as_written(bytes: &[u8], work: &mut Budget) -> PdfResult<Document> {
    let (places, trailer) = table::read(bytes, work)?;
    let mut reading = ObjectReader::new(bytes, places, work);
    reading.read_located()?;
    reading.unlock(&trailer)?;
    reading.read_contained()?;
    Ok(document(reading.objects, trailer))
}

/// Reads only the encryption dictionary, at the offset that the table names.
fn check_lock(bytes: &[u8], work: &mut Budget) -> PdfResult<()> {
    let (mut places, trailer) = table::read(bytes, work)?;
    match trailer.get(b"Encrypt") {
        Ok(Object::Reference((number, _))) => places.retain(|other, _| other == number),
        Ok(_) => places.clear(),
        Err(_) => return Ok(()),
    }
    let mut reading = ObjectReader::new(bytes, places, work);
    reading.read_located()?;
    match trailer.get(b"Encrypt") {
        Ok(Object::Reference(id)) if !reading.objects.contains_key(id) => Err(ReadError::Broken),
        _ => reading.unlock(&trailer),
    }
}

fn document(objects: BTreeMap<ObjectId, Object>, trailer: Dictionary) -> Document {
    let mut document = Document::with_version("1.7");
    document.objects = objects;
    document.trailer = trailer;
    document
}

/// Reads the objects of a file.
struct ObjectReader<'a, 'w> {
    bytes: &'a [u8],
    places: ObjectLocations,
    work: &'w mut Budget,
    objects: BTreeMap<ObjectId, Object>,
    /// The object read at each offset.
    offsets: BTreeMap<usize, ObjectId>,
    /// Streams with a length that may stand in an object stream, until those are read.
    late: Vec<(u32, usize)>,
    has_members: bool,
    /// Decrypts strings and streams.
    lock: Option<EncryptionState>,
}

/// The length of a stream, as far as known.
enum StreamLength {
    Said(Option<usize>),
    Later,
}

impl<'a, 'w> ObjectReader<'a, 'w> {
    fn new(bytes: &'a [u8], places: ObjectLocations, work: &'w mut Budget) -> Self {
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

    /// Reads every object with an offset of its own, each offset once; missing objects are skipped.
    fn read_located(&mut self) -> PdfResult<()> {
        let mut seen = HashSet::new();
        let places = self.places.iter().filter_map(|(number, place)| {
            if let ObjectLocation::At(at) = place {
                Some((*number, *at))
            } else {
                None
            }
        });
        let places: Vec<(u32, usize)> = places.filter(|(_, at)| seen.insert(*at)).collect();
        for (number, at) in places {
            if_present(self.read_object(number, at))?;
        }
        Ok(())
    }

    /// Decrypts the objects read so far and all later ones, if `trailer` has an encryption
    /// dictionary. The dictionary itself is not encrypted.
    fn unlock(&mut self, trailer: &Dictionary) -> PdfResult<()> {
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

    /// Reads the objects in object streams, and the streams that had to wait for them.
    fn read_contained(&mut self) -> PdfResult<()> {
        // In the order of the file, so that the last definition wins where no table decides.
        for container in self.offsets.values().copied().collect::<Vec<_>>() {
            if_present(self.members(container))?;
        }
        self.has_members = true;
        for (number, at) in std::mem::take(&mut self.late) {
            if_present(self.read_object(number, at))?;
        }
        Ok(())
    }

    /// Reads the object `number` at `at`.
    fn read_object(&mut self, number: u32, at: usize) -> PdfResult<()> {
        let read = Parser::new(self.bytes, at, self.work).indirect_object()?;
        let object = match (read.object, read.content) {
            (Object::Dictionary(dictionary), Some(start)) => {
                let length = match self.length(&dictionary)? {
                    StreamLength::Said(length) => length,
                    StreamLength::Later => {
                        self.late.push((number, at));
                        return Ok(());
                    }
                };
                let content = Parser::new(self.bytes, start, self.work).content(length)?;
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

    /// The length of a stream: a direct number, or one indirect number. Nothing else is followed.
    fn length(&mut self, dictionary: &Dictionary) -> PdfResult<StreamLength> {
        let of = |object: &Object| {
            object
                .as_i64()
                .ok()
                .and_then(|length| usize::try_from(length).ok())
        };
        let id = match dictionary.get(b"Length") {
            Ok(Object::Reference(id)) => *id,
            Ok(length) => return Ok(StreamLength::Said(of(length))),
            Err(_) => return Ok(StreamLength::Said(None)),
        };
        if let Some(known) = self.objects.get(&id) {
            return Ok(StreamLength::Said(of(known)));
        }
        match self.places.get(&id.0) {
            Some(ObjectLocation::At(at)) => {
                let mut syntax = Parser::new(self.bytes, *at, self.work);
                if if_present(syntax.header())? != Some(id)
                    || !syntax.next().is_some_and(|byte| byte.is_ascii_digit())
                {
                    return Ok(StreamLength::Said(None));
                }
                Ok(StreamLength::Said(
                    if_present(syntax.object(0))?.as_ref().and_then(of),
                ))
            }
            Some(ObjectLocation::InObjectStream(_)) | None if !self.has_members => {
                Ok(StreamLength::Later)
            }
            Some(ObjectLocation::InObjectStream(_) | ObjectLocation::Deleted) | None => {
                Ok(StreamLength::Said(None))
            }
        }
    }

    /// Reads the members of `container` if it is an object stream: those that the table places in
    /// it or does not mention.
    fn members(&mut self, container: ObjectId) -> PdfResult<()> {
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
            .ok_or(ReadError::Broken)?;
        let content = unpacking::plain(stream, &mut self.work.unpacked)?;
        self.work.gain(content.len());
        let index = content.get(..first).ok_or(ReadError::Broken)?;
        let mut at = 0;
        loop {
            let mut syntax = Parser::new(index, at, self.work);
            syntax.space()?;
            let (number, offset): (u32, usize) = (syntax.count()?, syntax.count()?);
            at = syntax.at();
            let is_here = match self.places.get(&number) {
                Some(ObjectLocation::InObjectStream(here)) => *here == container.0,
                Some(ObjectLocation::At(_) | ObjectLocation::Deleted) => false,
                None => true,
            };
            if is_here {
                let mut syntax = Parser::new(&content, first.saturating_add(offset), self.work);
                syntax.space()?;
                if let Some(object) = if_present(syntax.object(MAX_DEPTH))? {
                    self.objects.insert((number, 0), object);
                }
            }
        }
    }
}

/// Decrypts `object`. On failure the object stays unchanged: strings are hardly ever needed, and a
/// needed stream fails later when it is unpacked.
fn unlocked(state: &EncryptionState, id: ObjectId, object: &mut Object) {
    drop(decrypt_object(state, id, object));
}
