//! The proof that an answer may be sent: a registered client, one of its redirect URIs, an allowed response mode.

use url::form_urlencoded;

use crate::oauth::authorize::Rejection;
use crate::oauth::client::Client;
use crate::oauth::redirect_uri::RedirectKind;

/// Where the answer to an authorization request goes. There is no other way to make a redirect to a client, and no other
/// way to make one of these than [`VerifiedReturn::verify`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerifiedReturn {
    redirect_uri: String,
    kind: RedirectKind,
    state: Option<String>,
    issuer: String,
}

impl VerifiedReturn {
    /// Whether `sent` is a redirect URI of `client`; what goes out is `sent`, byte for byte.
    #[must_use]
    pub fn verify(client: &Client, sent: &str, state: Option<String>, issuer: &str) -> Option<Self> {
        let registered = client.redirect_uri(sent)?;
        Some(Self { redirect_uri: sent.to_owned(), kind: registered.kind(), state, issuer: issuer.to_owned() })
    }

    /// The redirect URI as it was sent.
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Who receives the answer.
    #[must_use]
    pub const fn kind(&self) -> RedirectKind {
        self.kind
    }

    /// The URL that carries a code (RFC 6749 section 4.1.2, RFC 9207 section 2). `scope` is what was granted.
    #[must_use]
    pub fn with_code(&self, code: &str, scope: &str) -> String {
        self.with(&[("code", code), ("scope", scope)])
    }

    /// The URL that carries a refusal (RFC 6749 section 4.1.2.1).
    #[must_use]
    pub fn with_error(&self, rejection: Rejection) -> String {
        self.with(&[("error", rejection.code()), ("error_description", &rejection.to_string())])
    }

    /// Adds parameters to the registered query, which stays as it is (RFC 6749 section 3.1.2).
    fn with(&self, parameters: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", &self.issuer);
        let joint = if self.redirect_uri.contains('?') { "&" } else { "?" };
        [self.redirect_uri.as_str(), joint, query.finish().as_str()].concat()
    }
}
