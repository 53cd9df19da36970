//! Which proxy the requests take.

use reqwest::{NoProxy, Proxy, Url};

use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// The proxies of the operator. The default is none.
///
/// This crate does not read the environment; the command does, with [`ProxySettings::from_lookup`]. A server on
/// loopback is never asked through a proxy.
#[derive(Debug, Clone, Default)]
pub struct ProxySettings {
    /// The proxy for `http://` servers; a secret, since its URL can carry a password.
    pub http: Option<Secret>,
    /// The proxy for `https://` servers.
    pub https: Option<Secret>,
    /// Hosts asked directly: names (with all names below), addresses, networks, `*`; separated by commas.
    pub no_proxy: Option<String>,
}

impl ProxySettings {
    /// Reads the customary variables through `lookup`: `https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`, each in
    /// lower case first, then in upper case. An empty one is as good as none.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let find =
            |names: &[&str]| names.iter().find_map(|name| lookup(name).filter(|value| !value.is_empty()));
        Self {
            http: find(&["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]).map(Secret::new),
            https: find(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]).map(Secret::new),
            no_proxy: find(&["no_proxy", "NO_PROXY"]),
        }
    }

    /// The proxy for requests to `base`, and whether it is itself reached over TLS.
    pub(super) fn proxy_for(&self, base: &Url) -> Result<Option<(Proxy, bool)>> {
        let https = base.scheme() == "https";
        let Some(url) = (if https { &self.https } else { &self.http }) else { return Ok(None) };
        // The library applies `*` to names but not to addresses.
        let all_direct =
            self.no_proxy.iter().flat_map(|list| list.split(',')).any(|entry| entry.trim() == "*");
        if all_direct || is_loopback(base) {
            return Ok(None);
        }
        let scheme = url.expose().split_once("://").map_or("http", |(scheme, _)| scheme);
        // The library's message would repeat the URL, and with it the password.
        let wrong = |why| Error::new(ErrorKind::Config, format!("the proxy's URL {why}"));
        if !matches!(scheme, "http" | "https") {
            return Err(wrong("must start with http:// or https://"));
        }
        let proxy = if https { Proxy::https(url.expose()) } else { Proxy::http(url.expose()) };
        let proxy = proxy.map_err(|_| wrong("is not a URL"))?;
        let direct = self.no_proxy.as_deref().and_then(NoProxy::from_string);
        Ok(Some((proxy.no_proxy(direct), scheme == "https")))
    }
}

/// Whether the URL names this machine by `localhost` or a loopback address.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.parse().map_or_else(
        |_| host == "localhost" || host.ends_with(".localhost"),
        |address: std::net::IpAddr| address.to_canonical().is_loopback(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_in_the_customary_order() {
        let variables =
            [("HTTPS_PROXY", "http://upper"), ("https_proxy", "http://lower"), ("ALL_PROXY", "all:3128")];
        let settings = ProxySettings::from_lookup(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        });
        assert_eq!(settings.https.as_ref().map(Secret::expose), Some("http://lower"));
        assert_eq!(settings.http.as_ref().map(Secret::expose), Some("all:3128"));
        assert!(settings.no_proxy.is_none());
        assert!(ProxySettings::from_lookup(|_| Some(String::new())).https.is_none());
    }

    #[test]
    fn loopback_goes_direct() {
        let proxy = || Some(Secret::new("http://proxy.example:3128"));
        let settings = ProxySettings { http: proxy(), https: proxy(), no_proxy: None };
        for (url, proxied) in [
            ("http://127.0.0.1:8081", false),
            ("https://localhost", false),
            ("http://[::1]:80", false),
            ("http://[::ffff:127.0.0.1]", false),
            ("http://pdns.example", true),
            ("https://192.0.2.1", true),
            ("https://notlocalhost", true),
        ] {
            let found = settings.proxy_for(&Url::parse(url).unwrap()).unwrap();
            assert_eq!(found.is_some(), proxied, "{url}");
        }
    }

    #[test]
    fn a_wrong_proxy_does_not_show_its_password() {
        let url = Url::parse("https://ns.example").unwrap();
        for proxy in ["socks5://me:hunter2@proxy", "http://me:hunter2@[proxy"] {
            let settings = ProxySettings { https: Some(Secret::new(proxy)), ..ProxySettings::default() };
            let error = settings.proxy_for(&url).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(!format!("{error:?} {settings:?}").contains("hunter2"), "{error:?}");
        }
    }
}
