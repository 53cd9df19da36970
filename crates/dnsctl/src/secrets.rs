//! Finds secrets where the configuration says they are.

use crate::environment::variable;
use dnsctl_config::SecretSource;
use dnsctl_provider::secret::Secret;
use std::path::Path;
use std::process::{Command, Stdio};

/// The secret itself.
///
/// # Errors
/// In words: what is missing, and how to give it.
pub(crate) fn find(source: &SecretSource, root: &Path) -> Result<Secret, String> {
    Ok(Secret::new(text(source, root)?))
}

fn text(source: &SecretSource, root: &Path) -> Result<String, String> {
    Ok(match source {
        SecretSource::Literal(text) => text.clone(),
        SecretSource::Env(name) => variable(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| format!("the environment variable {name} is not set"))?,
        SecretSource::File(path) => {
            let path = root.join(path);
            let text = fs_err::read_to_string(&path).map_err(|error| error.to_string())?;
            first_line(&text).ok_or_else(|| format!("{} is empty", path.display()))?
        }
        SecretSource::Command(words) => run(words, root)?,
        SecretSource::EnvOr(name, default) => variable(name).unwrap_or_else(|| default.clone()),
        SecretSource::Joined(parts) => parts.iter().map(|part| text(part, root)).collect::<Result<_, _>>()?,
    })
}

/// Files and programs end their text with a line feed that is no part of the secret.
fn first_line(text: &str) -> Option<String> {
    Some(text.trim_end_matches(['\n', '\r']).to_owned()).filter(|text| !text.is_empty())
}

fn run(words: &[String], root: &Path) -> Result<String, String> {
    let (program, arguments) = words.split_first().ok_or("the command is empty")?;
    let output = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("the command {program} cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("the command {program} failed: {}", output.status));
    }
    let text = String::from_utf8(output.stdout).map_err(|_| format!("the command {program} gave no text"))?;
    first_line(&text).ok_or_else(|| format!("the command {program} gave nothing"))
}
