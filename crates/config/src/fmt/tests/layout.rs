//! Files as people lay them out.

use std::fmt::Write as _;

use proptest::prelude::*;

/// A value, and how it is laid out.
#[derive(Debug, Clone)]
enum Value {
    Scalar(&'static str),
    /// Lines of a block scalar.
    Block(&'static str, Vec<&'static str>),
    List(bool, Vec<Self>),
    Mapping(bool, Vec<Self>),
}

/// Blanks, comments and empty lines of one place.
#[derive(Debug, Clone)]
struct Space {
    step: usize,
    gap: usize,
    above: Vec<&'static str>,
    behind: bool,
}

fn space() -> impl Strategy<Value = Space> {
    let above =
        prop::collection::vec(prop::sample::select(vec!["", "# note", "#", "#:x: {", "      # deep"]), 0..3);
    (1_usize..5, 1_usize..4, above, prop::bool::weighted(0.3)).prop_map(|(step, gap, above, behind)| Space {
        step,
        gap,
        above,
        behind,
    })
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop::sample::select(vec![
        "a",
        "1.10",
        "\"@\"",
        "'it''s'",
        "10 mail",
        "v=spf1 -all",
        "\"# no\"",
        "a#b",
        "",
        "~",
        "!!str 1",
        "\\# 3 abcdef",
        "é",
    ]);
    let block = (
        prop::sample::select(vec!["|", ">", "|-", ">+", "|2", ">1-"]),
        prop::collection::vec(
            prop::sample::select(vec!["one", "two three", "", "  deep", "# no", "- x"]),
            1..4,
        ),
    );
    let leaf = prop_oneof![
        4 => scalar.prop_map(Value::Scalar),
        1 => block.prop_map(|(header, lines)| Value::Block(header, lines)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let list = (any::<bool>(), prop::collection::vec(inner.clone(), 1..4));
        let mapping = (any::<bool>(), prop::collection::vec(inner, 1..4));
        prop_oneof![
            list.prop_map(|(flow, items)| Value::List(flow, items)),
            mapping.prop_map(|(flow, items)| Value::Mapping(flow, items)),
        ]
    })
}

pub(super) fn file() -> impl Strategy<Value = String> {
    (prop::collection::vec(value(), 1..4), prop::collection::vec(space(), 64)).prop_map(|(values, spaces)| {
        let mut writer = Writer { out: String::new(), spaces, next: 0, names: 0 };
        writer.write(&Value::Mapping(false, values), 0);
        writer.out
    })
}

struct Writer {
    out: String,
    spaces: Vec<Space>,
    next: usize,
    names: usize,
}

impl Writer {
    fn space(&mut self) -> Space {
        self.next += 1;
        self.spaces[self.next % self.spaces.len()].clone()
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("k{}", self.names)
    }

    fn line(&mut self, indent: usize, comments: bool) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            let space = self.space();
            if space.behind && comments {
                write!(self.out, "{}# behind", " ".repeat(space.gap)).unwrap();
            }
            self.out.push('\n');
        }
        if comments {
            for line in self.space().above {
                // A line that is not deeper than a block scalar above cannot become part of it.
                writeln!(self.out, "{}{}", " ".repeat(indent), line.trim_start()).unwrap();
            }
        }
        self.out += &" ".repeat(indent);
    }

    fn write(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Scalar(text) => self.out += text,
            Value::Block(header, lines) => {
                let Space { step, behind, .. } = self.space();
                let step = header.chars().find_map(|c| c.to_digit(10)).map_or(step, |digit| digit as usize);
                // Without a digit the first line says how deep the text is.
                let digit = header.contains(char::is_numeric);
                let lines = if !digit && (lines[0].is_empty() || lines[0].starts_with(' ')) {
                    &["x"][..]
                } else {
                    &lines[..]
                };
                self.out += header;
                if behind {
                    self.out += " # header";
                }
                for line in lines {
                    self.out.push('\n');
                    if !line.is_empty() {
                        write!(self.out, "{}{line}", " ".repeat(indent.saturating_sub(1) + step)).unwrap();
                    }
                }
                self.out.push('\n');
            }
            Value::List(false, items) => {
                for item in items {
                    self.line(indent, true);
                    let gap = self.space().gap;
                    write!(self.out, "-{}", " ".repeat(gap)).unwrap();
                    self.inner(item, indent, indent + 1 + gap);
                }
            }
            Value::Mapping(false, values) => {
                for value in values {
                    self.line(indent, true);
                    self.pair(value, indent);
                }
            }
            _ => self.flow(value, indent + 2),
        }
    }

    fn pair(&mut self, value: &Value, indent: usize) {
        let name = self.name();
        write!(self.out, "{name}:").unwrap();
        match value {
            Value::List(false, _) | Value::Mapping(false, _) => {
                let step = self.space().step;
                self.write(value, indent + step);
            }
            _ => {
                let gap = " ".repeat(self.space().gap);
                self.out += &gap;
                self.write(value, indent + 1);
            }
        }
    }

    /// A value behind a dash.
    fn inner(&mut self, value: &Value, indent: usize, column: usize) {
        match value {
            Value::Mapping(false, values) => {
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        self.line(column, true);
                    }
                    self.pair(value, column);
                }
            }
            Value::List(false, items) => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.line(column, true);
                    }
                    self.out += "- ";
                    self.inner(item, column, column + 2);
                }
            }
            _ => self.write(value, indent + 1),
        }
    }

    /// Between brackets there are no blocks.
    fn flow(&mut self, value: &Value, indent: usize) {
        let (values, open, close) = match value {
            Value::Scalar(text) => return self.out += if text.is_empty() { "x" } else { text },
            Value::Block(..) => return self.out.push('x'),
            Value::List(_, values) => (values, '[', ']'),
            Value::Mapping(_, values) => (values, '{', '}'),
        };
        let broken = self.space().behind;
        self.out.push(open);
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            if broken {
                self.line(indent, true);
            }
            let gap = " ".repeat(self.space().gap);
            self.out += &gap;
            if open == '{' {
                let name = self.name();
                write!(self.out, "{name}: ").unwrap();
            }
            self.flow(value, indent);
        }
        if broken {
            self.line(indent, true);
        }
        self.out.push(close);
    }
}
