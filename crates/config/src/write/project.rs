//! A configuration as text.

use super::head;
use super::layout::{Item, Layout};
use super::text;
use crate::{ProjectSettings, ProviderEntry, ProviderOption, RawValue, SecretSource};

/// What a configuration is to say.
#[derive(Debug, Clone, Default)]
pub struct Config<'a> {
    /// Lines that stand at the top as comments; none when empty.
    pub comment: &'a str,
    /// Patterns of the zone files; the key is left out when there is none.
    pub zones: &'a [String],
    /// The providers. One without a kind becomes a comment. A secret that is there as text is never written: in its
    /// place stands a variable of the environment to be set.
    pub providers: &'a [ProviderEntry],
    /// What else there is; what is as usual is left out.
    pub settings: ProjectSettings,
}

/// The text of `dnsctl.yaml`.
pub fn project(config: &Config<'_>) -> String {
    let mut layout = Layout::default();
    layout.comment(config.comment);
    if !config.zones.is_empty() {
        layout.entry("zones", &head::one_or_many(config.zones));
    }
    for provider in config.providers.iter().filter(|provider| provider.kind.is_none()) {
        let class = provider.class.as_deref().unwrap_or("?");
        layout.comment(&format!("The provider {} ({class}) has no adapter and is left out.", provider.name));
    }
    for provider in config.providers.iter().filter(|provider| provider.kind.is_some()) {
        for option in &provider.options {
            layout.comment(&to_be_set(&provider.name, option).unwrap_or_default());
        }
    }
    let entries = config.providers.iter().filter_map(provider).collect();
    layout.entry("providers", &Item::Block(entries));
    let usual = ProjectSettings::default();
    let settings = &config.settings;
    let mut defaults = Vec::new();
    if !settings.defaults.providers.is_empty() {
        defaults.push(("provider".to_owned(), head::one_or_many(&settings.defaults.providers)));
    }
    if settings.defaults.ttl != usual.defaults.ttl {
        defaults.push(("ttl".to_owned(), text(&settings.defaults.ttl.human())));
    }
    if settings.defaults.create {
        defaults.push(("create".to_owned(), Item::Bare("true")));
    }
    if !defaults.is_empty() {
        layout.entry("defaults", &Item::Mapping(defaults));
    }
    if let Some(policy) = head::policy(settings.policy, settings.deletes_total) {
        layout.entry("policy", &policy);
    }
    let mut verify = Vec::new();
    verify.extend(settings.verify.deadline.map(|time| ("deadline".to_owned(), seconds(time))));
    if !settings.verify.servers.is_empty() {
        let servers = settings.verify.servers.iter().map(head::server).collect();
        verify.push(("servers".to_owned(), Item::List(servers)));
    }
    if !verify.is_empty() {
        layout.entry("verify", &Item::Mapping(verify));
    }
    if let Some(life) = settings.plan.life {
        layout.entry("plan", &Item::Mapping(vec![("life".to_owned(), seconds(life))]));
    }
    layout.finish()
}

fn seconds(time: std::time::Duration) -> Item {
    let ttl = u32::try_from(time.as_secs()).ok().and_then(dnsctl_zone::Ttl::new);
    text(&ttl.map_or_else(|| time.as_secs().to_string(), dnsctl_zone::Ttl::human))
}

fn provider(provider: &ProviderEntry) -> Option<(String, Item)> {
    let mut entries = vec![("type".to_owned(), text(provider.kind.as_deref()?))];
    for option in &provider.options {
        let value = match &option.value {
            RawValue::Text(value) => text(value),
            RawValue::List(values) => Item::List(values.iter().map(|value| text(value)).collect()),
            RawValue::Secret(secret) => {
                let (key, value) = match secret {
                    SecretSource::Env(name) | SecretSource::EnvOr(name, _) => ("env", text(name)),
                    SecretSource::File(path) => ("file", text(&path.to_string_lossy())),
                    SecretSource::Command(words) => {
                        ("command", Item::List(words.iter().map(|word| text(word)).collect()))
                    }
                    SecretSource::Literal(_) | SecretSource::Joined(_) => {
                        ("env", text(&variable(&provider.name, &option.key)))
                    }
                };
                Item::Mapping(vec![(key.to_owned(), value)])
            }
        };
        entries.push((option.key.clone(), value));
    }
    Some((provider.name.clone(), Item::Mapping(entries)))
}

/// What a person has to do before an option has its value.
fn to_be_set(provider: &str, option: &ProviderOption) -> Option<String> {
    let variable = match &option.value {
        RawValue::Secret(SecretSource::Literal(_) | SecretSource::Joined(_)) => {
            variable(provider, &option.key)
        }
        RawValue::Secret(SecretSource::EnvOr(name, _)) => name.clone(),
        _ => return None,
    };
    Some(format!("Set the variable {variable}: its value is not copied into this file."))
}

/// A name for a variable of the environment: `MAIN_API_KEY`.
fn variable(provider: &str, key: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    let name: String = format!("{provider}_{key}").chars().map(letter).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}
