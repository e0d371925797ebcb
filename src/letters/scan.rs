//! Scans an uploaded file as a stream: its SHA-256, and the letter tokens that occur in it in plain
//! text (each letter contains its token in the signature and in the link). The file is neither
//! stored nor parsed.

use sha2::{Digest as _, Sha256};

use super::token::{self, PATH, Token};

/// Maximum number of tokens to collect; a letter contains one.
const MAX_TOKENS: usize = 4;
/// Bytes of the last chunk that are scanned again with the next chunk.
const OVERLAP: usize = PATH.len() + token::LENGTH - 1;

/// The PDF header. It must occur within the first [`HEADER_WINDOW`] bytes (ISO 32000-1, Annex
/// H.3.4.1).
const PDF_HEADER: &[u8] = b"%PDF-";
const HEADER_WINDOW: usize = 1024;

/// State of a scan.
#[derive(Default)]
pub struct Scan {
    digest: Sha256,
    head: Vec<u8>,
    tail: Vec<u8>,
    found: Vec<[u8; 32]>,
}

impl Scan {
    /// Scans the next chunk.
    pub fn update(&mut self, chunk: &[u8]) {
        self.digest.update(chunk);
        self.head
            .extend_from_slice(&chunk[..chunk.len().min(HEADER_WINDOW - self.head.len())]);
        let seam = [self.tail.as_slice(), &chunk[..chunk.len().min(OVERLAP)]].concat();
        self.find_tokens(&seam);
        self.find_tokens(chunk);
        let all = if chunk.len() >= OVERLAP { chunk } else { &seam };
        self.tail = all[all.len().saturating_sub(OVERLAP)..].to_vec();
    }

    /// True if the file has a PDF header. Mail gateways and printers may put bytes before the
    /// header: such a file is a changed letter, but still a PDF.
    pub fn is_pdf(&self) -> bool {
        self.head
            .windows(PDF_HEADER.len())
            .any(|window| window == PDF_HEADER)
    }

    /// Returns the SHA-256 of the file and the digests of the tokens in it.
    pub fn finish(self) -> ([u8; 32], Vec<[u8; 32]>) {
        (self.digest.finalize().into(), self.found)
    }

    fn find_tokens(&mut self, bytes: &[u8]) {
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
                .filter(|digest| !self.found.contains(digest) && self.found.len() < MAX_TOKENS)
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
            file.chunks(size).for_each(|chunk| scan.update(chunk));
            let (digest, found) = scan.finish();
            assert_eq!(
                (digest, found),
                (sha256(&file), vec![token.digest()]),
                "in pieces of {size}"
            );
        }
    }

    /// Related to row 27: a letter changed by a mail gateway is `changed`, not an unsupported file.
    #[test]
    fn a_pdf_may_have_a_preamble() {
        let begins = |file: &[u8]| {
            let mut scan = Scan::default();
            file.chunks(3).for_each(|chunk| scan.update(chunk));
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
            scan.update(Token::random().url("").as_bytes());
        }
        assert_eq!(scan.finish().1.len(), MAX_TOKENS);
        let mut scan = Scan::default();
        scan.update(b"/api/v1/public/letters/");
        scan.update(b"");
        assert!(scan.finish().1.is_empty());
    }
}
