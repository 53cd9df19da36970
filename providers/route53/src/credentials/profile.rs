//! The shared files `~/.aws/config` and `~/.aws/credentials`.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>

use dnsctl_provider::error::{Error, ErrorKind, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The settings of one profile by key, in lower case.
pub(super) type Profile = BTreeMap<String, String>;

/// What both files say.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    by_name: BTreeMap<String, Profile>,
    /// The files, for messages.
    pub(super) files: [PathBuf; 2],
}

impl Profiles {
    /// Reads the files named by `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`, or those in `~/.aws`. A file that
    /// is not there is empty.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a file that cannot be read.
    pub(super) async fn read(environment: &(dyn Fn(&str) -> Option<String> + Send + Sync)) -> Result<Self> {
        let home = environment("HOME").or_else(|| environment("USERPROFILE"));
        let path = |variable: &str, usual: &str| match environment(variable) {
            Some(path) => at_home(&path, home.as_deref()),
            None => at_home(&format!("~/.aws/{usual}"), home.as_deref()),
        };
        let files = [path("AWS_CONFIG_FILE", "config"), path("AWS_SHARED_CREDENTIALS_FILE", "credentials")];
        let mut profiles = Self { by_name: BTreeMap::new(), files };
        let [config, credentials] = profiles.files.clone();
        profiles.add(&contents(&config).await?, true);
        // Where both files have a key, the credentials file wins.
        profiles.add(&contents(&credentials).await?, false);
        Ok(profiles)
    }

    /// The profile of this name.
    pub(super) fn get(&self, name: &str) -> Option<&Profile> {
        self.by_name.get(name)
    }

    /// The names of the files, for messages.
    pub(super) fn places(&self) -> String {
        let [config, credentials] = &self.files;
        format!("{} and {}", config.display(), credentials.display())
    }

    /// Adds the profiles of one file. In the config file a profile's section is `[profile NAME]` or `[default]`, in the
    /// credentials file it is `[NAME]`.
    fn add(&mut self, text: &str, config: bool) {
        let mut profile: Option<String> = None;
        for line in text.lines() {
            // Indented lines belong to settings with parts (`s3 =`), none of which matters here.
            if line.starts_with([' ', '\t']) || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(section) = line.strip_prefix('[') {
                let section = section.split(']').next().unwrap_or_default().trim();
                let name = match section.split_once([' ', '\t']) {
                    Some(("profile", name)) if config => Some(name.trim()),
                    None if !config || section == "default" => Some(section),
                    _ => None,
                };
                profile = name.map(|name| name.trim_matches(['"', '\'']).to_owned());
            } else if let (Some(profile), Some((key, value))) = (&profile, line.split_once('=')) {
                let settings = self.by_name.entry(profile.clone()).or_default();
                settings.insert(key.trim().to_ascii_lowercase(), without_comment(value).to_owned());
            }
        }
    }
}

/// A value up to a `#` or `;` that stands behind a blank.
fn without_comment(value: &str) -> &str {
    let comment = value
        .match_indices(['#', ';'])
        .find(|(at, _)| value.get(..*at).is_some_and(|before| before.ends_with([' ', '\t'])));
    comment.and_then(|(at, _)| value.get(..at)).unwrap_or(value).trim()
}

/// The path with the home directory for `~`.
fn at_home(path: &str, home: Option<&str>) -> PathBuf {
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => Path::new(home).join(rest),
        _ => PathBuf::from(path),
    }
}

async fn contents(path: &Path) -> Result<String> {
    match tokio::fs::read(path).await {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => {
            Err(Error::new(ErrorKind::Config, format!("the AWS file {} cannot be read", path.display()))
                .with_source(&error))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_files_make_one_profile() {
        let mut profiles = Profiles::default();
        profiles.add(
            "# comment\n[default]\nregion = eu-west-1 # near\naws_access_key_id=CONFIG\n\
             s3 =\n  max_concurrent_requests = 20\nrole_arn = a#b;c\n\
             [profile  dev one]\nCredential_Process = /bin/x --a \"b\"\n[sso-session corp]\nsso_region = x\n[other]\nregion = no\n\
             [profile \"quoted\"]\nregion=q",
            true,
        );
        profiles.add(
            "[default]\naws_access_key_id = CREDENTIALS\n[profile dev one]\nregion=no\n[plain]\nregion = p\n",
            false,
        );
        let value =
            |profile, key| profiles.get(profile).and_then(|profile| profile.get(key)).map(String::as_str);
        assert_eq!(value("default", "region"), Some("eu-west-1"));
        assert_eq!(value("default", "aws_access_key_id"), Some("CREDENTIALS"));
        assert_eq!(value("default", "role_arn"), Some("a#b;c"));
        assert_eq!(value("default", "max_concurrent_requests"), None);
        assert_eq!(value("dev one", "credential_process"), Some("/bin/x --a \"b\""));
        assert_eq!(value("dev one", "region"), None);
        assert_eq!(value("plain", "region"), Some("p"));
        assert_eq!(value("quoted", "region"), Some("q"));
        assert!(profiles.get("other").is_none() && profiles.get("corp").is_none());
    }

    #[tokio::test]
    async fn missing_files_are_empty_and_unreadable_ones_an_error() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().to_str().unwrap().to_owned();
        let environment = |name: &str| (name == "HOME").then(|| path.clone());
        let profiles = Profiles::read(&environment).await.unwrap();
        assert!(profiles.by_name.is_empty());
        assert_eq!(profiles.places(), format!("{path}/.aws/config and {path}/.aws/credentials"));
        fs_err::create_dir_all(home.path().join(".aws/config")).unwrap();
        let error = Profiles::read(&environment).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let elsewhere = |name: &str| match name {
            "HOME" => Some(path.clone()),
            "AWS_CONFIG_FILE" => Some("~/here".to_owned()),
            _ => None,
        };
        fs_err::write(home.path().join("here"), "[default]\nregion = x\n").unwrap();
        assert!(Profiles::read(&elsewhere).await.unwrap().get("default").is_some());
    }
}
