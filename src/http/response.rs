//! Responses.

use serde::Serialize;

/// A response. It has no `Debug`: what it carries must not reach a log.
#[derive(Clone)]
pub struct Response {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

/// Headers for sending: for each header a line with its name and a line with its value.
#[derive(Default)]
pub struct HeaderLines {
    /// Headers that other responses have too.
    pub common: String,
    /// Headers of this response alone; they may be secrets.
    pub own: String,
}

/// The names of headers whose values no other response has.
const OWN: [&str; 3] = ["location", "set-cookie", "x-request-id"];

impl Response {
    /// Without a body.
    #[must_use]
    pub const fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// A page, with the content security policy made for it.
    #[must_use]
    pub fn html(status: u16, html: String, content_security_policy: String) -> Self {
        Self { status, headers: Vec::new(), body: html.into_bytes() }
            .with("content-type", "text/html; charset=utf-8")
            .with("content-security-policy", content_security_policy)
    }

    /// A JSON document.
    ///
    /// # Errors
    /// When `value` cannot be written as JSON, which is a defect.
    pub fn json(status: u16, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        Self::document(status, "application/json", value)
    }

    /// A JSON document of another media type.
    ///
    /// # Errors
    /// When `value` cannot be written as JSON, which is a defect.
    pub fn document(status: u16, media_type: &str, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::encoded(status, media_type, serde_json::to_vec(value)?))
    }

    /// A document that was written before.
    #[must_use]
    pub fn encoded(status: u16, media_type: &str, body: Vec<u8>) -> Self {
        Self { status, headers: Vec::new(), body }.with("content-type", media_type)
    }

    /// 303, so that a browser follows with GET and never repeats a body (RFC 9700 section 4.12).
    #[must_use]
    pub fn see_other(location: String) -> Self {
        Self::empty(303).with("location", location)
    }

    /// With one more header; several of a name are sent as several.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The value of a header that was set.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The status code.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The headers in the order in which they were set.
    #[must_use]
    pub fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }

    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The headers for sending. `None` when a value has a line break, which could add a header.
    #[must_use]
    pub fn header_lines(&self) -> Option<HeaderLines> {
        let mut lines = HeaderLines::default();
        for (name, value) in &self.headers {
            if value.contains(['\n', '\r']) {
                return None;
            }
            let place = if OWN.contains(name) { &mut lines.own } else { &mut lines.common };
            for part in [name, "\n", value.as_str(), "\n"] {
                place.push_str(part);
            }
        }
        Some(lines)
    }

    /// The same without its body, for HEAD.
    #[must_use]
    pub fn without_body(mut self) -> Self {
        self.body = Vec::new();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_lines_in_their_order_and_secrets_are_apart() {
        let response = Response::see_other("/?code=1".to_owned()).with("set-cookie", "a=1").with("vary", "");
        let response = response.with("set-cookie", "b=2").with("cache-control", "no-store");
        let HeaderLines { common, own } = response.header_lines().unwrap();
        assert_eq!(common, "vary\n\ncache-control\nno-store\n");
        assert_eq!(own, "location\n/?code=1\nset-cookie\na=1\nset-cookie\nb=2\n");
    }

    #[test]
    fn a_value_with_a_line_break_is_not_sent() {
        for value in ["/\nset-cookie\na=1", "/\rset-cookie: a=1"] {
            assert!(Response::empty(303).with("location", value).header_lines().is_none());
        }
    }
}
