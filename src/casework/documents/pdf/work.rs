//! What reading a PDF may cost. Whatever is read, built or unpacked is taken from here before anything is kept, since a file can mention one place in it
//! as often as it likes.

/// The most objects, where a dictionary and each of its keys count as one more: a report of 500 pages has some 200 000.
const MOST_OBJECTS: usize = 2_500_000;
/// The most that streams of objects and of references may unpack to: as many objects as may be, of ten bytes each, are less.
const MOST_UNPACKED: usize = 64 << 20;
/// How often a file may be read over: to the letter, once more when its table is wrong, and in search of what is not where it should be, such as its lock.
const TIMES_THE_FILE: usize = 8;
/// How often what was unpacked may be read over.
const TIMES_UNPACKED: usize = 2;

/// Why reading stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Here is not what should be here; other places may do.
    Broken,
    /// It costs more than it may.
    TooMuch,
    /// It is locked with a password, or in a way we do not know.
    Locked,
}

/// Something read.
pub type Read<T> = Result<T, Stop>;

/// `read`, or nothing when it is not there.
pub(super) fn if_there<T>(read: Read<T>) -> Read<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(Stop::Broken) => Ok(None),
        Err(stop @ (Stop::TooMuch | Stop::Locked)) => Err(stop),
    }
}

/// What may still be done.
#[derive(Debug)]
pub(super) struct Work {
    bytes: usize,
    /// How many more objects may be built.
    pub objects: usize,
    /// How much more may be unpacked.
    pub unpacked: usize,
}

impl Work {
    /// What may be done for a file of `bytes`.
    pub(super) fn on(bytes: usize) -> Self {
        Self {
            bytes: bytes.saturating_mul(TIMES_THE_FILE) + (1 << 16),
            objects: MOST_OBJECTS,
            unpacked: MOST_UNPACKED,
        }
    }

    /// Reads `bytes`.
    pub(super) fn read(&mut self, bytes: usize) -> Read<()> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Stop::TooMuch)?;
        Ok(())
    }

    /// Did not need the last `bytes` after all.
    pub(super) fn unread(&mut self, bytes: usize) {
        self.bytes += bytes;
    }

    /// Has unpacked `bytes` more, which may be read.
    pub(super) fn gain(&mut self, bytes: usize) {
        self.bytes += bytes * TIMES_UNPACKED;
    }

    /// Builds an object.
    pub(super) fn build(&mut self) -> Read<()> {
        self.objects = self.objects.checked_sub(1).ok_or(Stop::TooMuch)?;
        Ok(())
    }
}
