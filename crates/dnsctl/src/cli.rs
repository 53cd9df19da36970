//! The command line.

use crate::commands;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Keeps the DNS of an organisation as its git repository says it should be, and treats mail as the part that must
/// never break.
#[derive(Debug, Parser)]
#[command(
    name = "dnsctl",
    version,
    after_help = "Example: dnsctl plan --out plan.json && dnsctl apply plan.json\n\n\
        Exit codes: 0 done, 1 error, 2 changes (--detailed-exitcode), 3 blocked by a guard, 4 stale plan, 5 locked, \
        6 partly applied, 7 written but not proved to be served, 8 findings, 64 usage, 65 invalid files, \
        77 credentials, 130 stopped by Ctrl-C before anything was written."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that all commands share.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// The configuration: dnsctl.yaml in this folder or a parent by default, or an octoDNS production config
    #[arg(long, global = true, value_name = "FILE", env = "DNSCTL_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    /// Use only ASCII characters
    #[arg(long, global = true)]
    pub(crate) ascii: bool,
    /// Show only errors and data
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Show what is done and how long it takes
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// How many requests may run at once for one provider
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) concurrency: Option<u16>,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set; always with CLICOLOR_FORCE.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Plan(commands::plan::Arguments),
    Apply(commands::apply::Arguments),
    Check(commands::check::Arguments),
    Import(commands::import::Arguments),
    Export(commands::export::Arguments),
    Explain(commands::explain::Arguments),
    Fmt(commands::fmt::Arguments),
    Providers(commands::providers::Arguments),
    Schema(commands::schema::Arguments),
    Completions(commands::completions::Arguments),
    Mail(commands::mail::Arguments),
    Man(commands::man::Arguments),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    /// Flags of other programs that are named somewhere, and the one that there never will be.
    const OTHERS: [&str; 6] = ["bench", "cacert", "force", "format", "profile", "quick"];

    /// The text files below a folder.
    fn texts(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs_err::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.display().to_string();
            if path.is_dir() {
                let is_test = name.ends_with("/tests") || name.ends_with("/benches");
                if !is_test {
                    texts(&path, found);
                }
            } else if [".rs", ".md"].iter().any(|ending| name.ends_with(ending))
                && !name.ends_with("tests.rs")
            {
                let text = fs_err::read_to_string(&path).unwrap();
                let end = text.find("#[cfg(test)]").unwrap_or(text.len());
                found.push((name, text[..end].to_owned()));
            }
        }
    }

    /// The flags of a text: what stands behind two hyphens that end no word.
    fn flags(text: &str) -> Vec<&str> {
        let starts = text.match_indices("--").map(|(at, _)| at);
        let starts = starts.filter(|at| !text[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '-'));
        let flag = |at: usize| {
            let rest = &text[at + 2..];
            &rest[..rest.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(rest.len())]
        };
        starts.map(flag).filter(|flag| flag.starts_with(|c: char| c.is_ascii_lowercase())).collect()
    }

    /// A hint that names a flag which does not exist helps nobody.
    #[test]
    fn every_flag_that_a_text_names_exists() {
        let command = Cli::command();
        let longs = |command: &clap::Command| -> BTreeSet<String> {
            command.get_arguments().filter_map(|argument| argument.get_long()).map(str::to_owned).collect()
        };
        let mut common = longs(&command);
        common.extend(["help", "version"].map(str::to_owned));
        let of: BTreeMap<String, BTreeSet<String>> = command
            .get_subcommands()
            .map(|sub| {
                let below = sub.get_subcommands().flat_map(longs);
                (
                    sub.get_name().to_owned(),
                    longs(sub).into_iter().chain(below).chain(common.clone()).collect(),
                )
            })
            .collect();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut all = Vec::new();
        for folder in ["crates", "providers", "docs"] {
            texts(&root.join(folder), &mut all);
        }
        for page in ["README.md", "CHANGELOG.md"] {
            all.push((page.to_owned(), fs_err::read_to_string(root.join(page)).unwrap()));
        }
        let mut wrong = BTreeSet::new();
        let mut seen = 0;
        for (name, text) in &all {
            for line in text.lines().filter(|line| !line.trim_start().starts_with("// ")) {
                for flag in flags(line) {
                    seen += 1;
                    let known = of.values().any(|flags| flags.contains(flag));
                    if !known && !OTHERS.contains(&flag) {
                        wrong.insert(format!("{name}: --{flag}"));
                    }
                }
                // What is written behind a command is a flag of that command.
                for told in line.split("dnsctl ").skip(1) {
                    let told = told.split(['`', '"', ';', ',', ')', '|', '#']).next().unwrap();
                    let word = told.split([' ', '\n']).next().unwrap();
                    let Some(known) = of.get(word) else { continue };
                    let told = told.split(" && ").next().unwrap();
                    wrong.extend(
                        flags(told)
                            .into_iter()
                            .filter(|flag| !known.contains(*flag))
                            .map(|flag| format!("{name}: dnsctl {word} --{flag}")),
                    );
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(seen > 100, "only {seen} flags were found");
    }
}
