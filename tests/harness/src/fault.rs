//! What the HTTP proxy does to the requests that match.

use std::time::Duration;

/// A fault for some requests: those whose method is equal and whose path holds a text, from the n-th match on, a number
/// of times. The first fault that applies to a request wins.
#[derive(Debug, Clone)]
pub struct Fault {
    pub(crate) method: String,
    pub(crate) path_part: String,
    pub(crate) first: usize,
    pub(crate) times: usize,
    pub(crate) effect: Effect,
}

#[derive(Debug, Clone)]
pub(crate) enum Effect {
    /// An answer made up by the proxy; the server sees nothing.
    Answer { status: u16, headers: Vec<(String, String)>, body: String },
    /// The server does what it was asked, and its answer is replaced by this.
    Says { status: u16, headers: Vec<(String, String)> },
    /// The server's answer, its body replaced.
    Body(String),
    /// The server's answer with the first half of its body, the length said to be that half.
    HalfBody,
    /// The head of the server's answer and half of the body that it promises, then the end of the connection.
    CutShort,
    /// A TCP reset before the server sees the request.
    ResetBefore,
    /// A TCP reset in place of the answer, after the server has done what it was asked.
    ResetAfter,
    /// A TCP reset at once; the server gets the request later.
    Breaks(Duration),
    /// The server does what it was asked, and the client never gets an answer.
    Hang,
    /// The server's answer, its body in parts with a pause before each.
    Slow { part: usize, pause: Duration },
    /// The server's answer, later.
    Late(Duration),
}

impl Fault {
    /// A fault for every request with this method (`*` for any) whose path and query hold `path_part`; say with one of
    /// the other methods what it is. Without that it answers 500.
    pub fn on(method: &str, path_part: &str) -> Self {
        let effect =
            Effect::Answer { status: 500, headers: Vec::new(), body: r#"{"error":"injected 500"}"#.into() };
        Self {
            method: method.to_owned(),
            path_part: path_part.to_owned(),
            first: 1,
            times: usize::MAX,
            effect,
        }
    }

    /// Only the n-th match, counted from 1.
    #[must_use]
    pub fn nth(mut self, n: usize) -> Self {
        (self.first, self.times) = (n, 1);
        self
    }

    /// This many matches in a row: the first ones, or from the n-th on.
    #[must_use]
    pub fn times(mut self, count: usize) -> Self {
        self.times = count;
        self
    }

    /// Answers with this status and a JSON body that says so.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        let body = format!(r#"{{"error":"injected {status}"}}"#);
        self.answer(status, &[("Content-Type", "application/json")], &body)
    }

    /// Answers with this status and `Retry-After`, seconds or a date (RFC 9110 section 10.2.3).
    #[must_use]
    pub fn retry_after(self, status: u16, when: &str) -> Self {
        let body = format!(r#"{{"error":"injected {status}"}}"#);
        self.answer(status, &[("Content-Type", "application/json"), ("Retry-After", when)], &body)
    }

    /// Answers with exactly this.
    #[must_use]
    pub fn answer(self, status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.effect(Effect::Answer { status, headers, body: body.to_owned() })
    }

    /// Refuses as AWS does:
    /// <https://docs.aws.amazon.com/Route53/latest/APIReference/CommonErrors.html>.
    #[must_use]
    pub fn refused_by_aws(self, status: u16, code: &str, message: &str) -> Self {
        let body = format!(
            "<?xml version=\"1.0\"?>\n<ErrorResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Error>\
             <Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
             <RequestId>b25f48e8-84fd-11e6-80d9-574e0c4664cb</RequestId></ErrorResponse>"
        );
        self.answer(status, &[("Content-Type", "text/xml")], &body)
    }

    /// Answers 200 with a web page, as a captive portal or a wrong URL does.
    #[must_use]
    pub fn html(self) -> Self {
        let page =
            "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in.</body></html>";
        self.answer(200, &[("Content-Type", "text/html; charset=utf-8")], page)
    }

    /// Redirects to another place (302).
    #[must_use]
    pub fn redirect(self, location: &str) -> Self {
        self.answer(302, &[("Location", location)], "")
    }

    /// Replaces the body of the server's answer.
    #[must_use]
    pub fn body(self, text: &str) -> Self {
        self.effect(Effect::Body(text.to_owned()))
    }

    /// Passes half of the body as if it were whole: correct HTTP, broken JSON.
    #[must_use]
    pub fn half_body(self) -> Self {
        self.effect(Effect::HalfBody)
    }

    /// Closes the connection after half of the promised body.
    #[must_use]
    pub fn cut_short(self) -> Self {
        self.effect(Effect::CutShort)
    }

    /// Resets the connection; the server never sees the request.
    #[must_use]
    pub fn reset_before(self) -> Self {
        self.effect(Effect::ResetBefore)
    }

    /// Resets the connection once the server has answered: the change is made, and the client cannot know.
    #[must_use]
    pub fn reset_after(self) -> Self {
        self.effect(Effect::ResetAfter)
    }

    /// Never answers, though the server did what it was asked.
    #[must_use]
    pub fn hang(self) -> Self {
        self.effect(Effect::Hang)
    }

    /// Sends the body of the answer in parts of so many octets with a pause before each.
    #[must_use]
    pub fn slow(self, part: usize, pause: Duration) -> Self {
        self.effect(Effect::Slow { part: part.max(1), pause })
    }

    /// The server does what it was asked, and the client gets this status and these headers, as from a gateway between.
    #[must_use]
    pub fn says(self, status: u16, headers: &[(&str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.effect(Effect::Says { status, headers })
    }

    /// Waits before the request is passed on.
    #[must_use]
    pub fn late(self, by: Duration) -> Self {
        self.effect(Effect::Late(by))
    }

    /// Resets the connection at once, and passes the request on later: the client cannot know that it is still coming.
    #[must_use]
    pub fn breaks(self, later: Duration) -> Self {
        self.effect(Effect::Breaks(later))
    }

    fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        (self.method == "*" || self.method == method) && path.contains(&self.path_part)
    }
}

/// The faults of a proxy, each with the number of its matches so far.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<(Fault, usize)>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push((fault, 0));
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Counts the request and gives the effect of the first fault that applies.
    pub(crate) fn take(&mut self, method: &str, path: &str) -> Option<Effect> {
        let mut found = None;
        for (fault, seen) in &mut self.0 {
            if fault.matches(method, path) {
                *seen = seen.saturating_add(1);
                let position = seen.checked_sub(fault.first);
                if found.is_none() && position.is_some_and(|position| position < fault.times) {
                    found = Some(fault.effect.clone());
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nth_match_and_those_after_it() {
        let mut faults = Faults::default();
        faults.add(Fault::on("PATCH", "/zones").nth(2).times(2).status(503));
        let hits: Vec<bool> = (0..5)
            .map(|_| {
                assert!(faults.take("GET", "/zones").is_none() && faults.take("PATCH", "/other").is_none());
                faults.take("PATCH", "/zones/a.").is_some()
            })
            .collect();
        assert_eq!(hits, [false, true, true, false, false]);
    }
}
