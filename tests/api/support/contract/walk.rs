//! Places in a JSON document, reached key by key. A place knows its JSON pointer, and `get` follows
//! references as a reader of the contract would. References to other documents are not followed.

use serde_json::Value;

/// A longer chain of references is treated as a cycle.
const HOPS: usize = 16;

/// A value inside a document, with its place.
#[derive(Clone)]
pub struct Node<'d> {
    root: &'d Value,
    /// JSON pointer (RFC 6901) from the root of the document.
    pub pointer: String,
    pub value: &'d Value,
}

impl<'d> Node<'d> {
    /// The whole document.
    pub fn root(root: &'d Value) -> Self {
        Self {
            root,
            pointer: String::new(),
            value: root,
        }
    }

    /// The value at a JSON pointer, if there is one.
    pub fn at(root: &'d Value, pointer: &str) -> Option<Self> {
        let value = root.pointer(pointer)?;
        Some(Self {
            root,
            pointer: pointer.to_owned(),
            value,
        })
    }

    /// The member or item of that name, as written: a reference stays a reference.
    pub fn child(&self, key: &str) -> Option<Self> {
        let step = key.replace('~', "~0").replace('/', "~1");
        Self::at(self.root, &format!("{}/{step}", self.pointer))
    }

    /// The member of that name, with references followed.
    pub fn get(&self, key: &str) -> Option<Self> {
        self.child(key)?.followed()
    }

    /// Every member, in the document's order, with references followed.
    pub fn children(&self) -> Vec<(String, Self)> {
        let keys = self
            .value
            .as_object()
            .into_iter()
            .flat_map(|members| members.keys());
        keys.filter_map(|key| Some((key.clone(), self.get(key)?)))
            .collect()
    }

    /// Every item of an array, with references followed.
    pub fn items(&self) -> Vec<Self> {
        let length = self.value.as_array().map_or(0, Vec::len);
        (0..length)
            .filter_map(|at| self.get(&at.to_string()))
            .collect()
    }

    /// The target of the reference at this place; none without a reference into this document.
    pub fn target(&self) -> Option<Self> {
        let pointer = self.value.get("$ref")?.as_str()?.strip_prefix('#')?;
        Self::at(self.root, pointer)
    }

    /// The text of a member.
    pub fn text(&self, key: &str) -> Option<&'d str> {
        self.value.get(key)?.as_str()
    }

    /// Whether a member is `true`.
    pub fn says(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    fn followed(self) -> Option<Self> {
        let mut here = self;
        for _ in 0..HOPS {
            if here.value.get("$ref").is_none_or(|to| !to.is_string()) {
                return Some(here);
            }
            here = here.target()?;
        }
        None
    }
}
