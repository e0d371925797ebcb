//! A file on its way past: its SHA-256, and the tokens of ours that stand in it in plain text, as they do in the signature and the link of every letter. The
//! file is neither kept nor parsed.

use sha2::{Digest as _, Sha256};

use super::token::{self, PATH, Token};

/// How many tokens are looked for: a letter has one.
const MOST: usize = 4;
/// What must be looked at again with the next piece.
const OVERLAP: usize = PATH.len() + token::LENGTH - 1;

/// How a PDF begins, within so many bytes of its beginning (ISO 32000-1, Annex H.3.4.1).
const MARK: &[u8] = b"%PDF-";
const HEAD: usize = 1024;

/// What was seen so far.
#[derive(Default)]
pub struct Scan {
    digest: Sha256,
    begin: Vec<u8>,
    end: Vec<u8>,
    found: Vec<[u8; 32]>,
}

impl Scan {
    /// The next piece.
    pub fn see(&mut self, piece: &[u8]) {
        self.digest.update(piece);
        self.begin
            .extend_from_slice(&piece[..piece.len().min(HEAD - self.begin.len())]);
        let seam = [self.end.as_slice(), &piece[..piece.len().min(OVERLAP)]].concat();
        self.look(&seam);
        self.look(piece);
        let all = if piece.len() >= OVERLAP { piece } else { &seam };
        self.end = all[all.len().saturating_sub(OVERLAP)..].to_vec();
    }

    /// Whether it began as a PDF does. What mail gateways and printers put before a letter makes it another file, but a PDF still.
    #[must_use]
    pub fn is_pdf(&self) -> bool {
        self.begin.windows(MARK.len()).any(|window| window == MARK)
    }

    /// The SHA-256 of the whole, and the digests of the tokens in it.
    #[must_use]
    pub fn finish(self) -> ([u8; 32], Vec<[u8; 32]>) {
        (self.digest.finalize().into(), self.found)
    }

    fn look(&mut self, bytes: &[u8]) {
        let path = PATH.as_bytes();
        let mut from = 0;
        while let Some(at) = bytes[from..]
            .windows(path.len())
            .position(|window| window == path)
        {
            from += at + path.len();
            let token = bytes
                .get(from..from + token::LENGTH)
                .and_then(|token| std::str::from_utf8(token).ok())
                .and_then(Token::parse);
            if let Some(digest) = token
                .map(|token| token.digest())
                .filter(|digest| !self.found.contains(digest) && self.found.len() < MOST)
            {
                self.found.push(digest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrecy::sha256;

    #[test]
    fn a_token_is_found_wherever_the_pieces_are_cut() {
        let token = Token::random();
        let file = format!(
            "%PDF-1.7 x /ContactInfo({}) y",
            token.url("https://desk.test")
        )
        .into_bytes();
        for size in 1..=file.len() {
            let mut scan = Scan::default();
            file.chunks(size).for_each(|piece| scan.see(piece));
            let (digest, found) = scan.finish();
            assert_eq!(
                (digest, found),
                (sha256(&file), vec![token.digest()]),
                "in pieces of {size}"
            );
        }
    }

    /// Row 27: its family. A letter that came through a gateway is changed, not something else.
    #[test]
    fn a_pdf_may_have_a_preamble() {
        let begins = |file: &[u8]| {
            let mut scan = Scan::default();
            file.chunks(3).for_each(|piece| scan.see(piece));
            scan.is_pdf()
        };
        assert!(
            begins(b"%PDF-1.7")
                && begins(b"\r\n%PDF-1.7")
                && begins(&[&[b' '; 1000], b"%PDF-1.7".as_slice()].concat())
        );
        assert!(
            !begins(b"")
                && !begins(b"%PDF")
                && !begins(&[&[b' '; 1024], b"%PDF-1.7".as_slice()].concat())
        );
    }

    #[test]
    fn a_file_full_of_tokens_costs_no_more_than_a_few() {
        let mut scan = Scan::default();
        for _ in 0..50 {
            scan.see(Token::random().url("").as_bytes());
        }
        assert_eq!(scan.finish().1.len(), MOST);
        let mut scan = Scan::default();
        scan.see(b"/api/v1/public/letters/");
        scan.see(b"");
        assert!(scan.finish().1.is_empty());
    }
}
