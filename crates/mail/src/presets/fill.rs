//! A preset for one domain.

use super::{OptionForm, Preset, PresetOption, Use};
use dnsctl_zone::{Name, Names, Rdata, RecordType};

/// Something wrong with the options of a preset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub message: String,
    /// What to write.
    pub help: String,
}

/// What a preset says for one domain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// The hosts that take mail.
    pub mx: Vec<(u16, Name)>,
    /// SPF records that authorise its servers.
    pub includes: Vec<Name>,
    /// DKIM selectors: name below `_domainkey`, its text, and the target.
    pub dkim: Vec<(Name, String, Name)>,
    /// Other records.
    pub extras: Vec<(Name, Rdata)>,
    /// What is wrong with the options.
    pub faults: Vec<Fault>,
}

/// Fills in a preset. A record that needs an option which was not written is left out.
pub fn fill(preset: &Preset, wanted: &Use, apex: &Name) -> Filled {
    let mut filled = Filled { faults: faults(preset, wanted), ..Filled::default() };
    if !filled.faults.is_empty() {
        return filled;
    }
    let root = Name::root();
    let each = |templates: &[&str]| variants(preset, wanted, apex, templates);
    let name = |text: &str| Name::absolute(text).ok();
    let below = |text: &str| Name::parse(text, Names { origin: apex, strict: false }).ok();
    for (preference, template) in preset.mx {
        for texts in each(&[template]) {
            filled.mx.extend(texts.first().and_then(|text| name(text)).map(|host| (*preference, host)));
        }
    }
    for template in preset.includes {
        for texts in each(&[template]) {
            filled.includes.extend(texts.first().and_then(|text| name(text)));
        }
    }
    for (selector, target) in preset.dkim {
        for texts in each(&[selector, target]) {
            let [selector, target] = texts.as_slice() else { continue };
            let owner = below(&format!("{selector}._domainkey"));
            filled
                .dkim
                .extend(owner.zip(name(target)).map(|(owner, target)| (owner, selector.clone(), target)));
        }
    }
    for (owner, rtype, value) in preset.records {
        for texts in each(&[owner, value]) {
            let [owner, value] = texts.as_slice() else { continue };
            let rdata = match *rtype {
                RecordType::TXT => Some(Rdata::text(RecordType::TXT, value.as_bytes())),
                rtype => Rdata::parse(rtype, value, Names { origin: &root, strict: true }).ok(),
            };
            filled.extras.extend(below(owner).zip(rdata));
        }
    }
    filled
}

fn faults(preset: &Preset, wanted: &Use) -> Vec<Fault> {
    let mut faults = Vec::new();
    for option in preset.options {
        let Some(values) = wanted.options.get(option.name) else {
            if option.required {
                let message = format!("the preset {} needs `{}`: {}", preset.name, option.name, option.doc);
                let help = format!(
                    "write preset: {{ {}: {{ {}: {} }} }}; see {}",
                    preset.name, option.name, option.example, preset.page
                );
                faults.push(Fault { message, help });
            }
            continue;
        };
        if values.len() != 1 && option.form != OptionForm::Labels {
            let message = format!("`{}` takes one value, not {}", option.name, values.len());
            faults.push(Fault { message, help: format!("write one such as {}", option.example) });
        }
        for value in values {
            if !fits(option.form, value) {
                let message = format!(
                    "`{}` cannot be \"{}\": {}",
                    option.name,
                    crate::fault::excerpt(value.as_bytes()),
                    option.doc
                );
                let help = match option.form {
                    OptionForm::Words(words) => {
                        format!(
                            "write {}",
                            words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" or ")
                        )
                    }
                    _ => format!("write one such as {}", option.example),
                };
                faults.push(Fault { message, help });
            }
        }
    }
    faults
}

fn fits(form: OptionForm, value: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_'))
    };
    match form {
        OptionForm::Name => {
            let labels: Vec<&str> = value.strip_suffix('.').unwrap_or(value).split('.').collect();
            labels.len() > 1 && labels.into_iter().all(label)
        }
        OptionForm::Label => value.split('.').all(label),
        OptionForm::Labels => label(value),
        OptionForm::Words(words) => words.iter().any(|(word, _)| *word == value),
    }
}

/// The templates with everything in braces replaced, together once for each value of a list that they name. Nothing when an
/// option that they name has no value.
fn variants(preset: &Preset, wanted: &Use, apex: &Name, templates: &[&str]) -> Vec<Vec<String>> {
    let apex_text = apex.without_dot();
    let mut first: Vec<String> = templates.iter().map(|text| text.replace("{domain}", &apex_text)).collect();
    for text in &mut first {
        match guarded(preset, wanted, text) {
            Some(rest) => *text = rest,
            None => return Vec::new(),
        }
    }
    let named = first.clone();
    let names = |option: &str| named.iter().any(|text| text.contains(&format!("{{{option}}}")));
    let mut all = vec![first];
    for option in preset.options.iter().filter(|option| names(option.name)) {
        let given = wanted.options.get(option.name).map_or(&[][..], Vec::as_slice);
        let values: Vec<String> = match option.form {
            OptionForm::Words(_) => {
                chosen(option, wanted).map(|(_, replaced)| replaced.to_owned()).into_iter().collect()
            }
            _ => given.iter().map(|value| value.strip_suffix('.').unwrap_or(value).to_owned()).collect(),
        };
        let key = format!("{{{}}}", option.name);
        all = values
            .iter()
            .flat_map(|value| {
                let key = key.as_str();
                all.iter().map(move |texts| texts.iter().map(|text| text.replace(key, value)).collect())
            })
            .collect();
    }
    all
}

/// The word that was chosen, and what it is replaced with.
fn chosen(option: &PresetOption, wanted: &Use) -> Option<(&'static str, &'static str)> {
    let OptionForm::Words(words) = option.form else { return None };
    let given = wanted.options.get(option.name).and_then(|values| values.first());
    match given {
        None => words.first().copied(),
        Some(value) => words.iter().find(|(word, _)| word == value).copied(),
    }
}

/// What stands behind `{option:word}`; nothing when another word was chosen.
fn guarded(preset: &Preset, wanted: &Use, text: &str) -> Option<String> {
    let guard = text.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    let Some((guard, rest)) = guard else { return Some(text.to_owned()) };
    let Some((name, word)) = guard.split_once(':') else { return Some(text.to_owned()) };
    let option = preset.options.iter().find(|option| option.name == name)?;
    chosen(option, wanted).is_some_and(|(picked, _)| picked == word).then(|| rest.to_owned())
}
