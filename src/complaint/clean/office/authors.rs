//! The names of those who commented on a spreadsheet: Excel writes them into the comments, too, where they are searched for within bounds.

use std::cmp::Reverse;

use quick_xml::Reader;
use quick_xml::events::{BytesText, Event};

use super::fault::Fault;

/// The most people who comment on a spreadsheet.
const MOST: usize = 1_000;
/// The most bytes searched in all parts of a file, each counted once for every author.
pub(super) const MOST_SEARCHED: usize = 512 << 20;
/// What the search of an empty text costs, in bytes.
const EACH_SEARCH: usize = 64;

/// The authors named in a part.
#[derive(Debug, Default)]
pub(super) struct Authors(Vec<String>);

impl Authors {
    /// Those named in `text`, each once; the longer first, since a name may contain another.
    pub(super) fn read(text: &str) -> Result<Self, Fault> {
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
        if names.len() > MOST {
            Err(Fault::TooComplex)
        } else {
            Ok(Self(names))
        }
    }

    /// `text` without their names; the search is taken from what may still be `searched`.
    pub(super) fn without<'t>(
        &self,
        text: BytesText<'t>,
        searched: &mut usize,
    ) -> Result<BytesText<'t>, Fault> {
        if self.0.is_empty() {
            return Ok(text);
        }
        let text = text.into_inner();
        let work = self.0.len().saturating_mul(text.len() + EACH_SEARCH);
        *searched = searched.checked_sub(work).ok_or(Fault::TooComplex)?;
        Ok(BytesText::from_escaped(
            self.0
                .iter()
                .fold(text.into_owned(), |said, name| said.replace(name, "-")),
        ))
    }
}
