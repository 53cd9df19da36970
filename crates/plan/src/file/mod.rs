//! The saved form of a plan: JSON with a version.
//!
//! A reader ignores keys that it does not know and refuses another major version. A later minor version only adds
//! keys. One file per major version: [`v1`].

mod seal;
pub mod v1;

use crate::Plan;

/// What can be wrong with a plan file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Not JSON, or not a plan.
    #[error("this is not a plan file: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A plan of another program version.
    #[error(
        "this plan has format {found}; this program reads {}.x. Make it again with this version",
        v1::MAJOR
    )]
    Version {
        /// The version that the file names.
        found: String,
    },
    /// The contents were changed after the plan was made.
    #[error("this plan was changed after it was made: {0}")]
    Changed(String),
}

/// The text of the file, with a line feed at its end.
///
/// # Errors
/// None in practice: a plan has no maps with keys that are no text.
pub fn write(plan: &Plan) -> Result<String, FileError> {
    let mut file = v1::File::from(plan);
    let document = serde_json::to_value(&file)?;
    file.seal(seal::of(&document));
    let mut text = serde_json::to_string_pretty(&file)?;
    text.push('\n');
    Ok(text)
}

/// Reads a plan and checks that its digests are those of its contents. What it says of its own verdict is not proof: who
/// applies it asks the guards again.
///
/// # Errors
/// See [`FileError`].
pub fn read(text: &[u8]) -> Result<Plan, FileError> {
    let head: v1::Head = serde_json::from_slice(text)?;
    if head.format != v1::FORMAT {
        return Err(FileError::Version { found: format!("\"{}\"", head.format) });
    }
    if head.format_version.split('.').next() != Some(v1::MAJOR) {
        return Err(FileError::Version { found: head.format_version });
    }
    let document: serde_json::Value = serde_json::from_slice(text)?;
    let (said, is) = (document.get(seal::KEY).and_then(serde_json::Value::as_str), seal::of(&document));
    if said != Some(is.as_str()) {
        let said = said.unwrap_or("missing");
        return Err(FileError::Changed(format!(
            "its document digest is {said}, that of its contents is {is}"
        )));
    }
    serde_json::from_slice::<v1::File>(text)?.into_plan()
}

#[cfg(test)]
mod tests;
