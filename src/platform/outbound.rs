//! Requests to other servers. [`crate::http::Outbound`] judges their addresses. Redirects are not followed, because their targets
//! were not judged.

use serde_json::{Map, Value};

use crate::base::Seconds;
use crate::http::json_object;
use crate::lifetimes;

/// The longest body that is read, in bytes.
pub const LONGEST_DOCUMENT: usize = 65_536;

/// What a server answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FetchedDocument {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    pub body: Vec<u8>,
}

/// Why there is no answer, or none that can be used. The caller of an endpoint is never told; the log is.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum OutboundFault {
    /// It took longer than [`lifetimes::OUTBOUND`].
    #[error("the server did not answer in time")]
    Late,
    /// The answer is not the document.
    #[error("the server answered with {0}")]
    Unexpected(&'static str),
    /// The body is longer than [`LONGEST_DOCUMENT`].
    #[error("the server's answer is too long")]
    TooLarge,
    /// What the platform said.
    #[error("the server was not reached: {0}")]
    Unreachable(String),
}

impl FetchedDocument {
    /// The JSON object that the document is.
    ///
    /// # Errors
    /// [`OutboundFault::Unexpected`] for another status than 200, another content type than JSON, and what is not one
    /// object whose members are each there once.
    pub fn object(&self) -> Result<Map<String, Value>, OutboundFault> {
        match self.json()? {
            Value::Object(members) => Ok(members),
            _ => Err(OutboundFault::Unexpected("JSON that is no object")),
        }
    }

    /// The list of texts that the document is.
    ///
    /// # Errors
    /// [`OutboundFault::Unexpected`] for another status than 200, another content type than JSON, and another value.
    pub fn texts(&self) -> Result<Vec<String>, OutboundFault> {
        serde_json::from_value(self.json()?).map_err(|_| OutboundFault::Unexpected("JSON that is no list of texts"))
    }

    fn json(&self) -> Result<Value, OutboundFault> {
        if self.status != 200 {
            return Err(OutboundFault::Unexpected("another status than 200"));
        }
        let content_type = self.content_type.as_deref().unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if essence != "application/json" && !essence.ends_with("+json") {
            return Err(OutboundFault::Unexpected("something else than JSON"));
        }
        json_object::parse_value(&self.body).map_err(|_| OutboundFault::Unexpected("malformed JSON"))
    }

    /// How long the document may be kept (RFC 9111 section 5.2.2).
    #[must_use]
    pub fn life(&self) -> Seconds {
        let directives = self.cache_control.as_deref().unwrap_or_default().to_ascii_lowercase();
        let mut directives = directives.split(',').map(str::trim);
        if directives.clone().any(|directive| matches!(directive, "no-store" | "no-cache")) {
            return lifetimes::SHORTEST_DOCUMENT;
        }
        let told = directives.find_map(|directive| directive.strip_prefix("max-age=")?.trim_matches('"').parse().ok());
        told.map_or(lifetimes::DOCUMENT, Seconds::new).clamp(lifetimes::SHORTEST_DOCUMENT, lifetimes::LONGEST_DOCUMENT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(status: u16, content_type: &str, body: &str) -> FetchedDocument {
        FetchedDocument {
            status,
            content_type: Some(content_type.to_owned()),
            cache_control: None,
            body: body.as_bytes().to_vec(),
        }
    }

    // spec: Invariant 13 - a redirect is no document
    #[test]
    fn only_json_with_status_200_is_a_document() {
        for content_type in ["application/json", "Application/JSON; charset=utf-8", "application/jwk-set+json"] {
            assert!(document(200, content_type, r#"{"keys":[]}"#).object().is_ok(), "{content_type}");
        }
        for (status, content_type, body) in [
            (301, "application/json", "{}"),
            (302, "application/json", "{}"),
            (204, "application/json", "{}"),
            (404, "application/json", "{}"),
            (200, "text/html", "{}"),
            (200, "application/javascript", "{}"),
            (200, "", "{}"),
            (200, "application/json", ""),
            (200, "application/json", "[]"),
            (200, "application/json", "{}{}"),
            (200, "application/json", r#"{"keys":[],"keys":[]}"#),
        ] {
            let refused = document(status, content_type, body).object();
            assert!(matches!(refused, Err(OutboundFault::Unexpected(_))), "{status} {content_type} {body}");
        }
        let texts = document(200, "application/json", r#"["a","b"]"#).texts();
        assert_eq!(texts, Ok(vec!["a".to_owned(), "b".to_owned()]));
        for body in ["{}", r#"["a",1]"#, r#""a""#] {
            assert!(document(200, "application/json", body).texts().is_err(), "{body}");
        }
    }

    // spec: RFC 9111 section 5.2.2 - max-age, no-store and no-cache are followed within bounds
    #[test]
    fn a_document_is_kept_as_its_headers_say_within_bounds() {
        for (cache_control, seconds) in [
            (None, 300),
            (Some("public"), 300),
            (Some("max-age=600"), 600),
            (Some("public, Max-Age=600, must-revalidate"), 600),
            (Some("max-age=\"600\""), 600),
            (Some("max-age=1"), 60),
            (Some("max-age=31536000"), 3_600),
            (Some("max-age=-1"), 300),
            (Some("max-age=99999999999"), 300),
            (Some("no-store"), 60),
            (Some("no-cache, max-age=600"), 60),
        ] {
            let document = FetchedDocument {
                cache_control: cache_control.map(ToOwned::to_owned),
                ..document(200, "application/json", "{}")
            };
            assert_eq!(document.life(), Seconds::new(seconds), "{cache_control:?}");
        }
    }
}
