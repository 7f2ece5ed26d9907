//! Published documents. They have an entity tag, so that a client does not receive again what it has.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::request::Request;
use super::response::Response;
use crate::base::Seconds;
use crate::base::encoding::base64url;

/// A JSON document and its entity tag (RFC 9110 section 8.8.3).
#[derive(Debug)]
pub struct Document {
    body: Vec<u8>,
    tag: String,
}

impl Document {
    /// Writes it.
    ///
    /// # Errors
    /// When `value` cannot be written as JSON, which is a defect.
    pub fn of(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        let body = serde_json::to_vec(value)?;
        let tag = format!("\"{}\"", base64url(Sha256::digest(&body).split_at(16).0));
        Ok(Self { body, tag })
    }

    /// The document, which may be kept for `max_age`; without its body for a client that has it (RFC 9110 section 13.1.2).
    #[must_use]
    pub fn answer(&self, request: &Request, max_age: Seconds) -> Response {
        let mut known = request.header("if-none-match").unwrap_or_default().split(',').map(str::trim);
        let has_it = known.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == self.tag);
        let response =
            if has_it { Response::empty(304) } else { Response::encoded(200, "application/json", self.body.clone()) };
        response.with("cache-control", format!("public, max-age={}", max_age.get())).with("etag", self.tag.as_str())
    }
}
