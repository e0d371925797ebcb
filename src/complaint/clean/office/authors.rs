//! Names of comment authors in a spreadsheet. Excel also writes them into the text of the comments,
//! where they are searched for within a budget.

use std::cmp::Reverse;

use quick_xml::Reader;
use quick_xml::events::{BytesText, Event};

use super::PartError;

/// Most comment authors of a spreadsheet.
const MAX_AUTHORS: usize = 1_000;
/// Most bytes searched in all parts of a file, counted once for every author.
pub(super) const MAX_SEARCHED: usize = 512 << 20;
/// Cost of a search in an empty text, in bytes.
const SEARCH_COST: usize = 64;

/// The authors named in a part.
#[derive(Debug, Default)]
pub(super) struct Authors(Vec<String>);

impl Authors {
    /// Reads the authors, each once, longer names first, because a name may contain another.
    pub(super) fn read(text: &str) -> Result<Self, PartError> {
        let (mut reader, mut names, mut within) = (Reader::from_str(text), Vec::new(), false);
        loop {
            match reader.read_event() {
                Ok(Event::Start(element)) => within = element.local_name().as_ref() == "author",
                Ok(Event::Text(text)) if within => {
                    let name = text.into_inner().trim().to_owned();
                    names.extend((name.chars().count() > 1).then_some(name));
                }
                Ok(Event::End(_)) => within = false,
                Ok(Event::Eof) | Err(_) => break,
                Ok(_) => {}
            }
        }
        names.sort_unstable_by(|one, other| {
            (Reverse(one.len()), one).cmp(&(Reverse(other.len()), other))
        });
        names.dedup();
        if names.len() > MAX_AUTHORS {
            Err(PartError::TooComplex)
        } else {
            Ok(Self(names))
        }
    }

    /// Replaces the names in `text`. The cost is subtracted from `search_budget`.
    pub(super) fn strip<'t>(
        &self,
        text: BytesText<'t>,
        search_budget: &mut usize,
    ) -> Result<BytesText<'t>, PartError> {
        if self.0.is_empty() {
            return Ok(text);
        }
        let text = text.into_inner();
        let work = self.0.len().saturating_mul(text.len() + SEARCH_COST);
        *search_budget = search_budget
            .checked_sub(work)
            .ok_or(PartError::TooComplex)?;
        Ok(BytesText::from_escaped(
            self.0
                .iter()
                .fold(text.into_owned(), |said, name| said.replace(name, "-")),
        ))
    }
}
