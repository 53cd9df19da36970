//! The options of a provider as its adapter wants them.

use crate::registry::FACTORIES;
use crate::secrets;
use dnsctl_config::diagnostic::{Diagnostic, closest};
use dnsctl_config::{ProviderEntry, ProviderOption, RawValue, SecretSource};
use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_provider::http::sends_in_the_clear;
use dnsctl_provider::{Factory, OptionKind, OptionSpec, OptionValue, Settings};
use dnsctl_zone::{Source, Ttl};
use std::path::Path;
use std::time::Duration;

/// The adapter of a provider and its settings, with all secrets looked up.
///
/// # Errors
/// There is no adapter, a secret is missing, or an option has the wrong form.
pub(crate) fn resolve(entry: &ProviderEntry, root: &Path) -> Result<(&'static Factory, Settings)> {
    let wrong = |kind, text: String| Error::new(kind, text);
    let factory = factory(entry).map_err(|found| wrong(ErrorKind::Config, found.message))?;
    let mut settings = Settings { name: entry.name.clone(), ..Settings::default() };
    for option in &entry.options {
        let Some(spec) = factory.options.iter().find(|spec| spec.name == option.key) else { continue };
        let at = |text: String| {
            format!(
                "{}: the option \"{}\" of the provider \"{}\": {text}",
                option.source, option.key, entry.name
            )
        };
        let value = value(spec, &option.value, root).map_err(|reason| match reason {
            Reason::Form(text) => wrong(ErrorKind::Config, at(text)),
            Reason::Secret(text) => wrong(ErrorKind::Unauthorized, at(text)).with_hint(hint(&option.value)),
        })?;
        settings.values.insert(option.key.clone(), value);
    }
    Ok((factory, settings))
}

/// What to do about a secret that is not there.
fn hint(value: &RawValue) -> String {
    match value {
        RawValue::Secret(SecretSource::Env(name)) => format!("give it to this command: export {name}=..."),
        _ => "mend what gives the secret, or name another place for it there".to_owned(),
    }
}

/// Everything wrong with a provider that can be seen without a look at its secrets. A class of octoDNS without an
/// adapter is not wrong as long as no plan asks for it.
pub(crate) fn problems(entry: &ProviderEntry) -> Vec<Diagnostic> {
    match factory(entry) {
        Ok(factory) => check(entry, factory),
        Err(_) if entry.kind.is_none() => Vec::new(),
        Err(found) => vec![*found],
    }
}

/// What is wrong with the options as they are written: unknown ones, missing ones, wrong forms. Nothing is looked up.
fn check(entry: &ProviderEntry, factory: &Factory) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    for option in &entry.options {
        if !factory.options.iter().any(|spec| spec.name == option.key) {
            let known: Vec<&str> = factory.options.iter().map(|spec| spec.name).collect();
            let help = closest(&option.key, known.iter().copied()).map_or_else(
                || format!("the options of {} are {}", factory.kind, known.join(", ")),
                |near| format!("did you mean \"{near}\"?"),
            );
            let message = format!("the provider \"{}\" has an unknown option \"{}\"", entry.name, option.key);
            errors.push(error("config/unknown-key", message, &option.source).help(help));
        }
    }
    // An octoDNS configuration stays as it is; in ours a secret in the file is a mistake.
    let secret =
        |key: &str| factory.options.iter().any(|spec| spec.name == key && spec.kind == OptionKind::Secret);
    for option in entry.options.iter().filter(|option| entry.class.is_none() && secret(&option.key)) {
        errors.extend(option.secret().map_or_else(|error| Some(*error), |(_, warning)| warning));
    }
    if factory.options.iter().any(|spec| spec.kind == OptionKind::Secret) {
        errors.extend(entry.options.iter().filter_map(|option| in_the_clear(entry, option)));
    }
    for spec in factory.options.iter().filter(|spec| spec.required) {
        if !entry.options.iter().any(|option| option.key == spec.name) {
            let message = format!("the provider \"{}\" lacks the option \"{}\"", entry.name, spec.name);
            errors.push(error("config/missing-key", message, &entry.source).help(spec.doc));
        }
    }
    errors
}

/// A warning for the URL of an API that is on another machine and is spoken to without TLS.
fn in_the_clear(entry: &ProviderEntry, option: &ProviderOption) -> Option<Diagnostic> {
    let RawValue::Text(url) = &option.value else { return None };
    sends_in_the_clear(url).then(|| {
        let message = format!("the provider \"{}\" sends its credentials unencrypted", entry.name);
        Diagnostic::warning("config/in-the-clear", message)
            .at(option.source.clone())
            .help("write https://, or reach the server through a tunnel at 127.0.0.1")
    })
}

/// The factory of an entry, or what to say when there is none.
fn factory(entry: &ProviderEntry) -> std::result::Result<&'static Factory, Box<Diagnostic>> {
    let Some(kind) = entry.kind.as_deref() else {
        let class = entry.class.as_deref().unwrap_or("?");
        let message =
            format!("the provider \"{}\" is of class {class}, for which dnsctl has no adapter", entry.name);
        let error = error("config/no-adapter", message, &entry.source);
        return Err(Box::new(error.help("its zones can be checked, imported and exported, but not planned")));
    };
    crate::registry::factory(kind).ok_or_else(|| {
        let kinds: Vec<&str> = FACTORIES.iter().map(|factory| factory.kind).collect();
        let help = closest(kind, kinds.iter().copied()).map_or_else(
            || format!("the types are {}", kinds.join(", ")),
            |near| format!("did you mean \"{near}\"?"),
        );
        let message = format!("the provider \"{}\" has an unknown type \"{kind}\"", entry.name);
        Box::new(error("config/unknown-type", message, &entry.source).help(help))
    })
}

fn error(code: &'static str, message: String, source: &Source) -> Diagnostic {
    Diagnostic::error(code, message).at(source.clone())
}

enum Reason {
    Form(String),
    Secret(String),
}

fn value(spec: &OptionSpec, raw: &RawValue, root: &Path) -> std::result::Result<OptionValue, Reason> {
    let form = |wanted: &str| Reason::Form(format!("{wanted} is expected"));
    let secret = |source: &SecretSource| secrets::find(source, root).map_err(Reason::Secret);
    if spec.kind == OptionKind::List {
        return match raw {
            RawValue::List(list) => Ok(OptionValue::List(list.clone())),
            RawValue::Text(text) => Ok(OptionValue::List(vec![text.clone()])),
            RawValue::Secret(_) => Err(form("a list of texts")),
        };
    }
    // Any option may come from the environment or a file; octoDNS users write env/NAME everywhere.
    let text = match raw {
        RawValue::Text(text) if spec.kind == OptionKind::Secret => {
            return Ok(OptionValue::Secret(secret(&SecretSource::Literal(text.clone()))?));
        }
        RawValue::Secret(source) if spec.kind == OptionKind::Secret => {
            return Ok(OptionValue::Secret(secret(source)?));
        }
        RawValue::Text(text) => text.clone(),
        RawValue::Secret(source) => secret(source)?.expose().to_owned(),
        RawValue::List(_) => return Err(form("one value, no list,")),
    };
    match spec.kind {
        OptionKind::Text => Ok(OptionValue::Text(text)),
        OptionKind::Choice(words) if words.contains(&text.as_str()) => Ok(OptionValue::Text(text)),
        OptionKind::Choice(words) => Err(form(&format!("one of {}", words.join(", ")))),
        OptionKind::Number => text.parse().map(OptionValue::Number).map_err(|_| form("a whole number")),
        OptionKind::Bool => text.parse().map(OptionValue::Bool).map_err(|_| form("true or false")),
        OptionKind::Duration => {
            duration(&text).map(OptionValue::Duration).ok_or_else(|| form("a time such as 30s or 2m"))
        }
        OptionKind::Path => Ok(OptionValue::Path(root.join(text))),
        OptionKind::Secret | OptionKind::List => Err(form("another value")),
    }
}

/// Seconds, with decimals or with units.
fn duration(text: &str) -> Option<Duration> {
    if let Ok(ttl) = text.parse::<Ttl>() {
        return Some(Duration::from_secs(u64::from(ttl.seconds())));
    }
    if let Some(milliseconds) = text.strip_suffix("ms").and_then(|digits| digits.parse().ok()) {
        return Some(Duration::from_millis(milliseconds));
    }
    let seconds: f64 = text.strip_suffix('s').unwrap_or(text).parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dnsctl_config::Project;

    /// What the documentation shows can be used as it is.
    #[test]
    fn providers_of_the_documentation() {
        let folder = tempfile::tempdir().unwrap();
        let mut seen = 0;
        for page in ["docs/configuration.md", "docs/zone-files.md", "README.md"] {
            let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page);
            let text = fs_err::read_to_string(page).unwrap();
            for block in text.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
                if !block.contains("providers:") {
                    continue;
                }
                let path = folder.path().join("dnsctl.yaml");
                fs_err::write(&path, block).unwrap();
                let found: Vec<_> = Project::open(&path).providers.iter().flat_map(problems).collect();
                assert!(found.is_empty(), "{block}\n{found:?}");
                seen += 1;
            }
        }
        assert!(seen >= 5, "{seen}");
    }
}
