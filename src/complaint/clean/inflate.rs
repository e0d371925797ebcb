//! Deflate with a limit on the unpacked size.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// Container of the packed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// zlib (RFC 1950), as in PNG and PDF.
    Zlib,
    /// Raw deflate (RFC 1951), as in zip.
    Raw,
}

/// Reason why bytes cannot be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InflateError {
    /// The bytes are not deflate, or have no end.
    Broken,
    /// The unpacked size exceeds the limit.
    TooLarge,
}

/// Unpacks `packed` piece by piece into `take`, at most `bound` bytes. Returns the number of bytes
/// of `packed` used.
pub(super) fn inflate_chunks(
    packed: &[u8],
    wrapping: Wrapping,
    bound: usize,
    mut take: impl FnMut(&[u8]),
) -> Result<usize, InflateError> {
    let mut inflater = Decompress::new(wrapping == Wrapping::Zlib);
    let mut piece = vec![0; 32 << 10];
    let (mut used, mut made) = (0, 0);
    loop {
        let (before_in, before_out) = (inflater.total_in(), inflater.total_out());
        let status = inflater
            .decompress(&packed[used..], &mut piece, FlushDecompress::None)
            .map_err(|_| InflateError::Broken)?;
        let produced = usize::try_from(inflater.total_out() - before_out)
            .map_err(|_| InflateError::TooLarge)?;
        let consumed =
            usize::try_from(inflater.total_in() - before_in).map_err(|_| InflateError::Broken)?;
        used += consumed;
        made += produced;
        if made > bound {
            return Err(InflateError::TooLarge);
        }
        take(&piece[..produced]);
        match status {
            Status::StreamEnd => return Ok(used),
            Status::Ok | Status::BufError if produced == 0 && consumed == 0 => {
                return Err(InflateError::Broken);
            }
            Status::Ok | Status::BufError => {}
        }
    }
}

/// Unpacks `packed`. Returns the unpacked bytes and the number of bytes of `packed` used.
pub(super) fn inflate(
    packed: &[u8],
    wrapping: Wrapping,
    bound: usize,
) -> Result<(Vec<u8>, usize), InflateError> {
    let mut plain = Vec::new();
    let used = inflate_chunks(packed, wrapping, bound, |piece| {
        plain.extend_from_slice(piece);
    })?;
    Ok((plain, used))
}

/// Packs `plain`.
pub(super) fn deflate(plain: &[u8], wrapping: Wrapping) -> Vec<u8> {
    let mut deflater = Compress::new(Compression::default(), wrapping == Wrapping::Zlib);
    let mut packed = Vec::with_capacity(plain.len() / 2 + 64);
    loop {
        let used =
            usize::try_from(deflater.total_in()).expect("no more than the length of a slice");
        let status = deflater
            .compress_vec(&plain[used..], &mut packed, FlushCompress::Finish)
            .expect("deflate takes any bytes");
        if status == Status::StreamEnd {
            return packed;
        }
        packed.reserve(32 << 10);
    }
}
