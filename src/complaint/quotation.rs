//! Detects quotations. A letter or warning that repeats the reporter's own words reveals the
//! complaint, and its style may reveal the reporter.

use std::collections::HashSet;

use super::papers::form::Content;
use super::sop::Task;
use super::store::{self, messages};
use crate::casework::desk::OpenFile;
use crate::error::{FieldError, Result, fault};

/// Number of consecutive words that count as a quotation.
const QUOTED_WORDS: usize = 8;

/// The word sequences of length `QUOTED_WORDS` in a reporter's texts.
pub struct ReporterTexts {
    runs: HashSet<String>,
}

impl ReporterTexts {
    /// Reads the complaint form and the screened messages. Unscreened messages are left out,
    /// because a refusal would confirm guessed words of a message that the office may not read.
    pub async fn read(file: &mut OpenFile<Task>) -> Result<Self> {
        let now = file.now();
        let (header, connection) = file.parts();
        let (case, key) = (header.file.id, &header.file.key);
        let content = Content::open(key, case, &store::sealed_content(connection, case).await?)?;
        let messages = messages::list_of_reporter(connection, key, case, now).await?;
        let readable = messages
            .into_iter()
            .filter(|(_, screened)| *screened)
            .map(|(text, _)| text);
        Ok(Self::from_texts(readable.chain([content.text()])))
    }

    /// Error at `pointer` when `text` repeats a sequence of the reporter's words.
    pub fn quotation_error(&self, text: &str, pointer: impl Into<String>) -> Option<FieldError> {
        let quoted = word_sequences(text)
            .iter()
            .any(|run| self.runs.contains(run));
        quoted.then(|| {
            fault(
                pointer,
                "quotes_complaint",
                "Teks mengutip delapan kata atau lebih secara berurutan dari tulisan pelapor. Ubah teks, atau isi `quotes_accepted` dengan true.",
                "The text repeats eight or more consecutive words of the reporter. Change the text, or set `quotes_accepted`.",
            )
        })
    }

    fn from_texts(texts: impl Iterator<Item = String>) -> Self {
        Self {
            runs: texts.flat_map(|text| word_sequences(&text)).collect(),
        }
    }
}

/// All sequences of `QUOTED_WORDS` words in a text, in lower case and without punctuation.
fn word_sequences(text: &str) -> Vec<String> {
    let words: Vec<_> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words
        .windows(QUOTED_WORDS)
        .map(|run| run.join(" "))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::ReporterTexts;

    fn quotes(text: &str, texts: &[&str]) -> bool {
        ReporterTexts::from_texts(texts.iter().map(|&text| text.to_owned()))
            .quotation_error(text, "/body")
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
