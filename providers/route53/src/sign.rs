//! AWS Signature Version 4, in the `Authorization` header.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use data_encoding::HEXLOWER;
use dnsctl_provider::secret::Secret;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ring::{digest, hmac};
use std::fmt::Write as _;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What is signed of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    /// The method.
    pub(crate) method: &'a str,
    /// The path as it is sent, percent-encoded.
    pub(crate) path: &'a str,
    /// The query as it is sent, strictly percent-encoded (RFC 3986 section 2.3), without `?`.
    pub(crate) query: &'a str,
    /// Names in lower case with their values. `host` and all `x-amz-` headers must be among them.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub(crate) body: &'a [u8],
}

/// Who signs, for what, when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// The access key's name.
    pub(crate) access_key_id: &'a str,
    /// The access key's secret.
    pub(crate) secret_access_key: &'a Secret,
    /// The region: that of the endpoint's partition for a global service.
    pub(crate) region: &'a str,
    /// The service: `route53`, `sts`.
    pub(crate) service: &'a str,
    /// The time of the request. AWS takes five minutes of difference.
    pub(crate) time: Timestamp,
}

/// The value of the `X-Amz-Date` header.
pub(crate) fn date(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The value of the `Authorization` header.
pub(crate) fn authorization(request: Request<'_>, scope: Scope<'_>) -> String {
    let date = date(scope.time);
    let day = date.get(..8).unwrap_or_default();
    let credential_scope = format!("{day}/{}/{}/aws4_request", scope.region, scope.service);
    let (canonical, signed_headers) = canonical(request);
    let hash = HEXLOWER.encode(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref());
    let string_to_sign = format!("{ALGORITHM}\n{date}\n{credential_scope}\n{hash}");
    let secret = Secret::new(format!("AWS4{}", scope.secret_access_key.expose()));
    let mut key = mac(secret.expose().as_bytes(), day);
    for part in [scope.region, scope.service, "aws4_request"] {
        key = mac(key.as_ref(), part);
    }
    let signature = HEXLOWER.encode(mac(key.as_ref(), &string_to_sign).as_ref());
    let access_key_id = scope.access_key_id;
    format!(
        "{ALGORITHM} Credential={access_key_id}/{credential_scope}, SignedHeaders={signed_headers}, Signature={signature}"
    )
}

fn mac(key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
}

/// The canonical request and the list of signed headers.
fn canonical(request: Request<'_>) -> (String, String) {
    let mut headers: Vec<(&str, String)> =
        request.headers.iter().map(|(name, value)| (*name, one_space(value))).collect();
    headers.sort();
    let signed: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
    let signed = signed.join(";");
    let mut parameters: Vec<(&str, &str)> = request
        .query
        .split('&')
        .filter(|parameter| !parameter.is_empty())
        .map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")))
        .collect();
    parameters.sort_unstable();
    let mut text = format!("{}\n", request.method);
    push_path(&mut text, request.path);
    text.push('\n');
    for (index, (key, value)) in parameters.iter().enumerate() {
        // Writing to a String does not fail, here and below.
        let _ = write!(text, "{}{key}={value}", if index == 0 { "" } else { "&" });
    }
    text.push('\n');
    for (name, value) in &headers {
        let _ = writeln!(text, "{name}:{value}");
    }
    let hash = digest::digest(&digest::SHA256, request.body);
    let _ = write!(text, "\n{signed}\n{}", HEXLOWER.encode(hash.as_ref()));
    (text, signed)
}

/// Every service but S3 encodes the path, which is encoded already, once more.
fn push_path(text: &mut String, path: &str) {
    if path.is_empty() {
        text.push('/');
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
}

/// A header's value without blanks at its ends, and with single ones inside.
fn one_space(value: &str) -> String {
    value.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: (&str, &str) = ("host", "example.amazonaws.com");
    const DATE: (&str, &str) = ("x-amz-date", "20150830T123600Z");
    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

    fn signature(service: &str, request: Request<'_>) -> String {
        let secret = Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        let scope = Scope {
            access_key_id: "AKIDEXAMPLE",
            secret_access_key: &secret,
            region: "us-east-1",
            service,
            time: "2015-08-30T12:36:00Z".parse().unwrap(),
        };
        let value = authorization(request, scope);
        assert!(value.starts_with(&format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/{service}/aws4_request, SignedHeaders="
        )));
        value.rsplit_once("Signature=").unwrap().1.to_owned()
    }

    /// AWS's own test suite for Signature Version 4, and the example of its documentation.
    #[test]
    fn published_vectors() {
        let get = Request { method: "GET", path: "/", query: "", headers: &[HOST, DATE], body: b"" };
        for (name, request, wanted) in [
            ("get-vanilla", get, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            (
                "get-vanilla-query-order-key-case",
                Request { query: "Param2=value2&Param1=value1", ..get },
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
            ),
            (
                "post-vanilla",
                Request { method: "POST", ..get },
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
            (
                "post-x-www-form-urlencoded",
                Request { method: "POST", headers: &[FORM, HOST, DATE], body: b"Param1=value1", ..get },
                "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            ),
            (
                "get-header-value-trim",
                Request {
                    headers: &[HOST, ("my-header1", " value1"), ("my-header2", " \"a   b   c\""), DATE],
                    ..get
                },
                "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
            ),
        ] {
            assert_eq!(signature("service", request), wanted, "{name}");
        }
        let list_users = Request {
            query: "Action=ListUsers&Version=2010-05-08",
            headers: &[
                ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
                ("host", "iam.amazonaws.com"),
                DATE,
            ],
            ..get
        };
        assert_eq!(
            signature("iam", list_users),
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        );
    }

    #[test]
    fn the_canonical_request_is_canonical() {
        let request = Request {
            method: "GET",
            path: "/2013-04-01/hostedzone/Z%2F1/rrset",
            query: "type=A&name=%5C052.a&name=%5C051&flag",
            headers: &[("x-amz-date", "D"), ("host", "h")],
            body: b"",
        };
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(
            canonical(request).0,
            format!(
                "GET\n/2013-04-01/hostedzone/Z%252F1/rrset\nflag=&name=%5C051&name=%5C052.a&type=A\n\
                 host:h\nx-amz-date:D\n\nhost;x-amz-date\n{empty}"
            )
        );
    }
}
