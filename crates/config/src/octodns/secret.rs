//! Values of options: texts, lists, and secrets behind `handler/name`.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, quote};
use crate::project::{RawValue, SecretSource};
use crate::read::Reader;
use crate::yaml::{Kind, Node};

/// The secret handlers of a configuration with their classes; `env` is always there.
pub(super) type Handlers = BTreeMap<String, String>;

/// The value of an option. `None` when there is none, or when it cannot be carried over, which is reported.
pub(super) fn value(
    reader: &mut Reader<'_>,
    handlers: &Handlers,
    key: &str,
    node: &Node<'_>,
) -> Option<RawValue> {
    match node.kind() {
        Kind::Null => None,
        Kind::Text => text(reader, handlers, key, node),
        Kind::List => {
            let items = node.one_or_many().iter().map(|item| item.as_str().map(str::to_owned));
            items.collect::<Option<Vec<_>>>().map(RawValue::List)
        }
        Kind::Mapping => {
            let message = format!("the option {} is not carried over", quote(key));
            reader.report(node.position(), Diagnostic::warning("octodns/not-carried-over", message));
            None
        }
    }
}

fn text(reader: &mut Reader<'_>, handlers: &Handlers, key: &str, node: &Node<'_>) -> Option<RawValue> {
    let text = node.as_str()?;
    let Some((handler, name)) = text.split_once('/') else { return Some(RawValue::Text(text.to_owned())) };
    if handler == "env" {
        let source = match name.split_once('/') {
            None => SecretSource::Env(name.to_owned()),
            Some((name, default)) => SecretSource::EnvOr(name.to_owned(), default.to_owned()),
        };
        return Some(RawValue::Secret(source));
    }
    let Some(class) = handlers.get(handler) else { return Some(RawValue::Text(text.to_owned())) };
    let message = format!(
        "{} comes from the secret handler {} ({class}), which is not carried over",
        quote(key),
        quote(handler)
    );
    let warning = Diagnostic::warning("octodns/secret-handler", message);
    reader
        .report(node.position(), warning.help("put the secret into a variable of the environment: env/NAME"));
    None
}
