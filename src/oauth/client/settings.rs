//! What a client registers beside the core: the keys it proves itself with, how users are named to it, and where it is
//! told of their signing out. Records of earlier releases lack all of it, so each has a default.

use serde::{Deserialize, Serialize};

use super::redirect_uri::RedirectUri;
use crate::base::named;
use crate::jose::{Algorithm, KeySet};

/// How a client's assertions are judged (`private_key_jwt`, OpenID Connect Core section 9, RFC 7523 section 2.2).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Assertions {
    /// Its public keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<ClientKeys>,
    /// `token_endpoint_auth_signing_alg`: the only algorithm that it signs with; `None` leaves it to its keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithm: Option<Algorithm>,
    /// `assertion_audience`, a member of our own.
    #[serde(default)]
    pub audience: AssertionAudience,
}

/// Where a client's keys are: one of two places (RFC 7591 section 2).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum ClientKeys {
    /// `jwks`.
    #[serde(rename = "jwks")]
    Registered(KeySet),
    /// `jwks_uri`.
    #[serde(rename = "jwks_uri")]
    Published(String),
}

named! {
    /// Whom a client's assertions name as their audience.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub enum AssertionAudience {
        /// The issuer identifier, the only value that another server cannot make a client use for it (CVE-2025-27370).
        #[default]
        Issuer = "issuer",
        /// Also the address of the token endpoint, for clients that were written before that was known.
        TokenEndpoint = "token_endpoint",
    }
}

/// How users are named to a client (OpenID Connect Core section 8).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Subjects {
    /// `subject_type`.
    #[serde(default)]
    pub kind: SubjectType,
    /// `sector_identifier_uri`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
}

named! {
    /// Whether two clients can tell that they know the same user.
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub enum SubjectType {
        /// All clients are told the same `sub`.
        #[default]
        Public = "public",
        /// Each sector is told another one.
        Pairwise = "pairwise",
    }
}

/// What happens to a client when a user signs out.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct LogoutSettings {
    /// `post_logout_redirect_uris` (OpenID Connect RP-Initiated Logout section 3.1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// `backchannel_logout_uri` (OpenID Connect Back-Channel Logout section 2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_uri: Option<String>,
    /// `backchannel_logout_session_required`: logout tokens for it must name the session.
    #[serde(default)]
    pub backchannel_session_required: bool,
}

named! {
    /// What a client's access tokens look like (`access_token_format`, a member of our own).
    #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
    pub enum AccessTokenFormat {
        /// A JWT that resource servers verify by themselves (RFC 9068).
        #[default]
        Jwt = "jwt",
        /// A sealed value that only introspection explains.
        Opaque = "opaque",
    }
}
