//! An API, its scopes, and the names that none can have because they are ours.

use crate::base::Seconds;
use crate::oauth::client::ClientId;

/// One API, as the var `API_<NAME>` describes it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Api {
    /// Its resource indicator (RFC 8707 section 2): the `aud` of its tokens.
    pub audience: String,
    /// Its scopes, in alphabetical order.
    pub scopes: Vec<ApiScope>,
    /// How long its access tokens live.
    pub access_token_lifetime: Seconds,
    /// Whether one token may be for this API and for the others that say the same. Each of them could use it at the others.
    pub shares_tokens: bool,
    /// The clients that are this API's own servers: who may introspect its tokens (RFC 7662 section 4).
    pub introspection_clients: Vec<ClientId>,
    /// Under which first segment of the path its JSON facade is, if it has one.
    pub facade: Option<String>,
    /// Whether clients that nobody vouches for may ask users for its scopes.
    pub is_open: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiScope {
    /// Its value.
    pub name: String,
    /// The sentence that users are asked.
    pub sentence: String,
    /// Whether it changes something at the API.
    pub writes: bool,
}

/// How paths of our own begin, those that are reserved for later included: no facade can be there.
pub const OWN_SEGMENTS: [&str; 31] = [
    ".well-known",
    "account",
    "admin",
    "api",
    "apps",
    "apps.json",
    "authorize",
    "connections",
    "consent",
    "dev",
    "developer",
    "device",
    "events",
    "favicon.ico",
    "health",
    "introspect",
    "invitation",
    "jwks",
    "logged-out",
    "login",
    "logo",
    "logout",
    "mcp",
    "organization",
    "organizations",
    "par",
    "register",
    "revoke",
    "scim",
    "token",
    "userinfo",
];

impl Api {
    /// The sentence that belongs to a scope of this API.
    #[must_use]
    pub fn sentence(&self, scope: &str) -> Option<&str> {
        self.scopes.iter().find(|known| known.name == scope).map(|known| known.sentence.as_str())
    }

    /// The values of its scopes.
    pub fn scope_names(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().map(|scope| scope.name.as_str())
    }
}
