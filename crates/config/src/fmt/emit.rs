//! A tree of source texts to formatted text.

use std::ops::Range;

use super::tree::{At, Comment, Item, Kind, Node, Tree};

/// Columns of one level.
const STEP: usize = 2;
/// Least space between a value and a comment behind it.
const GAP: usize = 1;

/// The formatted text of a whole file.
pub(super) fn emit(text: &str, tree: &Tree) -> String {
    let mut emitter = Emitter {
        text,
        lines: text.lines().collect(),
        out: String::with_capacity(text.len() + text.len() / 8),
        comments: tree.comments.iter().peekable(),
        last: 0,
        path: Vec::new(),
        trailing: Vec::new(),
    };
    if let Some(marker) = tree.marker {
        emitter.start(marker, 0, 0);
        emitter.out.push_str("---");
        emitter.last = marker.line;
    }
    if let Some(root) = &tree.root {
        match &root.kind {
            Kind::Mapping { flow: false, .. } | Kind::List { flow: false, .. }
                if root.properties.is_empty() => {}
            _ => emitter.start(root.start, 0, 0),
        }
        emitter.value(root, 0, 0);
    }
    let end = At { byte: usize::MAX, line: usize::MAX, column: 0 };
    emitter.comments_before(end, 0);
    if !emitter.out.is_empty() {
        emitter.out.push('\n');
    }
    align(&emitter.out, &emitter.trailing)
}

struct Emitter<'s, 'c> {
    text: &'s str,
    lines: Vec<&'s str>,
    out: String,
    comments: std::iter::Peekable<std::slice::Iter<'c, Comment>>,
    /// The line of the source that was written last; zero at the start.
    last: usize,
    /// The open block collections: their columns in the source and in the output.
    path: Vec<(usize, usize)>,
    trailing: Vec<Trailing>,
}

/// A comment behind something, where it stands in the output and in which column of the source it stood.
struct Trailing {
    byte: usize,
    column: usize,
}

/// Comments on lines that follow each other stay below each other where they were so.
fn align(text: &str, trailing: &[Trailing]) -> String {
    let mut lines = Vec::with_capacity(trailing.len());
    let (mut line, mut from) = (0, 0);
    for comment in trailing {
        let before = text.get(from..comment.byte).unwrap_or_default();
        line += before.matches('\n').count();
        from = comment.byte;
        let start = text.get(..comment.byte).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let width = text.get(start..comment.byte).unwrap_or_default().chars().count();
        lines.push((comment, line, width));
    }
    let mut out = String::with_capacity(text.len() + lines.len() * 8);
    let mut from = 0;
    for group in lines.chunk_by(|(a, line, _), (b, next, _)| a.column == b.column && line + 1 == *next) {
        let widest = group.iter().map(|(.., width)| *width).max().unwrap_or(0);
        for (comment, _, width) in group {
            out.push_str(text.get(from..comment.byte).unwrap_or_default());
            out.extend(std::iter::repeat_n(' ', widest - width));
            from = comment.byte;
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

impl Emitter<'_, '_> {
    /// Starts a line for something, after the comments above it. `depth` is how many block collections it stands in.
    fn start(&mut self, at: At, indent: usize, depth: usize) {
        self.comments_before(at, indent);
        self.path.truncate(depth);
        self.line(at.line, indent);
    }

    /// Ends the line and starts another; an empty line between them stays.
    fn line(&mut self, line: usize, indent: usize) {
        if self.last > 0 {
            self.out.push('\n');
            if line > self.last.saturating_add(1) {
                self.out.push('\n');
            }
        }
        self.indent(indent);
    }

    fn indent(&mut self, columns: usize) {
        self.out.extend(std::iter::repeat_n(' ', columns));
    }

    /// Writes the comments that stand before a place: behind what is on the line, or on lines of their own.
    fn comments_before(&mut self, at: At, indent: usize) {
        while let Some(comment) = self.comments.next_if(|comment| comment.at.byte < at.byte) {
            if !comment.alone && comment.at.line == self.last {
                self.indent(GAP);
                self.trailing.push(Trailing { byte: self.out.len(), column: comment.at.column });
            } else {
                // One that is indented deeper than what follows belongs to a block above.
                let column = comment.at.column;
                let levels = self.path.iter().filter(|(source, _)| *source > at.column && *source <= column);
                let deeper = levels.map(|(_, indent)| *indent).next_back();
                self.line(comment.at.line, deeper.unwrap_or(indent));
            }
            let text = self.text.get(comment.text.clone()).unwrap_or_default();
            self.out.push_str(text.trim_end());
            self.last = comment.at.line;
        }
    }

    /// A value behind what stands on the line. `indent` is that of the line's key or dash.
    fn value(&mut self, node: &Node, indent: usize, depth: usize) {
        for (index, property) in node.properties.iter().enumerate() {
            if index > 0 {
                self.out.push(' ');
            }
            self.out.push_str(self.text.get(property.clone()).unwrap_or_default());
            self.last = self.last.max(node.start.line);
        }
        let content = match &node.kind {
            Kind::Block { header, .. } => header.at,
            _ => node.content,
        };
        let mut gap = if node.properties.is_empty() { "" } else { " " };
        let on_line = !matches!(
            &node.kind,
            Kind::Null | Kind::Mapping { flow: false, .. } | Kind::List { flow: false, .. }
        );
        if on_line && self.comments.peek().is_some_and(|comment| comment.at.byte < content.byte) {
            self.start(content, indent + STEP, depth);
            gap = "";
        }
        match &node.kind {
            Kind::Null => {}
            Kind::Scalar { text, .. } => {
                self.out.push_str(gap);
                self.scalar(text.clone(), indent);
                self.last = node.end.line;
            }
            Kind::Block { header, lines, indent: source } => {
                self.out.push_str(gap);
                self.out.push(header.style);
                if header.digit {
                    self.out.push('2');
                }
                self.out.extend(header.chomping);
                self.last = header.at.line;
                // A comment can stand behind the header.
                let end = At { byte: usize::MAX, line: header.at.line, column: 0 };
                let behind = self.comments.peek().is_some_and(|c| c.at.line == header.at.line && !c.alone);
                if behind && let Some(comment) = self.comments.peek() {
                    let byte = comment.at.byte + 1;
                    self.comments_before(At { byte, ..end }, indent);
                }
                self.block(lines.clone(), *source, indent + STEP, header.chomping == Some('+'));
            }
            Kind::List { flow: false, items } => self.list(items, indent, depth),
            Kind::Mapping { flow: false, entries, .. } => self.mapping(entries, indent, depth),
            Kind::List { flow: true, items } => {
                self.out.push_str(gap);
                let parts: Vec<Part<'_>> = items.iter().map(|item| Part::Item(&item.node)).collect();
                self.flow(node, &parts, ["[", "]"], "", indent, depth);
            }
            Kind::Mapping { flow: true, braces, entries } => {
                self.out.push_str(gap);
                let parts: Vec<Part<'_>> =
                    entries.iter().map(|(key, value)| Part::Pair(key, value)).collect();
                if *braces {
                    self.flow(node, &parts, ["{", "}"], " ", indent, depth);
                } else if let Some(pair) = parts.first() {
                    self.part(pair, indent, depth);
                }
            }
        }
    }

    /// A scalar as it was written. The lines of a long one are indented anew, which does not change it.
    fn scalar(&mut self, range: Range<usize>, indent: usize) {
        let text = self.text.get(range).unwrap_or_default();
        for (index, line) in text.lines().enumerate() {
            if index == 0 {
                self.out.push_str(line);
                continue;
            }
            // In double quotes a backslash can hold a blank at the end of a line.
            if !text.starts_with('"') {
                self.out.truncate(self.out.trim_end_matches([' ', '\t']).len());
            }
            self.out.push('\n');
            let line = line.trim_start_matches([' ', '\t']);
            if !line.is_empty() {
                self.indent(indent + STEP);
                self.out.push_str(line);
            }
        }
    }

    /// The lines of a block scalar.
    fn block(&mut self, lines: Range<usize>, source: usize, indent: usize, keep: bool) {
        let all = std::mem::take(&mut self.lines);
        let lines_of_text =
            all.get(lines.start.saturating_sub(1)..lines.end.saturating_sub(1)).unwrap_or_default();
        // Where there is no text, blanks mean nothing.
        let nothing = lines_of_text.iter().all(|line| line.trim_matches(' ').is_empty());
        let source = if nothing { usize::MAX } else { source };
        let text = |number: usize| {
            let line = number.checked_sub(1).and_then(|index| all.get(index)).copied().unwrap_or_default();
            let spaces = line.len() - line.trim_start_matches(' ').len();
            line.get(spaces.min(source)..).unwrap_or_default()
        };
        let mut end = lines.end;
        while !keep && end > lines.start && text(end - 1).is_empty() {
            end -= 1;
        }
        for number in lines.start..end {
            let line = text(number);
            self.out.push('\n');
            if !line.is_empty() {
                self.indent(indent);
                self.out.push_str(line);
            }
            self.last = number;
        }
        self.lines = all;
    }

    fn mapping(&mut self, entries: &[(Node, Node)], indent: usize, depth: usize) {
        for (key, value) in entries {
            self.start(key.start, indent, depth);
            self.path.push((key.start.column, indent));
            self.pair(key, value, indent, depth + 1);
        }
    }

    /// A key and its value on a line that was started.
    fn pair(&mut self, key: &Node, value: &Node, indent: usize, depth: usize) {
        self.value(key, indent, depth);
        self.last = self.last.max(key.end.line);
        self.out.push_str(if matches!(key.kind, Kind::Scalar { alias: true, .. }) { " :" } else { ":" });
        let in_block =
            matches!(&value.kind, Kind::Mapping { flow: false, .. } | Kind::List { flow: false, .. });
        if in_block && value.properties.is_empty() {
            self.value(value, indent + STEP, depth);
        } else if !matches!(value.kind, Kind::Null) || !value.properties.is_empty() {
            if self.comments.peek().is_some_and(|comment| comment.at.byte < value.start.byte) {
                self.start(value.start, indent + STEP, depth);
            } else {
                self.out.push(' ');
            }
            self.value(value, if in_block { indent + STEP } else { indent }, depth);
        }
    }

    fn list(&mut self, items: &[Item], indent: usize, depth: usize) {
        for item in items {
            self.start(item.dash, indent, depth);
            self.path.push((item.dash.column, indent));
            self.item(item, indent, depth + 1);
        }
    }

    /// An item of a block list on a line that was started.
    fn item(&mut self, item: &Item, indent: usize, depth: usize) {
        let Item { dash, node } = item;
        self.out.push('-');
        self.last = self.last.max(dash.line);
        let nothing = matches!(node.kind, Kind::Null) && node.properties.is_empty();
        if nothing {
            return;
        }
        // The first entry of a collection stands behind the dash, unless a comment stands there.
        let behind = self.comments.peek().is_none_or(|comment| comment.at.byte > node.start.byte);
        match &node.kind {
            Kind::Mapping { flow: false, entries, .. } if behind && node.properties.is_empty() => {
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index == 0 {
                        self.out.push(' ');
                    } else {
                        self.start(key.start, indent + STEP, depth);
                    }
                    self.path.push((key.start.column, indent + STEP));
                    self.pair(key, value, indent + STEP, depth + 1);
                }
            }
            Kind::List { flow: false, items } if behind && node.properties.is_empty() => {
                for (index, inner) in items.iter().enumerate() {
                    if index == 0 {
                        self.out.push(' ');
                    } else {
                        self.start(inner.dash, indent + STEP, depth);
                    }
                    self.path.push((inner.dash.column, indent + STEP));
                    self.item(inner, indent + STEP, depth + 1);
                }
            }
            Kind::Mapping { flow: false, .. } | Kind::List { flow: false, .. }
                if node.properties.is_empty() =>
            {
                self.value(node, indent + STEP, depth);
            }
            kind => {
                if behind {
                    self.out.push(' ');
                } else {
                    self.start(node.start, indent + STEP, depth);
                }
                let block =
                    matches!(kind, Kind::Mapping { flow: false, .. } | Kind::List { flow: false, .. });
                self.value(node, if block { indent + STEP } else { indent }, depth);
            }
        }
    }

    /// A collection between brackets: on one line if it was, else each entry on a line of its own.
    fn flow(
        &mut self,
        node: &Node,
        parts: &[Part<'_>],
        [open, close]: [&str; 2],
        pad: &str,
        indent: usize,
        depth: usize,
    ) {
        self.out.push_str(open);
        let opened = node.content.line;
        let inside = self.comments.peek().is_some_and(|comment| comment.at.byte < node.end.byte);
        if opened == node.end.line && !inside {
            for (index, part) in parts.iter().enumerate() {
                self.out.push_str(if index > 0 { ", " } else { pad });
                self.part(part, indent, depth);
            }
            self.out.push_str(if parts.is_empty() { "" } else { pad });
        } else {
            self.last = self.last.max(opened);
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    self.out.push(',');
                }
                // Columns mean nothing between brackets.
                self.start(At { column: usize::MAX, ..part.start() }, indent + STEP, depth);
                self.part(part, indent + STEP, depth);
            }
            let end = At { byte: node.end.byte.saturating_sub(1), column: usize::MAX, ..node.end };
            self.comments_before(end, indent + STEP);
            self.line(self.last, indent);
        }
        self.out.push_str(close);
        self.last = node.end.line;
    }

    fn part(&mut self, part: &Part<'_>, indent: usize, depth: usize) {
        match part {
            Part::Item(node) => self.value(node, indent, depth),
            Part::Pair(key, value) => {
                let nothing = matches!(value.kind, Kind::Null) && value.properties.is_empty();
                let rest = self.text.get(key.end.byte..).unwrap_or_default().trim_start();
                if nothing && !rest.starts_with(':') {
                    self.value(key, indent, depth);
                } else {
                    self.pair(key, value, indent, depth);
                }
            }
        }
        self.last = self.last.max(part.end().line);
    }
}

/// An entry of a collection between brackets.
enum Part<'n> {
    Item(&'n Node),
    Pair(&'n Node, &'n Node),
}

impl Part<'_> {
    fn start(&self) -> At {
        match self {
            Self::Item(node) | Self::Pair(node, _) => node.start,
        }
    }

    fn end(&self) -> At {
        match self {
            Self::Item(node) | Self::Pair(_, node) => node.end,
        }
    }
}
