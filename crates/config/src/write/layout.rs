//! From values to lines: one line where that is short, else a block.

use super::scalar::{Place, scalar};

/// Lines are not made longer than this where they can be broken.
const WIDTH: usize = 100;

/// A value to be written.
#[derive(Debug, Clone)]
pub(super) enum Item {
    /// A scalar that is text.
    Text(String),
    /// A number.
    Number(String),
    /// A word that means something to YAML.
    Bare(&'static str),
    /// A list that is written on one line if that is short enough.
    List(Vec<Self>),
    /// A list with each item on a line of its own.
    Lines(Vec<Self>),
    /// A mapping that is written on one line if that is short enough.
    Mapping(Vec<(String, Self)>),
    /// A mapping with each entry on lines of its own.
    Block(Vec<(String, Self)>),
}

impl Item {
    /// The value between brackets.
    fn flow(&self) -> String {
        match self {
            Self::Text(text) => scalar(text, Place::Flow),
            Self::Number(text) => text.clone(),
            Self::Bare(word) => (*word).to_owned(),
            Self::List(items) | Self::Lines(items) => {
                format!("[{}]", items.iter().map(Self::flow).collect::<Vec<_>>().join(", "))
            }
            Self::Mapping(entries) | Self::Block(entries) if entries.is_empty() => "{}".to_owned(),
            Self::Mapping(entries) | Self::Block(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| format!("{}: {}", scalar(key, Place::Flow), value.flow()));
                format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// The value on one line, if it may stand so in `room` columns.
    fn line(&self, room: usize) -> Option<String> {
        let line = match self {
            Self::Text(text) => return Some(scalar(text, Place::Block)),
            Self::Block(entries) if !entries.is_empty() => return None,
            Self::Lines(_) => return None,
            _ => self.flow(),
        };
        (line.len() <= room).then_some(line)
    }
}

/// A file in the making.
#[derive(Debug, Default)]
pub(super) struct Layout {
    out: String,
}

impl Layout {
    /// Comment lines.
    pub(super) fn comment(&mut self, text: &str) {
        for line in text.lines() {
            let clean: String = line.chars().filter(|c| !c.is_control()).collect();
            self.out.push_str(format!("# {clean}").trim_end());
            self.out.push('\n');
        }
    }

    /// An empty line, unless one is there or nothing is.
    pub(super) fn blank(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    /// A key of the file and its value.
    pub(super) fn entry(&mut self, key: &str, value: &Item) {
        self.pair(key, value, 0);
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    fn pair(&mut self, key: &str, value: &Item, indent: usize) {
        let key = scalar(key, Place::Block);
        self.indent(indent);
        self.out.push_str(&key);
        self.out.push(':');
        self.value(value, indent, indent + key.len() + 2);
    }

    /// A value behind what stands on the line already, up to `column`.
    fn value(&mut self, value: &Item, indent: usize, column: usize) {
        if let Some(line) = value.line(WIDTH.saturating_sub(column)) {
            self.out.push(' ');
            self.out.push_str(&line);
            self.out.push('\n');
            return;
        }
        self.out.push('\n');
        match value {
            Item::Text(_) | Item::Number(_) | Item::Bare(_) => {}
            Item::List(items) | Item::Lines(items) => {
                for item in items {
                    self.item(item, indent + 2);
                }
            }
            Item::Mapping(entries) | Item::Block(entries) => {
                for (key, value) in entries {
                    self.pair(key, value, indent + 2);
                }
            }
        }
    }

    fn item(&mut self, item: &Item, indent: usize) {
        self.indent(indent);
        self.out.push('-');
        match (item.line(WIDTH.saturating_sub(indent + 2)), item) {
            (Some(line), _) => {
                self.out.push(' ');
                self.out.push_str(&line);
                self.out.push('\n');
            }
            (None, Item::Mapping(entries) | Item::Block(entries)) => {
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index == 0 {
                        self.out.push(' ');
                        let key = scalar(key, Place::Block);
                        self.out.push_str(&key);
                        self.out.push(':');
                        self.value(value, indent + 2, indent + key.len() + 4);
                    } else {
                        self.pair(key, value, indent + 2);
                    }
                }
            }
            // Lists in lists are always short here.
            (None, _) => {
                self.out.push(' ');
                self.out.push_str(&item.flow());
                self.out.push('\n');
            }
        }
    }

    fn indent(&mut self, columns: usize) {
        self.out.extend(std::iter::repeat_n(' ', columns));
    }
}
