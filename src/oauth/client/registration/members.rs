//! What is registered of a client, member by member: its name on the wire, its JSON type, who decides it, its values and its
//! default, and its value in an answer.
//!
//! A new member is a field of [`Registration`], a row of [`MEMBERS`] and a value in [`Registration::answered`]; the compiler and
//! the tests lead from here to the code that reads it, to the form of the developer portal and to the table in docs/connect.md.
//! Files of apps have the members of that table.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::Seconds;
use crate::jose::Algorithm;
use crate::oauth::client::authentication::AuthenticationMethod;
use crate::oauth::client::grant_type::GrantType;
use crate::oauth::client::presentation::Presentation;
use crate::oauth::client::redirect_uri::RedirectUri;
use crate::oauth::client::settings::{AccessTokenFormat, Assertions, ClientKeys, LogoutSettings, Subjects};
use crate::oauth::scope::Scopes;

/// What is registered of a client: everything but its identifier, version, secrets and times. Records of earlier releases lack
/// some members, so each member that came later has a default.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Registration {
    /// `client_name`.
    pub name: String,
    /// `client_uri`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// `published`, `description`, `logo`, `policy_uri`, `tos_uri`.
    #[serde(default)]
    pub presentation: Presentation,
    /// `redirect_uris`.
    pub redirect_uris: Vec<RedirectUri>,
    /// `token_endpoint_auth_method`.
    pub authentication: AuthenticationMethod,
    /// `jwks` or `jwks_uri`, `token_endpoint_auth_signing_alg`, `assertion_audience`.
    #[serde(default)]
    pub assertions: Assertions,
    /// `grant_types`.
    pub grant_types: Vec<GrantType>,
    /// `scope`.
    pub scopes: Scopes,
    /// `optional_scope`: the scopes that a user can decline while allowing the rest.
    #[serde(default, skip_serializing_if = "Scopes::is_empty")]
    pub optional_scopes: Scopes,
    /// `require_pkce`. Public clients always must use PKCE.
    pub require_pkce: bool,
    /// `rotate_refresh_tokens`: whether each use of a refresh token issues a new one.
    pub rotates_refresh_tokens: bool,
    /// `id_token_signed_response_alg`.
    pub id_token_algorithm: Algorithm,
    /// `access_token_lifetime` in seconds, where it differs from the API's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token_lifetime: Option<Seconds>,
    /// `access_token_format`.
    #[serde(default)]
    pub access_token_format: AccessTokenFormat,
    /// `subject_type`, `sector_identifier_uri`.
    #[serde(default)]
    pub subjects: Subjects,
    /// `post_logout_redirect_uris`, `backchannel_logout_uri`, `backchannel_logout_session_required`.
    #[serde(default)]
    pub logout: LogoutSettings,
    /// `default_max_age` in seconds: how old an authentication may be unless the request says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<Seconds>,
    /// `require_auth_time`: whether ID tokens must have `auth_time`.
    #[serde(default)]
    pub require_auth_time: bool,
}

/// The JSON type of a member.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JsonType {
    /// `true` or `false`.
    Flag,
    /// A list of strings whose order means nothing.
    List,
    /// A whole number.
    Number,
    Object,
    /// A string.
    Text,
    /// A string of words with spaces between, whose order means nothing.
    Words,
}

/// Who decides a member.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DecidedBy {
    /// The administrator. A client that registers itself must not send it; one that is registered may repeat it.
    Administrator,
    /// The one who registers the client. Later only the administrator changes it.
    Registrant,
    /// The same, but a client may give up values later.
    RegistrantThenLess,
    /// The client, at any time.
    Client,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RegistrationMember {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its JSON type.
    pub form: JsonType,
    /// Whether no specification has it.
    pub is_ours: bool,
    pub decided_by: DecidedBy,
    /// For the documentation: its values.
    pub values: &'static str,
    /// For the documentation: what it is when it is not sent.
    pub default: &'static str,
}

impl RegistrationMember {
    const fn new(
        name: &'static str,
        form: JsonType,
        decided_by: DecidedBy,
        values: &'static str,
        default: &'static str,
    ) -> Self {
        Self { name, form, is_ours: false, decided_by, values, default }
    }

    const fn ours(self) -> Self {
        Self { is_ours: true, ..self }
    }
}

use DecidedBy::{Administrator, Client, Registrant, RegistrantThenLess};
use JsonType::{Flag, List, Number, Object, Text, Words};

/// All members, in the order of the documentation.
#[rustfmt::skip]
pub const MEMBERS: [RegistrationMember; 29] = [
    RegistrationMember::new("client_name", Text, Client, "the name on the consent page, 1 to 100 visible characters", "required"),
    RegistrationMember::new("client_uri", Text, Client, "an https URL, the app's website, shown next to the name", "none"),
    RegistrationMember::new("description", Text, Client, "what the app does, 1 to 280 visible characters on one line", "none").ours(),
    RegistrationMember::new("published", Flag, Administrator, "whether the [catalogue](apps.md#the-catalogue) lists it; needs `client_uri` and the grant `authorization_code`", "`false`").ours(),
    RegistrationMember::new("policy_uri", Text, Client, "an https URL, linked on the consent page", "none"),
    RegistrationMember::new("tos_uri", Text, Client, "an https URL, linked on the consent page", "none"),
    RegistrationMember::new("redirect_uris", List, Client, "up to 20, https, http on loopback, or a private scheme like `com.example.app:/cb`; compared byte for byte; none may be an address of this server", "required for `authorization_code`"),
    RegistrationMember::new("grant_types", List, RegistrantThenLess, "`authorization_code`, `refresh_token`, `client_credentials`", "`authorization_code`"),
    RegistrationMember::new("response_types", List, RegistrantThenLess, "`code` with the grant `authorization_code`, empty without it", "what fits `grant_types`"),
    RegistrationMember::new("scope", Words, RegistrantThenLess, "standard scopes, those of the configured APIs and those of [claims](tokens.md#claims)", "`openid profile email offline_access` with `authorization_code`, otherwise none"),
    RegistrationMember::new("optional_scope", Words, Client, "scopes that users can decline on the consent page while they allow the rest; not `openid` and not `offline_access` ([decision 0052](decisions/0052-optional-scopes.md))", "none").ours(),
    RegistrationMember::new("token_endpoint_auth_method", Text, Registrant, "`client_secret_basic`, `client_secret_post`, `private_key_jwt`, `none`", "`client_secret_basic`"),
    RegistrationMember::new("token_endpoint_auth_signing_alg", Text, Registrant, "`RS256`, `PS256`, `ES256`, `EdDSA`: the only algorithm that its assertions may use", "the algorithm of each key"),
    RegistrationMember::new("jwks_uri", Text, Registrant, "where the client publishes its public keys, on a public https server on port 443; not together with `jwks`", "none"),
    RegistrationMember::new("assertion_audience", Text, Administrator, "`issuer`; `token_endpoint` also accepts the address of the token endpoint, for clients that cannot send the issuer", "`issuer` with `private_key_jwt`").ours(),
    RegistrationMember::new("id_token_signed_response_alg", Text, Client, "an algorithm that the server has a key for", "`RS256`"),
    RegistrationMember::new("access_token_lifetime", Number, Administrator, "60 to 86400 seconds; an API with a shorter lifetime takes precedence", "the API's").ours(),
    RegistrationMember::new("access_token_format", Text, Administrator, "`jwt`; `opaque` for tokens that only [introspection](tokens.md#introspection) can read", "`jwt`").ours(),
    RegistrationMember::new("require_pkce", Flag, Administrator, "`false` for confidential clients whose library does not support PKCE", "`true`").ours(),
    RegistrationMember::new("rotate_refresh_tokens", Flag, Administrator, "whether each use of a refresh token returns a new one; required for public clients", "`true` for public clients, otherwise `false`").ours(),
    RegistrationMember::new("subject_type", Text, Registrant, "`public`, `pairwise`", "`public`"),
    RegistrationMember::new("sector_identifier_uri", Text, Administrator, "an https URL with a JSON list of the redirect URIs, for a sector with several hosts", "none"),
    RegistrationMember::new("default_max_age", Number, Client, "seconds, as in OpenID Connect Registration", "none"),
    RegistrationMember::new("require_auth_time", Flag, Client, "as in OpenID Connect Registration", "`false`"),
    RegistrationMember::new("post_logout_redirect_uris", List, Client, "like `redirect_uris`", "none"),
    RegistrationMember::new("backchannel_logout_uri", Text, Client, "the address for [back-channel logout](sign-in.md#logout), on a public https server on port 443", "none"),
    RegistrationMember::new("backchannel_logout_session_required", Flag, Client, "whether its logout tokens need `sid`", "`false` with `backchannel_logout_uri`"),
    RegistrationMember::new("jwks", Object, Registrant, "the client's public keys, a JWK Set", "none"),
    RegistrationMember::new("logo", Text, Client, "a `data:` URI of a PNG, JPEG or WebP image of at most 16384 bytes, shown on the consent page, the chooser and in the catalogue; an SVG, or the URL of an image, is refused", "none").ours(),
];

impl Registration {
    /// Each member of [`MEMBERS`] with its value in the answer about a client; `null` where the answer leaves it out.
    #[must_use]
    pub fn answered(&self) -> [(&'static str, Value); MEMBERS.len()] {
        // Every field is named, so that a new one is answered or left out on purpose.
        let Self {
            name,
            site,
            presentation,
            redirect_uris,
            authentication,
            assertions,
            grant_types,
            scopes,
            optional_scopes,
            require_pkce,
            rotates_refresh_tokens,
            id_token_algorithm,
            access_token_lifetime,
            access_token_format,
            subjects,
            logout,
            default_max_age,
            require_auth_time,
        } = self;
        let Presentation { published, publication_requested: _, description, logo, policy_uri, tos_uri } = presentation;
        let Assertions { keys, algorithm, audience } = assertions;
        let Subjects { kind, sector_identifier_uri } = subjects;
        let LogoutSettings { post_logout_redirect_uris, backchannel_uri, backchannel_session_required } = logout;
        let (jwks, jwks_uri) = match keys {
            None => (None, None),
            Some(ClientKeys::Registered(keys)) => (Some(keys), None),
            Some(ClientKeys::Published(address)) => (None, Some(address)),
        };
        let asserts = *authentication == AuthenticationMethod::PrivateKeyJwt;
        let signs_in = grant_types.contains(&GrantType::AuthorizationCode);
        let response_types: &[&str] = if signs_in { &["code"] } else { &[] };
        [
            ("client_name", json(name)),
            ("client_uri", json(site)),
            ("description", json(description)),
            ("published", json(published)),
            ("policy_uri", json(policy_uri)),
            ("tos_uri", json(tos_uri)),
            ("redirect_uris", json(redirect_uris)),
            ("grant_types", json(grant_types)),
            ("response_types", json(response_types)),
            ("scope", json(scopes)),
            ("optional_scope", json((!optional_scopes.is_empty()).then_some(optional_scopes))),
            ("token_endpoint_auth_method", json(authentication)),
            ("token_endpoint_auth_signing_alg", json(algorithm)),
            ("jwks_uri", json(jwks_uri)),
            ("assertion_audience", json(asserts.then_some(audience))),
            ("id_token_signed_response_alg", json(id_token_algorithm)),
            ("access_token_lifetime", json(access_token_lifetime)),
            ("access_token_format", json(access_token_format)),
            ("require_pkce", json(require_pkce)),
            ("rotate_refresh_tokens", json(rotates_refresh_tokens)),
            ("subject_type", json(kind)),
            ("sector_identifier_uri", json(sector_identifier_uri)),
            ("default_max_age", json(default_max_age)),
            ("require_auth_time", json(require_auth_time)),
            (
                "post_logout_redirect_uris",
                json((!post_logout_redirect_uris.is_empty()).then_some(post_logout_redirect_uris)),
            ),
            ("backchannel_logout_uri", json(backchannel_uri)),
            (
                "backchannel_logout_session_required",
                json(backchannel_uri.as_ref().map(|_| backchannel_session_required)),
            ),
            ("jwks", json(jwks)),
            ("logo", json(logo)),
        ]
    }

    /// Whether the catalogue would list this registration differently than `before`.
    pub(in crate::oauth::client) fn listing_differs(&self, before: &Self) -> bool {
        fn listed(registration: &Registration) -> impl Eq {
            let Presentation { description, logo, .. } = registration.presentation.clone();
            (registration.name.clone(), registration.site.clone(), description, logo)
        }
        listed(self) != listed(before)
    }

    /// The address of the document that has to list the redirect URIs, unless `before` had the same one and all of these
    /// redirect URIs: they were checked then.
    #[must_use]
    pub fn sector_to_check(&self, before: Option<&Self>) -> Option<&str> {
        let address = self.subjects.sector_identifier_uri.as_deref()?;
        let checked = before.is_some_and(|before| {
            before.subjects.sector_identifier_uri.as_deref() == Some(address)
                && self.redirect_uris.iter().all(|uri| before.redirect_uris.contains(uri))
        });
        (!checked).then_some(address)
    }
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_is_answered_under_its_name() {
        let registration: Registration = serde_json::from_value(serde_json::json!({
            "name": "App", "redirect_uris": [], "authentication": "none", "grant_types": [], "scopes": "",
            "require_pkce": true, "rotates_refresh_tokens": true, "id_token_algorithm": "ES256",
        }))
        .unwrap();
        assert_eq!(registration.answered().map(|(name, _)| name), MEMBERS.map(|member| member.name));
    }
}
