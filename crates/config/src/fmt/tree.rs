//! Events to a tree of source texts.

use std::ops::Range;

use granit_parser::{Event, Marker, ScalarStyle, Span, StructureStyle};

use super::{FormatError, Spanned};

/// A place in the source: octets, line from 1, column in characters from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub(super) byte: usize,
    pub(super) line: usize,
    pub(super) column: usize,
}

/// One value as it was written.
#[derive(Debug)]
pub(super) struct Node {
    /// Anchor and tag, in order.
    pub(super) properties: Vec<Range<usize>>,
    pub(super) kind: Kind,
    /// Where it starts, properties included.
    pub(super) start: At,
    /// Where it starts, without properties.
    pub(super) content: At,
    /// Where it ends; a block collection ends where something else starts.
    pub(super) end: At,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// Nothing is written.
    Null,
    /// A scalar without or with quotes, or an alias.
    Scalar {
        text: Range<usize>,
        alias: bool,
    },
    /// A literal or folded block.
    Block {
        header: Header,
        lines: Range<usize>,
        indent: usize,
    },
    List {
        flow: bool,
        items: Vec<Item>,
    },
    /// `braces`: a single pair in a flow list can stand without them.
    Mapping {
        flow: bool,
        braces: bool,
        entries: Vec<(Node, Node)>,
    },
}

/// An item of a list.
#[derive(Debug)]
pub(super) struct Item {
    /// Where its dash stands; its own start between brackets.
    pub(super) dash: At,
    pub(super) node: Node,
}

/// The first line of a block scalar.
#[derive(Debug)]
pub(super) struct Header {
    /// `|` or `>`.
    pub(super) style: char,
    /// Whether the depth of the text is written as a digit.
    pub(super) digit: bool,
    /// `+` or `-`.
    pub(super) chomping: Option<char>,
    /// Where it stands.
    pub(super) at: At,
}

/// A comment.
#[derive(Debug)]
pub(super) struct Comment {
    pub(super) at: At,
    pub(super) text: Range<usize>,
    /// Whether nothing stands before it on its line.
    pub(super) alone: bool,
}

/// A whole file.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) root: Option<Node>,
    pub(super) comments: Vec<Comment>,
    /// Where `---` stands, if it does.
    pub(super) marker: Option<At>,
}

pub(super) fn build(text: &str, events: &[Spanned<'_>]) -> Result<Tree, FormatError> {
    let mut tree = Tree::default();
    let mut rest = Vec::with_capacity(events.len());
    let mut documents = 0;
    for (event, span) in events {
        documents += usize::from(matches!(event, Event::DocumentStart(..)));
        if documents > 1 {
            let (what, fix) = ("a second document", "put each document into a file of its own");
            return Err(FormatError::Unsupported { line: span.start.line(), what, fix });
        }
        match event {
            Event::Comment(..) => {
                let at = at(span.start);
                let alone = text.get(..at.byte).is_some_and(|before| {
                    let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
                    line.trim().is_empty()
                });
                tree.comments.push(Comment { at, text: range(span), alone });
            }
            Event::DocumentStart(_, Some(_)) => {
                let line = text.lines().position(|line| line.starts_with("%YAML")).unwrap_or_default() + 1;
                let fix = "remove the line: the file is read as YAML 1.2 without it";
                return Err(FormatError::Unsupported { line, what: "a %YAML directive", fix });
            }
            Event::DocumentStart(true, None) => tree.marker = Some(at(span.start)),
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | Event::DocumentEnd => {}
            _ => rest.push((event, span)),
        }
    }
    tree.comments.sort_by_key(|comment| comment.at.byte);
    let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let mut builder = Builder { text, lines, events: rest.into_iter().peekable(), before: 0 };
    if builder.events.peek().is_some() {
        let root = builder.node()?;
        if matches!(root.kind, Kind::Scalar { .. } | Kind::Block { .. }) {
            return Err(FormatError::Unsupported {
                line: root.start.line,
                what: "a file that is nothing but a text",
                fix: "write a mapping of keys, such as `records:`",
            });
        }
        tree.root = Some(root).filter(|root| !matches!(root.kind, Kind::Null) || !root.properties.is_empty());
    }
    Ok(tree)
}

struct Builder<'e, 't: 'e, I: Iterator<Item = (&'e Event<'t>, &'e Span)>> {
    text: &'t str,
    events: std::iter::Peekable<I>,
    /// Where lines start, in octets.
    lines: Vec<usize>,
    /// Where the token before ends, in octets.
    before: usize,
}

impl<'e, 't: 'e, I: Iterator<Item = (&'e Event<'t>, &'e Span)>> Builder<'e, 't, I> {
    fn node(&mut self) -> Result<Node, FormatError> {
        let Some((event, span)) = self.events.next() else {
            return Err(FormatError::Changed);
        };
        let mut properties: Vec<(Range<usize>, At)> = Vec::new();
        if let Some(tag) = span.tag_span() {
            properties.push((range(&tag), at(tag.start)));
        }
        if let Some((Event::Anchor(..), anchor)) = self.events.peek() {
            properties.push((range(anchor), at(anchor.start)));
            self.events.next();
        }
        properties.sort_by_key(|(range, _)| range.start);
        let after = properties.last().map_or(self.before, |(range, _)| range.end.max(self.before));
        let mut start = properties.first().map_or_else(|| at(span.start), |(_, at)| *at);
        let mut end = at(span.end);
        let kind = match event {
            Event::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded, ..) => {
                let (header, lines) = self.block(span, after)?;
                end = At {
                    byte: range(span).end,
                    line: lines.end.saturating_sub(1).max(header.at.line),
                    column: 0,
                };
                if properties.is_empty() {
                    start = header.at;
                }
                Kind::Block { header, lines, indent: span.indent.unwrap_or(0) }
            }
            Event::Scalar(..) if span.start.index() == span.end.index() => {
                // The place of nothing can be far behind.
                end = properties.last().map_or(start, |(range, at)| At { byte: range.end, ..*at });
                Kind::Null
            }
            Event::Scalar(..) => Kind::Scalar { text: range(span), alias: false },
            Event::Alias(_) | Event::UnresolvedAlias(_) => Kind::Scalar { text: range(span), alias: true },
            Event::SequenceStart(style, ..) => {
                let mut items = Vec::new();
                let flow = *style == StructureStyle::Flow;
                self.before = if flow { range(span).end } else { after };
                while !matches!(self.events.peek(), Some((Event::SequenceEnd, _)) | None) {
                    let dash = if flow { None } else { Some(self.dash()) };
                    let node = self.node()?;
                    items.push(Item { dash: dash.unwrap_or(node.start), node });
                }
                end = self.close();
                Kind::List { flow, items }
            }
            Event::MappingStart(style, ..) => {
                let mut entries = Vec::new();
                let braces = range(span).len() == 1;
                self.before = range(span).end;
                while !matches!(self.events.peek(), Some((Event::MappingEnd, _)) | None) {
                    let key = self.node()?;
                    self.check_key(&key)?;
                    entries.push((key, self.node()?));
                }
                end = self.close();
                Kind::Mapping { flow: *style == StructureStyle::Flow, braces, entries }
            }
            _ => {
                return Err(FormatError::Unsupported {
                    line: span.start.line(),
                    what: "this",
                    fix: "write it in a simpler way",
                });
            }
        };
        self.before = end.byte.max(self.before);
        Ok(Node {
            properties: properties.into_iter().map(|(range, _)| range).collect(),
            kind,
            start,
            content: at(span.start),
            end,
        })
    }

    /// The dash of the next item of a block list: the first sign behind what stands before it, comments left out.
    fn dash(&mut self) -> At {
        let mut place = self.before;
        while let Some(rest) = self.text.get(place..) {
            // Behind a key comes its colon.
            let next = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ':');
            place += rest.len() - next.len();
            if !next.starts_with('#') {
                break;
            }
            place += next.find('\n').unwrap_or(next.len());
        }
        self.before = self.before.max(place + 1);
        self.place(place)
    }

    fn place(&self, byte: usize) -> At {
        let line = self.lines.partition_point(|start| *start <= byte);
        let start = line.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or(0);
        At { byte, line, column: self.text.get(start..byte).unwrap_or_default().chars().count() }
    }

    /// The end of a collection.
    fn close(&mut self) -> At {
        self.events.next().map_or(At { byte: self.before, line: 0, column: 0 }, |(_, span)| at(span.end))
    }

    fn check_key(&self, key: &Node) -> Result<(), FormatError> {
        let what = match &key.kind {
            Kind::Scalar { .. } if key.start.line == key.end.line => return Ok(()),
            Kind::Scalar { .. } => "a key of several lines",
            Kind::Null => "a key that is not written",
            _ => "a key that is not one line of text",
        };
        Err(FormatError::Unsupported { line: key.start.line, what, fix: "write the key as one line of text" })
    }

    /// The header of a block scalar and the lines of its text, counted from 1, the end excluded.
    fn block(&self, span: &Span, after: usize) -> Result<(Header, Range<usize>), FormatError> {
        let line = span.start.line();
        let fail = || FormatError::Unsupported { line, what: "this block", fix: "write it in a simpler way" };
        let content = range(span);
        let head = self.text.get(after..).ok_or_else(fail)?;
        let place = head.find(['|', '>']).ok_or_else(fail)?;
        let mut header = Header {
            style: head.get(place..).and_then(|rest| rest.chars().next()).ok_or_else(fail)?,
            digit: false,
            chomping: None,
            at: self.place(after + place),
        };
        for c in head.get(place + 1..).unwrap_or_default().chars().take_while(|c| !c.is_whitespace()) {
            match c {
                '0'..='9' => header.digit = true,
                '+' | '-' => header.chomping = Some(c),
                _ => return Err(fail()),
            }
        }
        let slice = self.text.get(content).unwrap_or_default().trim_end_matches([' ', '\t']);
        let breaks = slice.matches('\n').count();
        let whole = usize::from(!slice.is_empty() && !slice.ends_with('\n'));
        let end = if slice.is_empty() { header.at.line + 1 } else { span.start.line() + breaks + whole };
        let first = header.at.line + 1;
        Ok((header, first..end.max(first)))
    }
}

fn at(marker: Marker) -> At {
    At { byte: marker.byte_offset().unwrap_or(0), line: marker.line(), column: marker.col() }
}

fn range(span: &Span) -> Range<usize> {
    span.byte_range().unwrap_or(0..0)
}
