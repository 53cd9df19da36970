//! Records and directives.

use super::lexer::{Copy, Lexer, Located, Word};
use super::{Fault, Included, MasterError, Options, Parsed, Record};
use crate::shown::shortened;
use crate::{Name, NameError, Names, Rdata, RecordType, Source, Ttl, TtlError};
use std::ops::Range;
use std::sync::Arc;

/// The longest text of a name in octets.
const LONGEST_NAME: usize = 4 * 255;

/// What holds on from one file to the next.
pub(super) struct Parser<'i> {
    pub(super) options: Options,
    include: &'i mut dyn FnMut(&str) -> Included,
    /// The files that are open, the outermost first.
    open: Vec<Arc<str>>,
    includes: usize,
    pub(super) generated: usize,
    /// The octets of their texts.
    pub(super) generated_octets: usize,
    default_ttl: Option<Ttl>,
    last_ttl: Option<Ttl>,
    warned_of_ttl: bool,
    copy: Copy,
    pub(super) parsed: Parsed,
}

/// What holds for one file.
pub(super) struct Place<'t> {
    pub(super) lexer: Lexer<'t>,
    pub(super) file: Arc<str>,
    pub(super) origin: Name,
    /// The text of the last owner name, while the origin is the same: most names stand on several lines.
    owner_text: Option<&'t str>,
    owner: Owner,
}

/// The owner name of the record before.
#[derive(Debug, Clone)]
enum Owner {
    /// There was no record.
    None,
    /// It could not be read, which was said there.
    Unknown,
    Known(Name),
}

/// What stands before the data of a record.
#[derive(Default)]
pub(super) struct Head {
    pub(super) ttl: Option<Ttl>,
    class: bool,
}

impl<'i> Parser<'i> {
    pub(super) fn new(options: Options, include: &'i mut dyn FnMut(&str) -> Included) -> Self {
        Self {
            options,
            include,
            open: Vec::new(),
            includes: 0,
            generated: 0,
            generated_octets: 0,
            default_ttl: options.default_ttl,
            last_ttl: None,
            warned_of_ttl: false,
            copy: Copy::default(),
            parsed: Parsed::default(),
        }
    }

    pub(super) fn run(mut self, text: &str, file: Arc<str>, origin: &Name) -> Parsed {
        self.file(text, file, origin.clone(), Owner::None);
        self.parsed
    }

    fn file(&mut self, text: &str, file: Arc<str>, origin: Name, owner: Owner) {
        self.open.push(Arc::clone(&file));
        let mut place = Place { lexer: Lexer::new(text), file, origin, owner_text: None, owner };
        while let Some(blank) = place.lexer.entry() {
            if self.parsed.errors.len() >= self.options.errors {
                break;
            }
            let Err((fault, at)) = self.entry(&mut place, blank) else { continue };
            let structure = matches!(
                fault,
                Fault::OpenQuote
                    | Fault::OpenEscape
                    | Fault::OpenParenthesis
                    | Fault::CloseParenthesis
                    | Fault::LongEntry(_)
            );
            self.error(&place, fault, &at);
            if structure {
                place.lexer.recover();
            } else {
                place.lexer.finish();
            }
        }
        self.open.pop();
    }

    pub(super) fn error(&mut self, place: &Place<'_>, fault: Fault, at: &Range<usize>) {
        let (source, length) = place.lexer.locate(&place.file, at);
        self.parsed.errors.push(MasterError { source, length, fault });
        let most = self.options.errors;
        if self.parsed.errors.len() >= most {
            let source = Source { column: 0, ..place.lexer.locate(&place.file, at).0 };
            self.parsed.errors.push(MasterError { source, length: 0, fault: Fault::TooMany(most) });
        }
    }

    fn entry<'t>(&mut self, place: &mut Place<'t>, blank: bool) -> Located<()> {
        let mut owner = None;
        let start = place.lexer.position();
        if blank {
            if matches!(place.owner, Owner::None) {
                let word = place.lexer.word()?;
                return Err((Fault::NoOwner, word.map_or(start..start, |word| word.place())));
            }
        } else {
            let Some(word) = place.lexer.word()? else {
                place.lexer.finish();
                return Ok(());
            };
            if word.text.starts_with('$') && !word.quoted {
                return self.directive(place, word);
            }
            owner = Some(word.text);
            place.set_owner(word)?;
        }
        let mut head = Head::default();
        let end = loop {
            match place.lexer.word()? {
                None => break None,
                Some(word) => {
                    let rtype = self.head(word, &mut head, owner)?;
                    // It holds for the next record, also when this one cannot be read.
                    self.last_ttl = head.ttl.or(self.last_ttl);
                    if let Some(rtype) = rtype {
                        break Some((word, rtype));
                    }
                }
            }
        };
        let Some((word, rtype)) = end else {
            let at = place.lexer.position();
            return Err((Fault::NoType, at..at));
        };
        let mut copy = std::mem::take(&mut self.copy);
        let result = self.data(place, word, rtype, &head, start, &mut copy);
        self.copy = copy;
        result?;
        place.lexer.finish();
        Ok(())
    }

    /// Takes a word before the data; gives the type when it is that.
    pub(super) fn head(
        &self,
        word: Word<'_>,
        head: &mut Head,
        owner: Option<&str>,
    ) -> Located<Option<RecordType>> {
        let text = word.text;
        if head.ttl.is_none() && text.starts_with(|first: char| first.is_ascii_digit()) {
            head.ttl = Some(ttl(word)?);
            return Ok(None);
        }
        if !head.class {
            match class(text) {
                Some(1) => {
                    head.class = true;
                    return Ok(None);
                }
                Some(_) => return Err((Fault::Class(text.to_ascii_uppercase()), word.place())),
                None => {}
            }
        }
        match text.parse::<RecordType>() {
            Ok(rtype) if rtype.is_pseudo() && !self.options.pseudo_types => {
                Err((Fault::PseudoType(rtype), word.place()))
            }
            Ok(rtype) if !word.quoted => Ok(Some(rtype)),
            _ => {
                let owner_is_type = owner.is_some_and(|owner| owner.parse::<RecordType>().is_ok());
                Err((Fault::Type { word: shortened(text), owner_is_type }, word.place()))
            }
        }
    }

    fn data(
        &mut self,
        place: &mut Place<'_>,
        word: Word<'_>,
        rtype: RecordType,
        head: &Head,
        start: usize,
        copy: &mut Copy,
    ) -> Located<()> {
        let (text, from) = place.lexer.rest(copy)?;
        let names = Names { origin: &place.origin, strict: false };
        let rdata = Rdata::parse(rtype, text, names).map_err(|error| {
            let at = from + error.offset..from + error.offset + error.length;
            (error.into(), if text.is_empty() { word.place() } else { at })
        })?;
        let at = start..word.place().end;
        let ttl = self.ttl(place, head.ttl, &rdata).map_err(|fault| (fault, at.clone()))?;
        if let Owner::Known(name) = &place.owner {
            let (source, _) = place.lexer.locate(&place.file, &(start..start));
            let name = name.clone();
            self.parsed.records.push(Record { name, ttl, explicit_ttl: head.ttl.is_some(), rdata, source });
        }
        Ok(())
    }

    /// The TTL of a record (RFC 2308 section 4, RFC 1035 section 5.1).
    pub(super) fn ttl(
        &mut self,
        place: &Place<'_>,
        explicit: Option<Ttl>,
        rdata: &Rdata,
    ) -> Result<Ttl, Fault> {
        if let Some(ttl) = explicit {
            self.last_ttl = Some(ttl);
            return Ok(ttl);
        }
        if let Some(ttl) = self.default_ttl {
            return Ok(ttl);
        }
        let (ttl, warning) = if let Some(ttl) = self.last_ttl {
            (ttl, Fault::LastTtl(ttl))
        } else {
            let minimum = rdata.number("minimum").and_then(Ttl::new).ok_or(Fault::NoTtl)?;
            self.default_ttl = Some(minimum);
            (minimum, Fault::MinimumTtl(minimum))
        };
        if !std::mem::replace(&mut self.warned_of_ttl, true) {
            let at = place.lexer.position();
            let (source, _) = place.lexer.locate(&place.file, &(at..at));
            let source = Source { column: 0, ..source };
            self.parsed.warnings.push(MasterError { source, length: 0, fault: warning });
        }
        Ok(ttl)
    }

    fn directive<'t>(&mut self, place: &mut Place<'t>, word: Word<'t>) -> Located<()> {
        match word.text.to_ascii_uppercase().as_str() {
            "$ORIGIN" => {
                let argument = place.only_argument("$ORIGIN NAME", &word)?;
                place.origin = place.name(argument)?;
                place.owner_text = None;
                place.lexer.finish();
                Ok(())
            }
            "$TTL" => {
                let argument = place.only_argument("$TTL TIME", &word)?;
                self.default_ttl = Some(ttl(argument)?);
                place.lexer.finish();
                Ok(())
            }
            "$INCLUDE" => self.include(place, word),
            "$GENERATE" => self.generate(place, word),
            _ => Err((Fault::Directive(shortened(word.text)), word.place())),
        }
    }

    fn include<'t>(&mut self, place: &mut Place<'t>, word: Word<'t>) -> Located<()> {
        const FORM: &str = "$INCLUDE FILE, with a name behind it if the origin is another";
        let path = place.argument(FORM, &word)?;
        let origin = match place.lexer.word()? {
            Some(argument) => place.name(argument)?,
            None => place.origin.clone(),
        };
        place.no_more(FORM)?;
        self.includes += 1;
        let bad = |fault| Err((fault, path.place()));
        if self.includes > self.options.includes {
            return bad(Fault::IncludeLimit(self.options.includes, ""));
        }
        if self.open.len() > self.options.include_depth {
            return bad(Fault::IncludeLimit(self.options.include_depth, " inside each other"));
        }
        match (self.include)(path.text) {
            Err(reason) => bad(Fault::Include { path: shortened(path.text), reason }),
            Ok((file, _)) if self.open.contains(&file) => bad(Fault::IncludeLoop(file)),
            Ok((file, text)) => {
                self.file(&text, file, origin, place.owner.clone());
                place.lexer.finish();
                Ok(())
            }
        }
    }
}

impl<'t> Place<'t> {
    fn set_owner(&mut self, word: Word<'t>) -> Located<()> {
        if self.owner_text == Some(word.text) && !word.quoted {
            return Ok(());
        }
        (self.owner, self.owner_text) = (Owner::Unknown, None);
        self.owner = Owner::Known(self.name(word)?);
        self.owner_text = Some(word.text);
        Ok(())
    }

    /// The name in this word.
    pub(super) fn name(&self, word: Word<'_>) -> Located<Name> {
        if word.quoted {
            return Err((Fault::QuotedName, word.place()));
        }
        // No name is longer, even if every octet of it is escaped.
        if word.text.len() > LONGEST_NAME {
            return Err((NameError::Long(word.text.len()).into(), word.place()));
        }
        Name::parse(word.text, Names { origin: &self.origin, strict: false })
            .map_err(|error| (error.into(), word.place()))
    }

    /// The next word of a directive.
    pub(super) fn argument(&mut self, form: &'static str, directive: &Word<'t>) -> Located<Word<'t>> {
        self.lexer.word()?.ok_or((Fault::Form(form), directive.place()))
    }

    /// The only word behind a directive.
    fn only_argument(&mut self, form: &'static str, directive: &Word<'t>) -> Located<Word<'t>> {
        let argument = self.argument(form, directive)?;
        self.no_more(form).map(|()| argument)
    }

    fn no_more(&mut self, form: &'static str) -> Located<()> {
        match self.lexer.word()? {
            Some(extra) => Err((Fault::Form(form), extra.place())),
            None => Ok(()),
        }
    }
}

/// The TTL in this word.
fn ttl(word: Word<'_>) -> Located<Ttl> {
    let shown = |error| match error {
        TtlError::Syntax(text) => TtlError::Syntax(shortened(&text)),
        TtlError::Range(text) => TtlError::Range(shortened(&text)),
    };
    word.text.parse().map_err(|error| (shown(error).into(), word.place()))
}

/// The number of a class (RFC 1035 section 3.2.4, RFC 3597 section 5).
fn class(text: &str) -> Option<u16> {
    const CLASSES: [(&str, u16); 6] =
        [("IN", 1), ("CS", 2), ("CH", 3), ("HS", 4), ("NONE", 254), ("ANY", 255)];
    if let Some((_, number)) = CLASSES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        return Some(*number);
    }
    let (prefix, digits) = text.split_at_checked(5)?;
    let digits = Some(digits).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    if prefix.eq_ignore_ascii_case("CLASS") { digits?.parse().ok() } else { None }
}
