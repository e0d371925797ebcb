//! Finds the members of staff, and the posts of the office, that a text mentions. Names are
//! compared as a reader sees them: letters of any script and shape that look alike (UTS 39, NFKD
//! without marks), without invisible characters and separators, with a wrong letter from six
//! letters on. One name of a person, or any word for a post, is a suspicion.
//!
//! The crate knows neither accounts nor complaints; the caller passes names and roles. A suspicion
//! that is wrong costs the conflict officer a look; one that is missed shows the complaint to the
//! accused. So the search prefers a false alarm to a miss. Its work grows with the length of the
//! text and no faster, whatever the text is.

mod decode;
mod fold;
mod letters;
mod near;
mod people;
mod posts;
mod stream;
mod words;

use std::collections::BTreeSet;

use sop::role::Roles;

use crate::fold::readings;
use crate::people::People;
use crate::posts::Posts;
use crate::stream::Stream;

/// The names and e-mail addresses of the people of an office. People are counted in the order in
/// which they are added.
#[derive(Default)]
pub struct Directory {
    people: People,
    count: usize,
}

/// The people and posts that a text speaks of.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// People named beyond doubt; always empty for running text.
    pub named: BTreeSet<usize>,
    /// People who may be meant.
    pub suspected: BTreeSet<usize>,
    /// Posts named by a term that means them and no other.
    pub named_posts: Roles,
    /// Posts that may be meant.
    pub suspected_posts: Roles,
}

impl Directory {
    /// Adds a person with all present and former names and e-mail addresses.
    pub fn add<'a>(
        &mut self,
        names: impl IntoIterator<Item = &'a str>,
        addresses: impl IntoIterator<Item = &'a str>,
    ) {
        for name in names {
            self.people.add_name(self.count, name);
        }
        for address in addresses {
            self.people.add_address(self.count, address);
        }
        self.count += 1;
    }

    /// People and posts that running text may mention.
    pub fn in_text(&self, text: &str) -> Mentions {
        let mut found = Mentions::default();
        for words in readings(text) {
            let stream = Stream::new(&words);
            self.people.find(&stream, &mut found.suspected);
            found.add_posts(posts::posts(&stream));
        }
        found
    }

    /// People and posts that a name or post field mentions.
    pub fn in_field(&self, text: &str) -> Mentions {
        let mut found = Mentions::default();
        for words in readings(text) {
            let stream = Stream::new(&words);
            found.named.extend(self.people.named(&stream));
            self.people.find(&stream, &mut found.suspected);
            self.people.nearly_named(&stream, &mut found.suspected);
            found.add_posts(posts::posts_of_field(&stream));
        }
        found
    }
}

impl Mentions {
    fn add_posts(&mut self, posts: Posts) {
        let all = |one: Roles, other: Roles| other.iter().fold(one, Roles::with);
        self.named_posts = all(self.named_posts, posts.named);
        self.suspected_posts = all(self.suspected_posts, posts.suspected);
    }
}

#[cfg(test)]
mod tests;
