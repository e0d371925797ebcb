//! Clean JPEG 2000 picture within a PDF (ISO 15444-1): boxes of XML, UUIDs and rights and comments
//! in the main header are overwritten with zeros. They are not removed, because other boxes may
//! refer to offsets.

/// The picture without metadata; none when its structure is not understood.
pub(super) fn clean(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut cleaned = bytes.to_vec();
    if bytes.starts_with(b"\xff\x4f") {
        blank_comments(&mut cleaned)?;
        return Some(cleaned);
    }
    let mut at = 0;
    while at < bytes.len() {
        let header = bytes.get(at..at + 8)?;
        let mut size = usize::try_from(u32::from_be_bytes(header[..4].try_into().ok()?)).ok()?;
        let mut inner = 8;
        if size == 1 {
            size = usize::try_from(u64::from_be_bytes(
                bytes.get(at + 8..at + 16)?.try_into().ok()?,
            ))
            .ok()?;
            inner = 16;
        } else if size == 0 {
            size = bytes.len() - at;
        }
        let end = at
            .checked_add(size)
            .filter(|end| *end <= bytes.len() && size >= inner)?;
        match &header[4..8] {
            b"xml " | b"uuid" | b"uinf" | b"jp2i" => {
                cleaned[at + 4..at + 8].copy_from_slice(b"free");
                cleaned[at + inner..end].fill(0);
            }
            b"jp2c" => blank_comments(&mut cleaned[at + inner..end])?,
            b"jP  " | b"ftyp" | b"jp2h" | b"ihdr" | b"free" => {}
            _ => return None,
        }
        at = end;
    }
    Some(cleaned)
}

fn blank_comments(stream: &mut [u8]) -> Option<()> {
    let mut at = 2;
    loop {
        let marker = stream.get(at..at + 2)?;
        // Start of the first tile: end of the main header.
        if marker == b"\xff\x90" {
            return Some(());
        }
        let is_comment = marker == b"\xff\x64";
        let length = usize::from(u16::from_be_bytes(
            stream.get(at + 2..at + 4)?.try_into().ok()?,
        ));
        let end = at + 2 + length.max(2);
        let content = stream.get_mut(at + 4..end)?;
        if is_comment {
            content.fill(0);
        }
        at = end;
    }
}
