//! Quotations: a letter or a warning that repeats the reporter's own words tells whoever finds it what was reported, and by how it is told perhaps by whom.

use std::collections::HashSet;

use super::papers::form::Content;
use super::sop::Task;
use super::store::{self, messages};
use crate::casework::desk::OpenFile;
use crate::error::{FieldError, Result, fault};

/// So many words of the reporter in a row make a text a quotation.
const QUOTATION: usize = 8;

/// What a reporter wrote, as each run of so many words that is in it.
pub struct Reported {
    runs: HashSet<String>,
}

impl Reported {
    /// All that the reporter of `file` wrote to the office: the form, and the messages that the office may read. One that it may not read yet is left out:
    /// whoever guesses its words would learn from a refusal that it is there.
    ///
    /// # Errors
    /// When the server refuses, or something was moved or changed.
    pub async fn of(file: &mut OpenFile<Task>) -> Result<Self> {
        let now = file.now();
        let (header, connection) = file.parts();
        let (case, key) = (header.file.id, &header.file.key);
        let content = Content::open(key, case, &store::content(connection, case).await?)?;
        let messages = messages::of_the_reporter(connection, key, case, now).await?;
        let readable = messages
            .into_iter()
            .filter(|(_, screened)| *screened)
            .map(|(text, _)| text);
        Ok(Self::from_texts(readable.chain([content.text()])))
    }

    /// The fault at `pointer` when `text` repeats some of it word for word.
    #[must_use]
    pub fn quoted_in(&self, text: &str, pointer: impl Into<String>) -> Option<FieldError> {
        let quoted = runs(text).iter().any(|run| self.runs.contains(run));
        quoted.then(|| {
            fault(
                pointer,
                "quotes_complaint",
                "Mengutip delapan kata atau lebih dari tulisan pelapor. Ubah, atau nyatakan bahwa itu memang perlu.",
                "It repeats eight words or more of what the reporter wrote. Change it, or say that it must.",
            )
        })
    }

    fn from_texts(texts: impl Iterator<Item = String>) -> Self {
        Self {
            runs: texts.flat_map(|text| runs(&text)).collect(),
        }
    }
}

/// Each run of so many words in a text, in small letters and whatever stands between them.
fn runs(text: &str) -> Vec<String> {
    let words: Vec<_> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.windows(QUOTATION).map(|run| run.join(" ")).collect()
}

#[cfg(test)]
mod tests {
    use super::Reported;

    fn quotes(text: &str, texts: &[&str]) -> bool {
        Reported::from_texts(texts.iter().map(|&text| text.to_owned()))
            .quoted_in(text, "/body")
            .is_some()
    }

    #[test]
    fn eight_words_in_a_row_are_a_quotation_whatever_stands_between_them() {
        let account = "Petugas meminta pembayaran tunai di luar tarif sebelum contoh uji diterima.";
        assert!(quotes(
            "Bahwa petugas MEMINTA pembayaran, tunai di luar tarif sebelum pelayanan.",
            &[account]
        ));
        assert!(!quotes(
            "Petugas meminta pembayaran tunai. Tarif sebelum contoh uji diterima sudah ditempel.",
            &[account]
        ));
        assert!(!quotes("", &[account]));
        assert!(!quotes(account, &[]));
    }

    #[test]
    fn each_text_is_compared_and_no_row_of_words_goes_from_one_to_the_next() {
        let texts = [
            "satu dua tiga empat lima enam tujuh delapan",
            "sembilan sepuluh sebelas dua belas tiga belas empat",
        ];
        assert!(quotes(texts[0], &texts) && quotes(texts[1], &texts));
        assert!(!quotes(
            "lima enam tujuh delapan sembilan sepuluh sebelas dua",
            &texts
        ));
    }
}
