//! Deflate with a bound: whoever unpacks says beforehand how much he can bear.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// How the packed bytes are wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// As in PNG and PDF (RFC 1950).
    Zlib,
    /// As in zip (RFC 1951).
    Raw,
}

/// Why it cannot be unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// It is not deflate, or does not end.
    Broken,
    /// It unpacks to more than the bound.
    TooLarge,
}

/// Unpacks `packed` piece by piece into `take`, at most `bound` bytes; says how much of `packed` it used.
pub(super) fn each(
    packed: &[u8],
    wrapping: Wrapping,
    bound: usize,
    mut take: impl FnMut(&[u8]),
) -> Result<usize, Misfit> {
    let mut inflater = Decompress::new(wrapping == Wrapping::Zlib);
    let mut piece = vec![0; 32 << 10];
    let (mut used, mut made) = (0, 0);
    loop {
        let (before_in, before_out) = (inflater.total_in(), inflater.total_out());
        let status = inflater
            .decompress(&packed[used..], &mut piece, FlushDecompress::None)
            .map_err(|_| Misfit::Broken)?;
        let produced =
            usize::try_from(inflater.total_out() - before_out).map_err(|_| Misfit::TooLarge)?;
        let consumed =
            usize::try_from(inflater.total_in() - before_in).map_err(|_| Misfit::Broken)?;
        used += consumed;
        made += produced;
        if made > bound {
            return Err(Misfit::TooLarge);
        }
        take(&piece[..produced]);
        match status {
            Status::StreamEnd => return Ok(used),
            Status::Ok | Status::BufError if produced == 0 && consumed == 0 => {
                return Err(Misfit::Broken);
            }
            Status::Ok | Status::BufError => {}
        }
    }
}

/// What `packed` unpacks to, and how much of it was used.
pub(super) fn inflate(
    packed: &[u8],
    wrapping: Wrapping,
    bound: usize,
) -> Result<(Vec<u8>, usize), Misfit> {
    let mut plain = Vec::new();
    let used = each(packed, wrapping, bound, |piece| {
        plain.extend_from_slice(piece)
    })?;
    Ok((plain, used))
}

/// `plain`, packed.
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
