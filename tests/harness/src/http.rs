//! The smallest HTTP/1.1 that the tests and the fault proxy need: one request a connection, whole messages.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::{Error, Result};

/// No answer takes longer in a test.
const TIMEOUT: Duration = Duration::from_secs(600);
/// The longest head of a message.
const MAX_HEAD: usize = 64 * 1024;
const MAX_HEADERS: usize = 100;

/// An answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names as sent, with their values.
    pub headers: Vec<(String, String)>,
    /// The body, without transfer coding.
    pub body: Vec<u8>,
}

impl Response {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends one request and reads the answer.
///
/// # Errors
/// When the server cannot be reached or its answer is not HTTP.
pub fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Response> {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let message = Message { first: format!("{method} {path} HTTP/1.1"), headers, body: body.to_vec() };
    let what = format!("{method} http://{address}{path}");
    let (status, answer) = exchange(address, &message).map_err(Error::io(what))?;
    Ok(Response { status, headers: answer.headers, body: answer.body })
}

/// A request or an answer: the first line, the headers, the body without transfer coding.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) first: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Headers that speak of one connection only; every message here gets its own.
const CONNECTION_HEADERS: [&str; 4] = ["connection", "content-length", "transfer-encoding", "keep-alive"];

impl Message {
    /// The head as it is sent, saying that the body has `length` octets and that the connection ends after it.
    pub(crate) fn head(&self, length: Option<usize>) -> Vec<u8> {
        let mut head = format!("{}\r\n", self.first);
        for (name, value) in &self.headers {
            if !CONNECTION_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
                head.extend([name, ": ", value, "\r\n"]);
            }
        }
        if let Some(length) = length {
            head.push_str("Content-Length: ");
            head.push_str(&length.to_string());
            head.push_str("\r\n");
        }
        head.push_str("Connection: close\r\n\r\n");
        head.into_bytes()
    }

    fn header(&self, wanted: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.as_str())
    }
}

/// Sends `message` to the server and reads its answer with the status code.
pub(crate) fn exchange(address: SocketAddr, message: &Message) -> io::Result<(u16, Message)> {
    let mut stream = TcpStream::connect(address)?;
    prepare(&stream)?;
    let mut message = message.clone();
    message.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("host"));
    message.headers.push(("Host".to_owned(), address.to_string()));
    stream.write_all(&message.head(Some(message.body.len())))?;
    // A server that refuses a large body answers and closes before it has read it all.
    let sent = stream.write_all(&message.body);
    let answer = read_response(&mut stream, message.first.starts_with("HEAD "));
    if answer.is_err() { sent.and(answer) } else { answer }
}

/// Sets what every connection here has: no delay of small packets, a time-out.
pub(crate) fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))
}

/// Reads a request; `None` when the client closed the connection without one.
pub(crate) fn read_request(stream: &mut impl Read) -> io::Result<Option<(String, String, Message)>> {
    let Some((head, rest)) = read_head(stream)? else { return Ok(None) };
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    request.parse(&head).map_err(invalid)?;
    let method = request.method.unwrap_or_default().to_owned();
    let path = request.path.unwrap_or_default().to_owned();
    let headers = owned(request.headers);
    let mut message = Message { first: format!("{method} {path} HTTP/1.1"), headers, body: Vec::new() };
    // Without a length, a request has no body (RFC 9112 section 6.3).
    message.body = read_body(stream, &message, rest, false)?;
    Ok(Some((method, path, message)))
}

fn read_response(stream: &mut TcpStream, no_body: bool) -> io::Result<(u16, Message)> {
    loop {
        let (head, rest) = read_head(stream)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        response.parse(&head).map_err(invalid)?;
        let status = response.code.unwrap_or_default();
        let first = format!("HTTP/1.1 {status} {}", response.reason.unwrap_or_default());
        let mut message = Message { first, headers: owned(response.headers), body: Vec::new() };
        if (100..200).contains(&status) {
            continue;
        }
        if !no_body && status != 204 && status != 304 {
            message.body = read_body(stream, &message, rest, true)?;
        }
        return Ok((status, message));
    }
}

fn owned(headers: &[httparse::Header<'_>]) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect()
}

fn invalid(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// Reads up to the empty line: the head with it, and what came after it.
fn read_head(stream: &mut impl Read) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut head = Vec::new();
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return if head.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        head.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            let rest = head.split_off(end.saturating_add(4));
            return Ok(Some((head, rest)));
        }
        if head.len() > MAX_HEAD {
            return Err(invalid(httparse::Error::TooManyHeaders));
        }
    }
}

fn read_body(stream: &mut impl Read, head: &Message, rest: Vec<u8>, to_end: bool) -> io::Result<Vec<u8>> {
    let mut input = io::Cursor::new(rest).chain(stream);
    let mut body = Vec::new();
    if head.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        return read_chunks(&mut input);
    }
    match head.header("content-length") {
        Some(length) => {
            let length: u64 = length.trim().parse().map_err(invalid)?;
            input.take(length).read_to_end(&mut body)?;
        }
        None if to_end => {
            input.read_to_end(&mut body)?;
        }
        None => {}
    }
    Ok(body)
}

/// Chunked transfer coding (RFC 9112 section 7.1); trailers are dropped.
fn read_chunks(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = read_line(input)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(invalid)?;
        input.by_ref().take(size).read_to_end(&mut body)?;
        if size == 0 {
            while !read_line(input)?.is_empty() {}
            return Ok(body);
        }
        read_line(input)?;
    }
}

fn read_line(input: &mut impl Read) -> io::Result<String> {
    let mut line = Vec::new();
    let mut octet = [0];
    loop {
        input.read_exact(&mut octet)?;
        match octet {
            [b'\n'] => return Ok(String::from_utf8_lossy(&line).trim_end().to_owned()),
            [other] => line.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_and_trailers_dropped() {
        let text = b"4;name=value\r\nWiki\r\n5\r\npedia\r\n0\r\nTrailer: x\r\n\r\n";
        assert_eq!(read_chunks(&mut text.as_slice()).unwrap(), b"Wikipedia");
    }

    #[test]
    fn a_body_has_the_length_that_its_head_says() {
        let head = Message {
            first: String::new(),
            headers: vec![("content-length".to_owned(), "3".to_owned())],
            body: Vec::new(),
        };
        let body = read_body(&mut b"cdef".as_slice(), &head, b"ab".to_vec(), true).unwrap();
        assert_eq!(body, b"abc");
    }
}
