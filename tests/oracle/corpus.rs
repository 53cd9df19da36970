//! The files of the corpus. Their blocks are separated by empty lines; `; without PROGRAM: why` at the start of a block
//! keeps it from a program that reads it in another way or not at all.

use std::path::PathBuf;

/// What stands before every text, so that it is a whole zone.
pub(crate) const HEAD: &str = "$ORIGIN example.com.\n$TTL 3600\n@ SOA ns hostmaster 1 10800 3600 604800 300\n@ NS ns\nns A 192.0.2.53\n";

pub(crate) struct Corpus {
    text: String,
}

impl Corpus {
    pub(crate) fn open(name: &str) -> Self {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/oracle/corpus");
        let folder = fs_err::canonicalize(folder).unwrap();
        let text = fs_err::read_to_string(folder.join(name).with_extension("zone")).unwrap();
        // Programs look for included files in different folders.
        let folder = folder.to_str().unwrap();
        let text = text.replace("$INCLUDE \"", &format!("$INCLUDE \"{folder}/"));
        Self { text: text.replace("$INCLUDE d", &format!("$INCLUDE {folder}/d")) }
    }

    /// What this program reads, each block as a zone.
    pub(crate) fn blocks(&self, program: &str) -> Vec<String> {
        let skip = format!("; without {program}:");
        let blocks =
            self.text.split("\n\n").filter(|block| !block.lines().any(|line| line.starts_with(&skip)));
        let head = head(program);
        blocks.map(|block| format!("{head}{block}\n")).collect()
    }

    /// What this program reads, as one zone.
    pub(crate) fn text(&self, program: &str) -> String {
        let blocks = self.blocks(program);
        let bodies = blocks.iter().filter_map(|block| block.strip_prefix(&*head(program)));
        head(program) + &bodies.collect::<String>()
    }
}

/// The domain crate takes no units in SOA.
fn head(program: &str) -> String {
    if program == "domain" { HEAD.to_owned() } else { HEAD.replace("10800 3600 604800", "3h 1h 1w") }
}
