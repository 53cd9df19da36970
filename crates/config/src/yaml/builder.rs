//! Parser events to a tree.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Marker, Parser, ScalarStyle, Span};

use super::mapping;
use super::node::{Key, Node, Scalar, Style, Tag, Value};
use super::{Limits, syntax};
use crate::diagnostic::{Diagnostic, Diagnostics, File, Position, quote};

/// The file is not usable as YAML. The diagnostics that were given to the function say why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file cannot be read as YAML")]
pub struct Unreadable;

/// Reads a file into a tree. An empty file (or one with comments alone) gives `None`.
///
/// Everything that is wrong goes to `diagnostics`. Mistakes that leave the structure clear, such as a duplicate
/// key, still give a tree, so that the caller can go on and report what else is wrong: look at
/// [`Diagnostics::has_errors`] in the end.
///
/// # Errors
/// [`Unreadable`] when the structure is not clear or a limit is exceeded.
pub fn parse<'a>(
    file: &'a File,
    limits: &Limits,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Node<'a>>, Unreadable> {
    let mut builder = Builder::new(file, limits, diagnostics);
    match builder.run() {
        Ok(()) if builder.failed => Err(Unreadable),
        Ok(()) => Ok(builder.root),
        Err(stop) => {
            // A colon that went into the name of an alias breaks what follows: only the alias is worth telling.
            if !(builder.swallowed_colon && stop.code == syntax::CODE) {
                builder.diagnostics.push(*stop);
            }
            builder.check_open_mappings();
            Err(Unreadable)
        }
    }
}

/// Mistakes of one file that are reported before reading stops.
const MOST_MISTAKES: usize = 1_000;

/// A problem after which reading cannot go on.
type Stop = Box<Diagnostic>;

struct Builder<'a, 'd> {
    file: &'a File,
    limits: &'d Limits,
    diagnostics: &'d mut Diagnostics,
    /// The open collections, innermost last.
    frames: Vec<Frame<'a>>,
    /// Items of all open lists and entries of all open mappings; each frame knows where its own start.
    items: Vec<Node<'a>>,
    entries: Vec<(Key<'a>, Node<'a>)>,
    anchors: HashMap<usize, Anchor<'a>>,
    /// Collections that are open inside a key that is no text.
    skipped: usize,
    nodes: usize,
    expansion: usize,
    /// Diagnostics that were there before.
    earlier: usize,
    root: Option<Node<'a>>,
    documents: usize,
    /// The tree would lack its root.
    failed: bool,
    /// `*.www: x` is an alias named `.www:` to the rules of YAML.
    swallowed_colon: bool,
}

struct Frame<'a> {
    position: Position,
    anchor: usize,
    tag: Option<Box<Tag>>,
    start: usize,
    /// Number of nodes in it, aliases counted as if written out.
    size: usize,
    /// Levels of nesting in it.
    height: usize,
    kind: FrameKind<'a>,
}

enum FrameKind<'a> {
    List,
    Mapping { key: Option<PendingKey<'a>>, merges: bool },
}

enum PendingKey<'a> {
    Good(Key<'a>),
    /// The key is wrong and was reported: its value is dropped.
    Bad,
}

struct Anchor<'a> {
    node: Arc<Node<'a>>,
    size: usize,
    height: usize,
}

/// A finished value on its way to its parent.
struct Finished<'a> {
    node: Node<'a>,
    size: usize,
    height: usize,
}

impl<'a, 'd> Builder<'a, 'd> {
    fn new(file: &'a File, limits: &'d Limits, diagnostics: &'d mut Diagnostics) -> Self {
        Self {
            file,
            limits,
            earlier: diagnostics.len(),
            diagnostics,
            frames: Vec::new(),
            items: Vec::new(),
            entries: Vec::new(),
            anchors: HashMap::new(),
            skipped: 0,
            nodes: 0,
            expansion: 0,
            root: None,
            documents: 0,
            failed: false,
            swallowed_colon: false,
        }
    }

    fn run(&mut self) -> Result<(), Stop> {
        let options = granit_parser::options! {
            emit_comments: false,
            emit_unresolved_aliases: true,
            flow_nesting_limit: self.limits.depth,
            block_nesting_limit: self.limits.depth,
        };
        for event in Parser::new_from_str_with_options(self.file.text(), options) {
            match event {
                Ok((event, span)) => self.event(event, &span)?,
                Err(error) => return Err(Box::new(syntax::explain(self.file, self.limits, &error))),
            }
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'a>, span: &Span) -> Result<(), Stop> {
        if self.skipped > 0 {
            match event {
                Event::SequenceStart(..) | Event::MappingStart(..) => self.skipped += 1,
                Event::SequenceEnd | Event::MappingEnd => self.skipped -= 1,
                _ => {}
            }
            return Ok(());
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag, span),
            Event::SequenceStart(_, anchor, tag) => {
                self.open(FrameKind::List, self.items.len(), anchor, tag, span)
            }
            Event::MappingStart(_, anchor, tag) => {
                let kind = FrameKind::Mapping { key: None, merges: false };
                self.open(kind, self.entries.len(), anchor, tag, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(id) => self.alias(id, span),
            Event::UnresolvedAlias(name) => self.unknown_alias(&name, span),
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents == 1 {
                    return Ok(());
                }
                let message = "a second document starts here; one file holds one document";
                let error = Diagnostic::error("yaml/several-documents", message)
                    .at(self.source(self.position(span.start)))
                    .help("remove the line `---` or put what follows into a file of its own");
                Err(Box::new(error))
            }
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<Cow<'a, granit_parser::Tag>>,
        span: &Span,
    ) -> Result<(), Stop> {
        let mut style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        let written = span.start.index() != span.end.index();
        // The parser gives `~` for a value that is not there.
        let text = if written || style != Style::Plain { text } else { Cow::Borrowed("") };
        let position = self.position(span.start);
        self.count(position)?;
        // `!!str null` and `! null` are text (YAML 1.2.2 section 10.1.1.3), as if quoted.
        if tag.as_ref().is_some_and(|tag| tag.core_suffix() == Some("str") || is_non_specific(tag)) {
            style = Style::Quoted;
        }
        let scalar = Scalar::new(text, style);
        if self.expects_key() {
            let tag = self.tag(tag, span);
            return self.key(scalar, anchor, tag, position);
        }
        let tag = self.tag(tag, span);
        let node = Node { value: Value::Scalar(scalar), tag, position };
        self.place(Finished { node, size: 1, height: 0 }, anchor)
    }

    fn key(
        &mut self,
        scalar: Scalar<'a>,
        anchor: usize,
        tag: Option<Box<Tag>>,
        position: Position,
    ) -> Result<(), Stop> {
        if let Some(tag) = tag {
            let error = Diagnostic::error(
                "yaml/tagged-key",
                format!("a key cannot have a tag: {}", quote(&tag.name)),
            );
            self.diagnostics.push(error.at(self.source(tag.position)).help("take the word with the ! away"));
        }
        if anchor != 0 {
            self.charge(1, position)?;
            let node = Arc::new(Node { value: Value::Scalar(scalar.clone()), tag: None, position });
            self.anchors.insert(anchor, Anchor { node, size: 1, height: 0 });
        }
        self.set_key(PendingKey::Good(Key { scalar, position }));
        Ok(())
    }

    fn open(
        &mut self,
        kind: FrameKind<'a>,
        start: usize,
        anchor: usize,
        tag: Option<Cow<'a, granit_parser::Tag>>,
        span: &Span,
    ) -> Result<(), Stop> {
        let position = self.position(span.start);
        self.count(position)?;
        if self.expects_key() {
            self.complex_key(position);
            self.skipped = 1;
            return Ok(());
        }
        if self.frames.len() >= self.limits.depth {
            return Err(Box::new(syntax::too_deep(self.limits).at(self.source(position))));
        }
        let tag = self.tag(tag, span);
        self.frames.push(Frame { position, anchor, tag, start, size: 1, height: 0, kind });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Stop> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let value = match frame.kind {
            FrameKind::List => Value::List(self.items.drain(frame.start..).collect()),
            FrameKind::Mapping { merges, .. } => {
                let entries: Box<[_]> = self.entries.drain(frame.start..).collect();
                mapping::report_duplicates(&entries, self.file, MOST_MISTAKES, self.diagnostics);
                let place = |at: Position| self.file.source(at.line, at.column);
                Value::Mapping(if merges {
                    mapping::merge(
                        entries,
                        self.limits.later_wins,
                        |error| self.diagnostics.push(error),
                        place,
                    )
                } else {
                    entries
                })
            }
        };
        let node = Node { value, tag: frame.tag, position: frame.position };
        self.place(Finished { node, size: frame.size, height: frame.height + 1 }, frame.anchor)
    }

    /// Hands a finished value to its parent.
    fn place(&mut self, finished: Finished<'a>, anchor: usize) -> Result<(), Stop> {
        let Finished { mut node, size, height } = finished;
        if anchor != 0 {
            let position = node.position;
            self.charge(1, position)?;
            let shared = Arc::new(node);
            self.anchors.insert(anchor, Anchor { node: shared.clone(), size, height });
            node = Node { value: Value::Shared(shared), tag: None, position };
        }
        let Some(frame) = self.frames.last_mut() else {
            let empty = node.tag.is_none()
                && matches!(&node.value, Value::Scalar(s) if s.is_null() && s.text().is_empty());
            self.root = Some(node).filter(|_| !empty);
            return Ok(());
        };
        frame.size = frame.size.saturating_add(size);
        frame.height = frame.height.max(height);
        match &mut frame.kind {
            FrameKind::List => self.items.push(node),
            FrameKind::Mapping { key, .. } => {
                if let Some(PendingKey::Good(key)) = key.take() {
                    self.entries.push((key, node));
                }
            }
        }
        Ok(())
    }

    fn alias(&mut self, id: usize, span: &Span) -> Result<(), Stop> {
        let position = self.position(span.start);
        self.count(position)?;
        let Some(anchor) = self.anchors.get(&id) else {
            if self.frames.iter().any(|frame| frame.anchor == id) {
                let error =
                    Diagnostic::error("yaml/alias-to-itself", "this alias stands inside its own anchor");
                self.diagnostics.push(error.at(self.source(position)));
            }
            // Else the anchor is in something that was refused already.
            self.drop_value();
            return Ok(());
        };
        let (node, size, height) = (anchor.node.clone(), anchor.size, anchor.height);
        self.charge(size, position)?;
        if self.frames.len().saturating_add(height) > self.limits.depth {
            return Err(Box::new(syntax::too_deep(self.limits).at(self.source(position))));
        }
        if self.expects_key() {
            match &node.value {
                Value::Scalar(scalar) => {
                    self.set_key(PendingKey::Good(Key { scalar: scalar.clone(), position }));
                }
                _ => self.complex_key(position),
            }
            return Ok(());
        }
        let node = Node { value: Value::Shared(node), tag: None, position };
        self.place(Finished { node, size, height }, 0)
    }

    /// An alias without an anchor is most often an owner name with a wildcard that lacks quotes.
    fn unknown_alias(&mut self, name: &str, span: &Span) -> Result<(), Stop> {
        let position = self.position(span.start);
        self.count(position)?;
        self.swallowed_colon |= name.ends_with(':');
        let name = name.trim_end_matches(':');
        let text = format!("*{name}");
        let error = if name.is_empty() || name.starts_with('.') {
            syntax::bare_wildcard(&text)
        } else {
            let message = format!("no anchor {} stands above this alias", quote(&format!("&{name}")));
            let help = format!("if the text {} is meant, write it in quotes", quote(&text));
            Diagnostic::error("yaml/unknown-alias", message).help(help)
        };
        let error = error.at(self.source(position));
        self.diagnostics.push(error);
        if self.expects_key() {
            let scalar = Scalar::new(Cow::Owned(text), Style::Quoted);
            self.set_key(PendingKey::Good(Key { scalar, position }));
        } else {
            self.drop_value();
        }
        Ok(())
    }

    fn complex_key(&mut self, position: Position) {
        let error = Diagnostic::error("yaml/complex-key", "a list or mapping cannot be a key")
            .at(self.source(position))
            .help("write text in quotes if it starts with `[` or `{`");
        self.diagnostics.push(error);
        self.set_key(PendingKey::Bad);
    }

    /// The value that was expected here is wrong and was reported: leave out its whole entry.
    fn drop_value(&mut self) {
        match self.frames.last_mut() {
            None => self.failed = true,
            Some(Frame { kind: FrameKind::List, .. }) => {}
            Some(Frame { kind: FrameKind::Mapping { key, .. }, .. }) => {
                *key = if key.is_none() { Some(PendingKey::Bad) } else { None };
            }
        }
    }

    fn expects_key(&self) -> bool {
        matches!(self.frames.last(), Some(Frame { kind: FrameKind::Mapping { key: None, .. }, .. }))
    }

    fn set_key(&mut self, new: PendingKey<'a>) {
        if let Some(Frame { kind: FrameKind::Mapping { key, merges }, size, .. }) = self.frames.last_mut() {
            *merges |= matches!(&new, PendingKey::Good(key) if key.is_merge());
            *key = Some(new);
            *size = size.saturating_add(1);
        }
    }

    /// Standard tags say nothing that matters here; custom ones must be known to the reader.
    fn tag(&mut self, tag: Option<Cow<'a, granit_parser::Tag>>, span: &Span) -> Option<Box<Tag>> {
        let tag = tag?;
        if tag.core_suffix().is_some() || is_non_specific(&tag) {
            return None;
        }
        let name = format!("{}{}", tag.handle(), tag.suffix()).into_boxed_str();
        let position = self.position(span.tag_start().unwrap_or(span.start));
        if !self.limits.tags.contains(&&*name) {
            let error = Diagnostic::error(
                "yaml/unknown-tag",
                format!("the tag {} has no meaning here", quote(&name)),
            );
            let help = "a text that starts with `!` is written in quotes";
            self.diagnostics.push(error.at(self.source(position)).help(help));
        }
        Some(Box::new(Tag { name, position }))
    }

    /// Anchors and aliases cost more memory or time than what is written for them.
    fn charge(&mut self, size: usize, position: Position) -> Result<(), Stop> {
        self.expansion = self.expansion.saturating_add(size);
        if self.expansion <= self.limits.expansion {
            return Ok(());
        }
        let message =
            format!("anchors and aliases stand for more than {} values here", self.limits.expansion);
        let error = Diagnostic::error("yaml/alias-bomb", message).at(self.source(position));
        Err(Box::new(error.help("write the values out, or use fewer aliases inside anchors")))
    }

    fn count(&mut self, position: Position) -> Result<(), Stop> {
        if self.diagnostics.len().saturating_sub(self.earlier) >= MOST_MISTAKES {
            let message = "there are too many mistakes; reading stops here";
            return Err(Box::new(
                Diagnostic::error("yaml/too-many-mistakes", message).at(self.source(position)),
            ));
        }
        self.nodes += 1;
        if self.nodes <= self.limits.nodes {
            return Ok(());
        }
        let message = format!("the file holds more than {} keys and values", self.limits.nodes);
        let error = Diagnostic::error("yaml/too-large", message).at(self.source(position));
        Err(Box::new(error.help("split it into several files")))
    }

    /// After a syntax error: duplicates among the entries that were read are reported all the same.
    fn check_open_mappings(&mut self) {
        while let Some(frame) = self.frames.pop() {
            if matches!(frame.kind, FrameKind::Mapping { .. }) {
                let entries: Vec<_> = self.entries.drain(frame.start..).collect();
                mapping::report_duplicates(&entries, self.file, MOST_MISTAKES, self.diagnostics);
            }
        }
    }

    fn position(&self, marker: Marker) -> Position {
        position(self.file, marker)
    }

    fn source(&self, position: Position) -> dnsctl_zone::Source {
        self.file.source(position.line, position.column)
    }
}

/// Is it the tag `!` alone (YAML 1.2.2 section 6.9.1)?
fn is_non_specific(tag: &granit_parser::Tag) -> bool {
    matches!((tag.handle(), tag.suffix()), ("!", "") | ("", "!"))
}

/// The parser counts lines from 1 and columns, in characters, from 0.
fn position(file: &File, marker: Marker) -> Position {
    let line = u32::try_from(marker.line()).unwrap_or(u32::MAX);
    let column = u32::try_from(marker.col()).unwrap_or(u32::MAX).saturating_add(1);
    Position { file: file.id(), line, column }
}
