//! The budget for reading a PDF. Everything read, built or unpacked is charged before it is kept,
//! since a file can reference one place any number of times.

/// The maximum number of objects, where a dictionary and each of its keys count as one more: a
/// report of 500 pages has some 200 000.
const MAX_OBJECTS: usize = 2_500_000;
/// The maximum total size of unpacked object streams and cross-reference streams: enough for
/// [`MAX_OBJECTS`] of ten bytes each.
const MAX_UNPACKED: usize = 64 << 20;
/// How often the bytes of a file may be read: by its table, once more when the table is wrong, and
/// in search of missing parts such as the encryption dictionary.
const TIMES_THE_FILE: usize = 8;
/// How often unpacked bytes may be read.
const TIMES_UNPACKED: usize = 2;

/// The reason reading stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadError {
    /// The expected object is not here; other places may have it.
    Broken,
    /// The budget is used up.
    TooMuch,
    /// The file is locked with a password, or in an unknown way.
    Locked,
}

/// The result of reading.
pub type PdfResult<T> = Result<T, ReadError>;

/// Turns `Broken` into none.
pub(super) fn if_present<T>(read: PdfResult<T>) -> PdfResult<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(ReadError::Broken) => Ok(None),
        Err(stop @ (ReadError::TooMuch | ReadError::Locked)) => Err(stop),
    }
}

/// The remaining budget.
#[derive(Debug)]
pub(super) struct Budget {
    bytes: usize,
    /// Objects that may still be built.
    pub objects: usize,
    /// Bytes that may still be unpacked.
    pub unpacked: usize,
}

impl Budget {
    /// The budget for a file of `bytes`.
    pub(super) fn for_file(bytes: usize) -> Self {
        Self {
            bytes: bytes.saturating_mul(TIMES_THE_FILE) + (1 << 16),
            objects: MAX_OBJECTS,
            unpacked: MAX_UNPACKED,
        }
    }

    /// Charges `bytes` read.
    pub(super) fn read(&mut self, bytes: usize) -> PdfResult<()> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or(ReadError::TooMuch)?;
        Ok(())
    }

    /// Refunds the last `bytes`.
    pub(super) fn unread(&mut self, bytes: usize) {
        self.bytes += bytes;
    }

    /// Adds budget for reading `bytes` that were unpacked.
    pub(super) fn gain(&mut self, bytes: usize) {
        self.bytes += bytes * TIMES_UNPACKED;
    }

    /// Charges one object.
    pub(super) fn build(&mut self) -> PdfResult<()> {
        self.objects = self.objects.checked_sub(1).ok_or(ReadError::TooMuch)?;
        Ok(())
    }
}
