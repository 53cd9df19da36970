//! One request, put together step by step.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Serialize;

use super::client::HttpClient;
use super::encode::{push_pair, push_segment};
use super::options::HeaderText;
use super::response::Response;
use super::retry::Safety;
use crate::error::{Effect, Error, ErrorKind, Result};
use crate::secret::{Redactor, Secret};

/// One request in the making. [`Call::send`] sends it and is where every mistake made on the way is reported.
///
/// It owns all it needs, so it can be moved into a task. Dropping it, or the future of [`Call::send`], at any point ends
/// the request and closes its connection; the server may have done the work already.
#[must_use = "a call does nothing until it is sent"]
pub struct Call {
    client: HttpClient,
    operation: String,
    method: Method,
    safety: Safety,
    path: String,
    query: String,
    /// The query with `***` for each secret.
    shown_query: String,
    link: Option<String>,
    headers: HeaderMap,
    body: Option<Bytes>,
    concealed: Vec<Secret>,
    patience: Option<Duration>,
    mistake: Option<Error>,
}

impl Call {
    pub(super) fn new(client: HttpClient, method: Method, safety: Safety, operation: String) -> Self {
        Self {
            client,
            operation,
            method,
            safety,
            path: String::new(),
            query: String::new(),
            shown_query: String::new(),
            link: None,
            headers: HeaderMap::new(),
            body: None,
            concealed: Vec::new(),
            patience: None,
            mistake: None,
        }
    }

    /// Appends segments to the path of the base URL. Each is encoded whole, so a `/` in a zone's id stays in its
    /// segment. Empty segments, `.` and `..` are an error.
    pub fn path<S: AsRef<str>>(mut self, segments: impl IntoIterator<Item = S>) -> Self {
        for segment in segments {
            let pushed = push_segment(&mut self.path, segment.as_ref());
            self.note(pushed);
        }
        self
    }

    /// Appends one parameter to the query.
    pub fn query(mut self, key: &str, value: &str) -> Self {
        push_pair(&mut self.query, key, value);
        push_pair(&mut self.shown_query, key, value);
        self
    }

    /// Appends a parameter whose value nobody may see.
    pub fn secret_query(mut self, key: &str, value: &Secret) -> Self {
        push_pair(&mut self.query, key, value.expose());
        push_pair(&mut self.shown_query, key, "");
        self.shown_query.push_str("***");
        self.conceal(value)
    }

    /// Asks the link that the server gave, absolute or relative, such as that of the next page, instead of a path and a
    /// query. One that leaves the base URL's scheme, host and port is an error: credentials would go along.
    pub fn link(mut self, link: &str) -> Self {
        self.link = Some(link.to_owned());
        self
    }

    /// Sets a header, over one of the same name that the client sets.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.any_header(name, &HeaderText::Plain(value.to_owned()))
    }

    /// Sets a header whose value nobody may see.
    pub fn secret_header(self, name: &str, value: &Secret) -> Self {
        self.any_header(name, &HeaderText::Secret(value.clone())).conceal(value)
    }

    /// Sends `value` as JSON.
    pub fn json(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.body("application/json", bytes),
            Err(error) => {
                let error = Error::new(ErrorKind::Config, "the request cannot be written as JSON")
                    .with_source(&error);
                self.note::<()>(Err(error));
                self
            }
        }
    }

    /// Sends pairs as a form (`application/x-www-form-urlencoded`). Register secrets in it with [`Call::conceal`].
    pub fn form<'a>(self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut body = String::new();
        for (key, value) in pairs {
            push_pair(&mut body, key, value);
        }
        self.body("application/x-www-form-urlencoded", body)
    }

    /// Sends an XML document, in UTF-8.
    pub fn xml(self, document: impl Into<Bytes>) -> Self {
        self.body("application/xml; charset=utf-8", document)
    }

    /// Sends these bytes. Each try shares them.
    pub fn body(mut self, content_type: &str, bytes: impl Into<Bytes>) -> Self {
        self.body = Some(bytes.into());
        self.header("content-type", content_type)
    }

    /// Says what may be repeated, where the method says it wrong: many a POST only searches, or carries a key by which
    /// the server recognises a repeat.
    pub fn safety(mut self, safety: Safety) -> Self {
        self.safety = safety;
        self
    }

    /// Waits this long for the answer to begin and for each part of it, instead of the client's read time-out.
    pub fn patience(mut self, read: Duration) -> Self {
        self.patience = Some(read);
        self
    }

    /// Takes a secret in the body out of every message.
    pub fn conceal(mut self, secret: &Secret) -> Self {
        self.concealed.push(secret.clone());
        self
    }

    /// Sends the request, repeats it where that is safe, and returns the answer if it is a success (2xx).
    ///
    /// # Errors
    /// Everything else: see the module's table. The error names the operation, the URL, the tries and the time, and its
    /// [`Effect`] counts all tries: when one of them may have written, so may the whole.
    pub async fn send(self) -> Result<Response> {
        let operation = self.operation.clone();
        let client = self.client.clone();
        let call =
            self.prepare().map_err(|error| error.during(&operation).with_effect(Effect::NotWritten))?;
        client.run(&call).await
    }

    fn any_header(mut self, name: &str, value: &HeaderText) -> Self {
        let inserted = insert_header(&mut self.headers, name, value);
        self.note(inserted);
        self
    }

    fn note<T>(&mut self, result: Result<T>) {
        if let Err(error) = result {
            self.mistake.get_or_insert(error);
        }
    }

    fn prepare(self) -> Result<Prepared> {
        if let Some(mistake) = self.mistake {
            return Err(mistake);
        }
        let (url, shown_query) = match &self.link {
            Some(link) => follow(&self.client.inner().base, link)?,
            None => {
                let mut url = self.client.inner().base.clone();
                url.set_path(&format!("{}{}", url.path().trim_end_matches('/'), self.path));
                url.set_query(Some(self.query.as_str()).filter(|query| !query.is_empty()));
                (url, self.shown_query)
            }
        };
        let mut shown = url.clone();
        shown.set_query(None);
        let mut shown = String::from(shown);
        if !shown_query.is_empty() {
            shown.push('?');
            shown.push_str(&shown_query);
        }
        let mut headers = self.client.inner().headers.clone();
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        if self.body.is_none() {
            headers.remove(CONTENT_TYPE);
        }
        let redactor = self.client.inner().redactor.and(self.concealed);
        Ok(Prepared {
            operation: self.operation,
            method: self.method,
            safety: self.safety,
            url,
            shown,
            headers,
            body: self.body,
            patience: self.patience,
            redactor,
        })
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Call({} {}, {})", self.method, self.path, self.operation)
    }
}

/// A request that can be sent, any number of times.
pub(super) struct Prepared {
    pub(super) operation: String,
    pub(super) method: Method,
    pub(super) safety: Safety,
    pub(super) url: Url,
    /// The URL without secrets.
    pub(super) shown: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Bytes>,
    pub(super) patience: Option<Duration>,
    pub(super) redactor: Redactor,
}

/// Sets a header. The error does not repeat the value.
pub(super) fn insert_header(headers: &mut HeaderMap, name: &str, value: &HeaderText) -> Result<()> {
    let wrong = |what: &str| Error::new(ErrorKind::Config, format!("{what} of the header `{name}`"));
    let (text, secret) = match value {
        HeaderText::Plain(text) => (text.as_str(), false),
        HeaderText::Secret(secret) => (secret.expose(), true),
    };
    let key = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| wrong("a character that does not belong there is in the name"))?;
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        wrong("a character that does not belong there is in the value")
            .with_hint("look for a line break at the end of the file or variable that it comes from")
    })?;
    value.set_sensitive(secret);
    headers.insert(key, value);
    Ok(())
}

/// A link of the server, and its query with no value shown: the server may have put a token there.
fn follow(base: &Url, link: &str) -> Result<(Url, String)> {
    let wrong = |what: &str| Error::new(ErrorKind::Protocol, what);
    let url = base.join(link).map_err(|_| wrong("the server's link to the next part is not a URL"))?;
    if url.origin() != base.origin() || !url.username().is_empty() || url.password().is_some() {
        let origin = url.origin().ascii_serialization();
        return Err(wrong(&format!("the server's link leads away, to {origin}; it was not followed")));
    }
    let mut shown = String::new();
    for (key, _) in url.query_pairs() {
        push_pair(&mut shown, &key, "");
        shown.push_str("***");
    }
    Ok((url, shown))
}
