//! The blocks of a PEM file (RFC 7468), told in words that hold nothing of the file, since it may be of a private key.

use pem::{Pem, PemError};

/// How many labels are told.
const MOST: usize = 4;
/// The longest label that is told, in octets; those of RFC 7468 and OpenSSL are shorter.
const LONGEST: usize = 40;

/// The blocks in the order of the file, at least one.
///
/// # Errors
/// Why there are none, in words.
pub(crate) fn blocks(text: &str) -> Result<Vec<Pem>, String> {
    let words = match pem::parse_many(text) {
        Ok(blocks) if blocks.is_empty() => "there is no line \"-----BEGIN …-----\"",
        Ok(blocks) => return Ok(blocks),
        Err(PemError::MismatchedTags(..)) => {
            "a line \"-----END …-----\" names something else than the line \"-----BEGIN …-----\" before it"
        }
        Err(PemError::MissingBeginTag) => "a line \"-----BEGIN …-----\" has no end",
        Err(PemError::MissingEndTag) => {
            "there is no line \"-----END …-----\" behind a line \"-----BEGIN …-----\""
        }
        Err(PemError::MissingData) => "nothing stands between \"-----BEGIN …-----\" and \"-----END …-----\"",
        Err(PemError::InvalidHeader(_)) => "a header of a block has no colon",
        Err(PemError::InvalidData(_)) => {
            "what stands between its lines \"-----BEGIN …-----\" and \"-----END …-----\" is not base64"
        }
        Err(PemError::MalformedFraming | PemError::NotUtf8(_)) => {
            "its lines \"-----BEGIN …-----\" and \"-----END …-----\" cannot be read"
        }
    };
    Err(words.to_owned())
}

/// The labels of blocks for a message, each once.
pub(crate) fn labels<'p>(tags: impl IntoIterator<Item = &'p str>) -> Vec<String> {
    let mut labels: Vec<String> = Vec::new();
    let mut more = 0_usize;
    for label in tags {
        let plain = |octet: u8| octet.is_ascii_uppercase() || octet.is_ascii_digit() || octet == b' ';
        let label = match label.len() <= LONGEST && label.bytes().all(plain) {
            true => label,
            // The lines of a file that is broken may stand in it.
            false => "a block with a strange name",
        };
        match labels.iter().any(|known| known == label) {
            true => {}
            false if labels.len() < MOST => labels.push(label.to_owned()),
            false => more += 1,
        }
    }
    if more > 0 {
        labels.push(format!("{more} more"));
    }
    labels
}

#[cfg(test)]
mod tests {
    use crate::{dkim, tlsa};

    const SECRET: &str = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";

    #[test]
    fn an_error_tells_nothing_of_the_file() {
        for text in [
            format!("-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE\n{SECRET}\n-----"),
            format!("-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PUBLIC KEY-----\n"),
            format!("-----BEGIN \n{SECRET}\n-----\n{SECRET}\n-----END \n{SECRET}\n-----\n"),
            format!(
                "-----BEGIN PRIVATE KEY-----\nProc-Type {SECRET}\n\n{SECRET}\n-----END PRIVATE KEY-----\n"
            ),
            format!("-----BEGIN PRIVATE KEY-----\n{SECRET}!\n-----END PRIVATE KEY-----\n"),
            format!("-----BEGIN PRIVATE KEY-----\n{SECRET}\n"),
            format!("-----BEGIN PRIVATE KEY\n{SECRET}\n"),
        ] {
            let said = [
                dkim::public_from_pem(&text).map(drop).map_err(|error| error.to_string()),
                tlsa::Certificate::from_pem(&text).map(drop).map_err(|error| error.to_string()),
            ];
            for message in said.into_iter().filter_map(Result::err) {
                let told = SECRET
                    .as_bytes()
                    .windows(12)
                    .any(|part| message.as_bytes().windows(12).any(|said| said == part));
                assert!(!told, "{message}");
            }
        }
    }

    #[test]
    fn many_blocks_are_told_in_few_words() {
        let text: String = (0..5000)
            .map(|number| format!("-----BEGIN X{number}-----\nQUJD\n-----END X{number}-----\n"))
            .collect();
        for message in [
            dkim::public_from_pem(&text).unwrap_err().to_string(),
            tlsa::Certificate::from_pem(&text).unwrap_err().to_string(),
        ] {
            assert!(message.ends_with("X0, X1, X2, X3, 4996 more"), "{message}");
        }
    }
}
