//! Parameters in `application/x-www-form-urlencoded`, in a query or a body.

use serde_json::Value;

use super::json_object::{self, MalformedJson};
use super::percent::decode_form;
use super::request::{Body, Method, Request};

/// The most parameters that are read.
const MOST: usize = 100;

/// The longest query or body that is read as parameters, in bytes.
pub const MAX_LENGTH: usize = 65_536;

/// What may be sent more than once (RFC 8707 section 2).
const REPEATABLE: [&str; 1] = ["resource"];

/// Parameters, each of them once: "Request and response parameters MUST NOT be included more than once." - RFC 6749
/// section 3.1. Those without a value are as if they had not been sent, as that section demands.
#[derive(Clone, Default)]
pub struct Parameters(Vec<(String, String)>);

/// Why parameters were not read. On the wire, all are `invalid_request`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Malformed {
    /// The body's content type is another.
    #[error("the content type is not application/x-www-form-urlencoded")]
    ContentType,
    /// A parameter was sent twice.
    #[error("a parameter was sent more than once")]
    Duplicate,
    /// A percent sign that introduces nothing, a NUL, or bytes that are not UTF-8.
    #[error("a parameter has an invalid encoding")]
    Encoding,
    /// More than are ever needed.
    #[error("there are too many parameters")]
    TooMany,
    /// Longer than is ever needed.
    #[error("the request is too long")]
    TooLarge,
    /// The body could not be read.
    #[error("the body ended early")]
    Unreadable,
}

impl Parameters {
    /// Reads the query of a request.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn of_query(request: &Request) -> Result<Self, Malformed> {
        Self::parse(request.query().unwrap_or_default().as_bytes())
    }

    /// Reads the body of a request, whose type must say that it is a form.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn of_body(request: &Request) -> Result<Self, Malformed> {
        let content_type = request.header("content-type").unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Malformed::ContentType);
        }
        match request.body() {
            Body::Complete(bytes) => Self::parse(bytes),
            Body::TooLarge => Err(Malformed::TooLarge),
            Body::Unreadable => Err(Malformed::Unreadable),
        }
    }

    /// Reads the members of a JSON body, each of which has to be a text. `null` counts as not sent, and a request without a
    /// body has none.
    ///
    /// # Errors
    /// [`MalformedJson`].
    pub fn of_json(request: &Request) -> Result<Self, MalformedJson> {
        if matches!(request.body(), Body::Complete(bytes) if bytes.is_empty()) {
            return Ok(Self::default());
        }
        let parameter = |(name, value)| match value {
            Value::Null => Ok((name, String::new())),
            Value::String(text) if !text.contains('\0') => Ok((name, text)),
            _ => Err(MalformedJson::Member),
        };
        json_object::of_body(request)?.into_iter().map(parameter).collect::<Result<_, _>>().map(Self)
    }

    /// Reads the body of a POST and the query of everything else.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn of(request: &Request) -> Result<Self, Malformed> {
        if request.method() == Method::Post { Self::of_body(request) } else { Self::of_query(request) }
    }

    /// Reads `name=value` pairs joined by `&`.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > MAX_LENGTH {
            return Err(Malformed::TooLarge);
        }
        let mut parameters: Vec<(String, String)> = Vec::new();
        for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode_form(halves.next().unwrap_or_default()).ok_or(Malformed::Encoding)?;
            let value = decode_form(halves.next().unwrap_or_default()).ok_or(Malformed::Encoding)?;
            if !REPEATABLE.contains(&name.as_str()) && parameters.iter().any(|(known, _)| *known == name) {
                return Err(Malformed::Duplicate);
            }
            if parameters.len() >= MOST {
                return Err(Malformed::TooMany);
            }
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    /// The value of a parameter; `None` when it was not sent or is empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// All values of a parameter that may be repeated.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// All of them in the order in which they were sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: RFC 6749 section 3.1 - a parameter without a value counts as not sent
    // spec: RFC 6749 appendix B - parameters are form-decoded as UTF-8
    #[test]
    fn pairs_are_decoded() {
        let parameters = Parameters::parse(b"a=1+2%2B3&b=%C3%A9&c=&d&&e==").unwrap();
        let all: Vec<_> = parameters.iter().collect();
        assert_eq!(all, [("a", "1 2+3"), ("b", "\u{e9}"), ("c", ""), ("d", ""), ("e", "=")]);
        assert_eq!(parameters.get("c"), None, "a parameter without a value counts as not sent");
    }

    // spec: RFC 6749 section 3.1 - parameters must not be included more than once
    #[test]
    fn refusals() {
        let many = (0..101).map(|number| format!("p{number}=1")).collect::<Vec<_>>().join("&");
        let cases: [(&[u8], Malformed); 10] = [
            (b"a=1&a=1", Malformed::Duplicate),
            (b"a=1&%61=2", Malformed::Duplicate),
            (b"a=&a=", Malformed::Duplicate),
            (b"a=%", Malformed::Encoding),
            (b"a=%4", Malformed::Encoding),
            (b"a=%+1", Malformed::Encoding),
            (b"a=%00", Malformed::Encoding),
            (b"a=\0", Malformed::Encoding),
            (b"a=%ff", Malformed::Encoding),
            (many.as_bytes(), Malformed::TooMany),
        ];
        for (text, problem) in cases {
            assert_eq!(Parameters::parse(text).err(), Some(problem), "{}", text.escape_ascii());
        }
        assert_eq!(Parameters::parse(&vec![b'a'; MAX_LENGTH + 1]).err(), Some(Malformed::TooLarge));
    }
}
