//! The tree: small nodes, text borrowed from the file where possible.

use std::fmt;
use std::sync::Arc;

use crate::diagnostic::Position;

/// One value of a YAML file, with its place. Aliases are already followed.
#[derive(Debug, Clone)]
pub struct Node<'a> {
    pub(super) value: Value<'a>,
    pub(super) tag: Option<Box<Tag>>,
    pub(super) position: Position,
}

#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    Scalar(Scalar<'a>),
    List(Box<[Node<'a>]>),
    Mapping(Box<[(Key<'a>, Node<'a>)]>),
    /// A value with an anchor: the anchored place and all its aliases share it.
    Shared(Arc<Node<'a>>),
}

/// The key of a mapping entry, with its place. Only text can be a key.
#[derive(Debug, Clone)]
pub struct Key<'a> {
    pub(super) scalar: Scalar<'a>,
    pub(super) position: Position,
}

/// Text, and how it was written.
#[derive(Clone)]
pub struct Scalar<'a>(Text<'a>);

#[derive(Clone)]
enum Text<'a> {
    Borrowed(Style, &'a str),
    Owned(Style, Box<str>),
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// As a literal (`|`) or folded (`>`) block.
    Block,
}

/// A custom tag, such as `!include`, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub(super) name: Box<str>,
    pub(super) position: Position,
}

/// What a node is, in the words of a message: `Display` gives "a mapping", "a list", "text" or "nothing".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// No value: nothing written, `~` or `null`.
    Null,
    /// A scalar.
    Text,
    /// A sequence.
    List,
    /// A mapping.
    Mapping,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "nothing",
            Self::Text => "text",
            Self::List => "a list",
            Self::Mapping => "a mapping",
        })
    }
}

impl<'a> Node<'a> {
    /// The node behind an anchor or alias, else itself.
    fn target(&self) -> &Self {
        match &self.value {
            Value::Shared(node) => node,
            _ => self,
        }
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        match &self.target().value {
            Value::List(_) => Kind::List,
            Value::Mapping(_) => Kind::Mapping,
            _ if self.is_null() => Kind::Null,
            _ => Kind::Text,
        }
    }

    /// Is there no value: nothing written, a plain `~` or a plain `null`? A tagged scalar is never null.
    pub fn is_null(&self) -> bool {
        let target = self.target();
        target.tag.is_none() && matches!(&target.value, Value::Scalar(scalar) if scalar.is_null())
    }

    /// The text exactly as written, after unescaping; `None` for null, lists and mappings.
    pub fn as_str(&self) -> Option<&str> {
        self.as_scalar().filter(|_| !self.is_null()).map(Scalar::text)
    }

    /// The scalar, null included; `None` for lists and mappings.
    pub fn as_scalar(&self) -> Option<&Scalar<'a>> {
        match &self.target().value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The items, if it is a list.
    pub fn as_list(&self) -> Option<&[Self]> {
        match &self.target().value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries in the order of the file, if it is a mapping. Entries from merge keys come last.
    pub fn as_mapping(&self) -> Option<&[(Key<'a>, Self)]> {
        match &self.target().value {
            Value::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The items if it is a list, nothing if it is null, else itself as the only item: for settings that take
    /// one value or several.
    pub fn one_or_many(&self) -> &[Self] {
        match self.as_list() {
            Some(items) => items,
            None if self.is_null() => &[],
            None => std::slice::from_ref(self),
        }
    }

    /// The value of a key, if it is a mapping that has it. Looks at each key in turn.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A key with its place and its value, if it is a mapping that has it. Looks at each key in turn.
    pub fn entry(&self, key: &str) -> Option<(&Key<'a>, &Self)> {
        self.as_mapping()?.iter().find(|(k, _)| k.text() == key).map(|(k, v)| (k, v))
    }

    /// Where the value starts. For an alias this is the place behind its anchor, where the text stands.
    pub fn position(&self) -> Position {
        self.target().position
    }

    /// Where the alias (`*name`) stands, if the value came through one.
    pub fn alias(&self) -> Option<Position> {
        let target = self.target();
        (!std::ptr::eq(self, target) && self.position != target.position).then_some(self.position)
    }

    /// The custom tag on it. The standard tags (`!!str`, `!!int`, …) change nothing and are not kept.
    pub fn tag(&self) -> Option<&Tag> {
        self.target().tag.as_deref()
    }
}

impl<'a> Key<'a> {
    /// The text of the key as written, after unescaping.
    pub fn text(&self) -> &str {
        self.scalar.text()
    }

    /// The text and how it was written.
    pub fn scalar(&self) -> &Scalar<'a> {
        &self.scalar
    }

    /// Where the key starts.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Is it the merge key, a plain `<<`?
    pub fn is_merge(&self) -> bool {
        self.text() == "<<" && self.scalar.style() == Style::Plain
    }
}

impl<'a> Scalar<'a> {
    pub(super) fn new(text: std::borrow::Cow<'a, str>, style: Style) -> Self {
        match text {
            std::borrow::Cow::Borrowed(text) => Self(Text::Borrowed(style, text)),
            std::borrow::Cow::Owned(text) => Self(Text::Owned(style, text.into())),
        }
    }

    /// The text as written, after unescaping.
    pub fn text(&self) -> &str {
        match &self.0 {
            Text::Borrowed(_, text) => text,
            Text::Owned(_, text) => text,
        }
    }

    /// How it was written.
    pub fn style(&self) -> Style {
        match self.0 {
            Text::Borrowed(style, _) | Text::Owned(style, _) => style,
        }
    }

    /// Is it null by the core schema of YAML 1.2 (section 10.3.2)?
    pub fn is_null(&self) -> bool {
        self.style() == Style::Plain && matches!(self.text(), "" | "~" | "null" | "Null" | "NULL")
    }
}

impl fmt::Debug for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.style(), self.text())
    }
}

impl Tag {
    /// The tag as written for local tags (`!include`), the full name for all others.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the tag stands.
    pub fn position(&self) -> Position {
        self.position
    }
}
