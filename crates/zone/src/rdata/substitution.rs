//! The substitution expression of NAPTR (RFC 3402 section 3.2): delimiter, regular expression, delimiter, replacement,
//! delimiter, flags.

/// What is wrong with it; an empty one is right.
pub(super) fn fault(text: &[u8]) -> Option<&'static str> {
    let (delimiter, rest) = text.split_first()?;
    if delimiter.is_ascii_digit() || matches!(delimiter, b'\\' | b'i' | 0) {
        return Some("it begins with a digit, a backslash or `i`, which cannot be its delimiter");
    }
    if rest.contains(&0) {
        return Some("it has an octet zero");
    }
    let mut parts = vec![Vec::new()];
    let mut octets = rest.iter();
    while let Some(octet) = octets.next() {
        if octet == delimiter {
            parts.push(Vec::new());
            continue;
        }
        let flags = parts.len() == 3;
        let Some(part) = parts.last_mut() else { continue };
        part.push(*octet);
        if *octet == b'\\' && !flags {
            let Some(escaped) = octets.next() else { return Some("it ends with a backslash") };
            part.push(*escaped);
        }
    }
    let [expression, replacement, flags] = &*parts else {
        return Some("it has not three delimiters: !EXPRESSION!REPLACEMENT!");
    };
    if flags.iter().any(|flag| *flag != b'i') {
        return Some("behind its last delimiter stands another flag than `i`");
    }
    let mut references = Vec::new();
    let mut octets = replacement.iter();
    while let Some(octet) = octets.next() {
        if *octet == b'\\' {
            references.extend(octets.next().filter(|octet| octet.is_ascii_digit()).map(|octet| octet - b'0'));
        }
    }
    let Some(groups) = groups(expression) else {
        return Some("its expression is no extended regular expression (POSIX)");
    };
    let wrong = references.iter().any(|number| *number == 0 || usize::from(*number) > groups);
    wrong.then_some("its replacement refers to a group that its expression does not have")
}

/// How many groups a POSIX extended regular expression has; `None` when it is none.
fn groups(expression: &[u8]) -> Option<usize> {
    let (mut count, mut open) = (0_usize, 0_usize);
    // Whether there is something to repeat, and whether it is repeated already.
    let (mut atom, mut repeated) = (false, false);
    let mut rest = expression;
    while let Some((octet, after)) = rest.split_first() {
        rest = after;
        match octet {
            b'\\' => {
                let (escaped, after) = rest.split_first()?;
                rest = after;
                if matches!(escaped, b'1'..=b'9') && usize::from(escaped - b'0') > count {
                    return None;
                }
                (atom, repeated) = (true, false);
            }
            b'[' => {
                rest = bracket(rest)?;
                (atom, repeated) = (true, false);
            }
            b'{' if rest.first().is_some_and(u8::is_ascii_digit) => {
                if !atom || repeated {
                    return None;
                }
                rest = bound(rest)?;
                repeated = true;
            }
            b'*' | b'+' | b'?' => {
                if !atom || repeated {
                    return None;
                }
                repeated = true;
            }
            b'(' => {
                // An empty group is one.
                if let Some(after) = rest.strip_prefix(b")") {
                    rest = after;
                    count += 1;
                    (atom, repeated) = (true, false);
                    continue;
                }
                count += 1;
                open += 1;
                (atom, repeated) = (false, false);
            }
            b')' if open > 0 => {
                if !atom {
                    return None;
                }
                open -= 1;
                (atom, repeated) = (true, false);
            }
            b'|' => {
                if !atom {
                    return None;
                }
                (atom, repeated) = (false, false);
            }
            // An anchor is not repeated.
            b'^' | b'$' => (atom, repeated) = (true, true),
            _ => (atom, repeated) = (true, false),
        }
    }
    (open == 0 && atom).then_some(count)
}

/// What follows a bracket expression, which starts behind its `[`.
fn bracket(rest: &[u8]) -> Option<&[u8]> {
    const CLASSES: [&[u8]; 12] = [
        b"alnum", b"alpha", b"blank", b"cntrl", b"digit", b"graph", b"lower", b"print", b"punct", b"space",
        b"upper", b"xdigit",
    ];
    let mut rest = rest.strip_prefix(b"^").unwrap_or(rest);
    let mut first = true;
    // The start of a range, when the last sign can be one.
    let mut start: Option<u8> = None;
    let mut range: Option<u8> = None;
    let mut ranged = false;
    loop {
        let (octet, after) = rest.split_first()?;
        let one = match (octet, after.first()) {
            (b']', _) if !first => return Some(after),
            (b'[', Some(kind @ (b':' | b'.' | b'='))) => {
                let inner = after.get(1..)?;
                let end = inner.windows(2).position(|two| two == [*kind, b']'])?;
                let name = inner.get(..end)?;
                rest = inner.get(end + 2..)?;
                match kind {
                    b':' if !CLASSES.contains(&name) || range.is_some() => return None,
                    b':' => None,
                    _ if name.is_empty() => return None,
                    _ => name.first().copied().filter(|_| *kind == b'.'),
                }
            }
            // A range does not go on.
            (b'-', Some(next)) if ranged && *next != b']' => return None,
            (b'-', Some(next)) if !first && *next != b']' && start.is_some() && range.is_none() => {
                range = start;
                rest = after;
                continue;
            }
            _ => {
                rest = after;
                Some(*octet)
            }
        };
        if let Some(from) = range.take() {
            if one.is_none_or(|to| to < from) {
                return None;
            }
            (start, ranged) = (None, true);
        } else {
            (start, ranged) = (one, false);
        }
        first = false;
    }
}

/// What follows a bound, which starts behind its `{`: at most 255 (POSIX RE_DUP_MAX).
fn bound(rest: &[u8]) -> Option<&[u8]> {
    let end = rest.iter().position(|octet| *octet == b'}')?;
    let text = std::str::from_utf8(rest.get(..end)?).ok()?;
    let (low, high) = match text.split_once(',') {
        Some((low, "")) => (low, low),
        Some(both) => both,
        None => (text, text),
    };
    let number = |text: &str| {
        let plain = text.bytes().all(|octet| octet.is_ascii_digit());
        text.parse::<u16>().ok().filter(|number| plain && *number <= 255)
    };
    (number(low)? <= number(high)?).then(|| rest.get(end + 1..)).flatten()
}
