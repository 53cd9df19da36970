//! Diagnostics as text, in the layout that `rustc` made familiar.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};
use dnsctl_zone::Source;
use unicode_width::UnicodeWidthStr as _;

use super::words::{ascii, harmless, is_unsafe};
use super::{Diagnostic, Diagnostics, File, Files, Severity};

/// Longest piece of a source line that is shown, in characters, and how much of it stands before the column.
const WINDOW: usize = 100;
const BEFORE: usize = 40;

/// How a diagnostic looks.
#[derive(Debug, Clone, Copy)]
struct Look {
    /// With ANSI escape sequences.
    colour: bool,
    /// Every other character is escaped, in source lines too.
    ascii: bool,
}

impl Diagnostics {
    /// All diagnostics as text, an empty line after each. With `colour`, ANSI escape sequences are used.
    pub fn render(&self, files: &Files, colour: bool) -> String {
        self.look(files, Look { colour, ascii: false })
    }

    /// The same in ASCII: other characters are escaped (`\\u{fc}`), and the underlines still stand under their words.
    pub fn render_ascii(&self, files: &Files, colour: bool) -> String {
        self.look(files, Look { colour, ascii: true })
    }

    fn look(&self, files: &Files, look: Look) -> String {
        let mut text = String::new();
        for diagnostic in self {
            text.push_str(&diagnostic.look(files, look));
            text.push('\n');
        }
        text
    }
}

impl Diagnostic {
    /// This diagnostic as text of several lines. With `colour`, ANSI escape sequences are used.
    pub fn render(&self, files: &Files, colour: bool) -> String {
        self.look(files, Look { colour, ascii: false })
    }

    fn look(&self, files: &Files, look: Look) -> String {
        let places = self.source.iter().chain(self.related.iter().map(|(source, _)| source));
        let gutter = places.map(|source| source.line.to_string().len()).max().unwrap_or(1);
        let mut painter = Painter { text: String::new(), files, gutter, look };
        // Writing to a string cannot fail.
        let _ = painter.diagnostic(self);
        painter.text
    }
}

struct Painter<'f> {
    text: String,
    files: &'f Files,
    /// Width of the line numbers.
    gutter: usize,
    look: Look,
}

impl Painter<'_> {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> fmt::Result {
        let main = match diagnostic.severity {
            Severity::Error => AnsiColor::BrightRed,
            Severity::Warning => AnsiColor::BrightYellow,
            Severity::Note => AnsiColor::BrightGreen,
        };
        let main = main.on_default().bold();
        self.painted(main, &format!("{}[{}]", diagnostic.severity.word(), diagnostic.code));
        self.painted(Style::new().bold(), &format!(": {}", self.clean(&diagnostic.message)));
        self.text.push('\n');
        if let Some(source) = &diagnostic.source {
            self.place("-->", source, diagnostic.label.as_deref(), '^', main)?;
        }
        for (source, words) in &diagnostic.related {
            self.place(":::", source, Some(words), '-', FRAME)?;
        }
        if let Some(help) = &diagnostic.help {
            if diagnostic.source.is_some() {
                self.frame(" |");
                self.text.push('\n');
            }
            self.frame(" = ");
            self.painted(AnsiColor::BrightCyan.on_default().bold(), "help: ");
            let margin = format!("\n{:1$}", "", self.gutter + 9);
            let help = self.clean(help).replace('\n', &margin);
            self.text.push_str(&help);
            self.text.push('\n');
        }
        Ok(())
    }

    /// The name of a place and, when its text is known, the line with the place underlined.
    fn place(
        &mut self,
        arrow: &str,
        at: &Source,
        label: Option<&str>,
        mark: char,
        style: Style,
    ) -> fmt::Result {
        let label = label.map(|label| self.clean(label)).unwrap_or_default();
        self.frame(arrow);
        let name = self.clean(&at.to_string());
        writeln!(self.text, " {name}")?;
        let file = self.files.by_path(&at.file);
        let column = usize::try_from(at.column).unwrap_or(usize::MAX).saturating_sub(1);
        let Some((line, column)) = file.as_ref().and_then(|file| window(file, at.line, column)) else {
            if !label.is_empty() {
                self.frame(" = ");
                writeln!(self.text, "{label}")?;
            }
            return Ok(());
        };
        let (before, rest) = line.split_at(line.char_indices().nth(column).map_or(line.len(), |(i, _)| i));
        let marks = self.shown(token(before, rest)).width().max(1);
        let (before, line) = (self.shown(before), self.shown(line.trim_end()));
        self.frame(" |");
        self.text.push('\n');
        self.painted(FRAME, &format!("{:>1$} | ", at.line, self.gutter));
        self.text.push_str(&line);
        self.text.push('\n');
        if at.column == 0 {
            return Ok(());
        }
        self.frame(" | ");
        write!(self.text, "{:1$}", "", before.width())?;
        let underline: String = std::iter::repeat_n(mark, marks).collect();
        self.painted(style, format!("{underline} {label}").trim_end());
        self.text.push('\n');
        Ok(())
    }

    /// Nothing that a file says may move the cursor or turn the text around.
    fn clean(&self, text: &str) -> String {
        self.shown(&harmless(text)).into_owned()
    }

    /// Text in the characters that may be used.
    fn shown<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.look.ascii { ascii(text) } else { Cow::Borrowed(text) }
    }

    /// The left margin, then `sign`.
    fn frame(&mut self, sign: &str) {
        self.painted(FRAME, &format!("{:1$}{sign}", "", self.gutter));
    }

    fn painted(&mut self, style: Style, text: &str) {
        let style = if self.look.colour { style } else { Style::new() };
        let _ = write!(self.text, "{style}{text}{style:#}");
    }
}

const FRAME: Style = AnsiColor::BrightBlue.on_default().bold();

/// The part of a line around `column` (from 0), one shown character each, and the column in that part.
fn window(file: &File, number: u32, column: usize) -> Option<(String, usize)> {
    let visible = |c| match c {
        '\t' => ' ',
        c if is_unsafe(c) => '\u{FFFD}',
        c => c,
    };
    let is_long = file.line(number)?.chars().nth(WINDOW).is_some();
    let first = if is_long { column.saturating_sub(BEFORE) } else { 0 };
    let rest = file.line_from(number, first)?;
    let mut part: String = rest.chars().take(WINDOW).map(visible).collect();
    if rest.chars().nth(WINDOW).is_some() {
        part.push('…');
    }
    Some(if first == 0 { (part, column) } else { (format!("…{part}"), column - first + 1) })
}

/// How far the word at the start of `rest` reaches; what to underline. A guess, since only the start is known.
fn token<'t>(before: &str, rest: &'t str) -> &'t str {
    let in_flow = before.matches(['[', '{']).count() > before.matches([']', '}']).count();
    let mut characters = rest.char_indices().peekable();
    let Some((_, first)) = characters.next() else { return "" };
    if matches!(first, '[' | '{' | ']' | '}') {
        return rest.get(..1).unwrap_or_default();
    }
    let mut last = first;
    while let Some((i, c)) = characters.next() {
        let next = characters.peek().map_or(' ', |&(_, next)| next);
        let ends_after = matches!(first, '"' | '\'') && c == first && last != '\\';
        let ends_here = !matches!(first, '"' | '\'')
            && (c == ':' && next == ' '
                || c == ' ' && next == '#'
                || c == '…'
                || in_flow && matches!(c, ',' | ']' | '}')
                || matches!(first, '*' | '&' | '!') && c == ' ');
        if ends_after {
            return rest.get(..=i).unwrap_or(rest);
        }
        if ends_here {
            return rest.get(..i).unwrap_or(rest).trim_end();
        }
        last = c;
    }
    rest.trim_end()
}
