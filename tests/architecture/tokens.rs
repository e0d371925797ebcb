//! Rust source as tokens: words, marks and string literals, each with its line, without comments.
//! This is not a parser of Rust; it knows only enough to tell code from text.

/// One word, mark or literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Counted from one.
    pub line: usize,
    /// The word or mark itself (`::` is one mark), or the text between the quotes.
    pub text: String,
    /// Whether this is the content of a string literal.
    pub literal: bool,
}

impl Token {
    /// Whether this token is that word or mark.
    pub fn is(&self, text: &str) -> bool {
        !self.literal && self.text == text
    }

    /// Whether this token is a name or keyword.
    pub fn is_word(&self) -> bool {
        !self.literal
            && self
                .text
                .starts_with(|first: char| first.is_alphabetic() || first == '_')
    }
}

/// The tokens of a source text, without comments.
pub fn read(text: &str) -> Vec<Token> {
    let mut reader = Reader {
        rest: text,
        line: 1,
        found: Vec::new(),
    };
    while !reader.rest.is_empty() {
        reader.step();
    }
    reader.found
}

struct Reader<'t> {
    rest: &'t str,
    line: usize,
    found: Vec<Token>,
}

impl Reader<'_> {
    fn step(&mut self) {
        let rest = self.rest;
        let first = rest.chars().next().unwrap_or_default();
        if rest.starts_with("//") {
            self.skip(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.skip(block_comment(rest));
        } else if let Some((quote, hashes)) = raw_quote(rest) {
            let end = format!("\"{}", "#".repeat(hashes));
            let length = rest[quote..].find(&end).unwrap_or(rest.len() - quote);
            self.push(rest[quote..quote + length].to_owned(), true);
            self.skip((quote + length + end.len()).min(rest.len()));
        } else if let Some(quote) = plain_quote(rest) {
            let length = quoted(&rest[quote..], '"');
            self.push(rest[quote..quote + length].to_owned(), true);
            self.skip((quote + length + 1).min(rest.len()));
        } else if let Some(length) = character(rest) {
            self.skip(length);
        } else if first.is_alphanumeric() || first == '_' || first == '\'' {
            let inside = |letter: char| letter.is_alphanumeric() || letter == '_';
            let length = first.len_utf8()
                + rest[first.len_utf8()..]
                    .find(|letter| !inside(letter))
                    .unwrap_or(rest.len() - first.len_utf8());
            self.push(rest[..length].to_owned(), false);
            self.skip(length);
        } else {
            let length = if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            if !first.is_whitespace() {
                self.push(rest[..length].to_owned(), false);
            }
            self.skip(length);
        }
    }

    fn push(&mut self, text: String, literal: bool) {
        self.found.push(Token {
            line: self.line,
            text,
            literal,
        });
    }

    fn skip(&mut self, length: usize) {
        self.line += self.rest[..length].matches('\n').count();
        self.rest = &self.rest[length..];
    }
}

/// The length of a block comment; they nest.
fn block_comment(rest: &str) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The start of the content of a raw string, and the number of hashes that end it.
fn raw_quote(rest: &str) -> Option<(usize, usize)> {
    let prefix = ["r", "br", "cr"].into_iter().find(|prefix| {
        rest.strip_prefix(prefix)
            .is_some_and(|after| after.starts_with(['"', '#']))
    })?;
    let hashes = rest[prefix.len()..]
        .chars()
        .take_while(|letter| *letter == '#')
        .count();
    let quote = prefix.len() + hashes;
    rest[quote..]
        .starts_with('"')
        .then_some((quote + 1, hashes))
}

/// The start of the content of an ordinary string.
fn plain_quote(rest: &str) -> Option<usize> {
    ["\"", "b\"", "c\""]
        .into_iter()
        .find(|prefix| rest.starts_with(prefix))
        .map(str::len)
}

/// The length of the content of a string with escapes.
fn quoted(content: &str, end: char) -> usize {
    let mut escaped = false;
    for (at, letter) in content.char_indices() {
        if !escaped && letter == end {
            return at;
        }
        escaped = !escaped && letter == '\\';
    }
    content.len()
}

/// The length of a character literal; none when the quote begins a lifetime.
fn character(rest: &str) -> Option<usize> {
    let start = if rest.starts_with("b'") { 2 } else { 1 };
    let content = rest
        .strip_prefix("b'")
        .or_else(|| rest.strip_prefix('\''))?;
    let first = content.chars().next()?;
    if first == '\\' {
        return Some(start + quoted(content, '\'') + 1);
    }
    content[first.len_utf8()..]
        .starts_with('\'')
        .then(|| start + first.len_utf8() + 1)
}
