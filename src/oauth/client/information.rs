//! What a client is told about its registration (RFC 7591 section 3.2.1, RFC 7592 section 3).

use serde::Serialize;

use super::model::{AuthenticationMethod, Client, ClientId, GrantType, Voucher};
use super::presentation::Presentation;
use super::redirect_uri::RedirectUri;
use super::settings::{AccessTokenFormat, AssertionAudience, ClientKeys, SubjectType};
use crate::base::{Seconds, Secret, UnixTime};
use crate::jose::Algorithm;
use crate::oauth::scope::Scopes;

/// The client information response.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the members are those of the specifications and our own")]
pub struct ClientInformation<'a> {
    client_id: &'a ClientId,
    client_id_issued_at: UnixTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    /// Secrets end only when others replace them, so that this is 0 for each client that has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<u8>,
    registration_client_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_access_token: Option<&'a str>,
    /// Whether it registered itself: so that an administrator tells those clients from the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    self_registered: Option<bool>,
    /// The developer who registered it in the portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a str>,
    verified: bool,
    client_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_uri: Option<&'a str>,
    #[serde(flatten)]
    presentation: &'a Presentation,
    redirect_uris: &'a [RedirectUri],
    token_endpoint_auth_method: AuthenticationMethod,
    /// `jwks` or `jwks_uri`.
    #[serde(flatten)]
    keys: Option<&'a ClientKeys>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_endpoint_auth_signing_alg: Option<Algorithm>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assertion_audience: Option<AssertionAudience>,
    grant_types: &'a [GrantType],
    response_types: &'static [&'static str],
    scope: &'a Scopes,
    #[serde(skip_serializing_if = "Scopes::is_empty")]
    optional_scope: &'a Scopes,
    id_token_signed_response_alg: Algorithm,
    require_pkce: bool,
    rotate_refresh_tokens: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token_lifetime: Option<Seconds>,
    access_token_format: AccessTokenFormat,
    subject_type: SubjectType,
    #[serde(skip_serializing_if = "Option::is_none")]
    sector_identifier_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    post_logout_redirect_uris: &'a [RedirectUri],
    #[serde(skip_serializing_if = "Option::is_none")]
    backchannel_logout_uri: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    backchannel_logout_session_required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_max_age: Option<Seconds>,
    require_auth_time: bool,
}

/// What is told once or only to whom it belongs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Confidences<'a> {
    /// A secret that was just made or brought along.
    pub secret: Option<&'a Secret<String>>,
    /// The registration access token.
    pub access_token: Option<&'a Secret<String>>,
}

impl<'a> ClientInformation<'a> {
    /// Tells of `client`, which is managed at `address`.
    #[must_use]
    pub fn new(client: &'a Client, address: String, confidences: Confidences<'a>) -> Self {
        let asserts = client.authentication == AuthenticationMethod::PrivateKeyJwt;
        let backchannel_logout_uri = client.logout.backchannel_uri.as_deref();
        Self {
            client_id: &client.id,
            client_id_issued_at: client.registered_at,
            client_secret: confidences.secret.map(|secret| secret.expose().as_str()),
            client_secret_expires_at: client.authentication.has_secret().then_some(0),
            registration_client_uri: address,
            registration_access_token: confidences.access_token.map(|token| token.expose().as_str()),
            self_registered: client.self_registered.then_some(true),
            owner: client.owner.as_deref(),
            verified: client.voucher == Voucher::Administrator,
            client_name: &client.name,
            client_uri: client.site.as_deref(),
            presentation: &client.presentation,
            redirect_uris: &client.redirect_uris,
            token_endpoint_auth_method: client.authentication,
            keys: client.assertions.keys.as_ref(),
            token_endpoint_auth_signing_alg: client.assertions.algorithm,
            assertion_audience: asserts.then_some(client.assertions.audience),
            grant_types: &client.grant_types,
            response_types: if client.may_use(GrantType::AuthorizationCode) { &["code"] } else { &[] },
            scope: &client.scopes,
            optional_scope: &client.optional_scopes,
            id_token_signed_response_alg: client.id_token_algorithm,
            require_pkce: client.require_pkce,
            rotate_refresh_tokens: client.rotates_refresh_tokens,
            access_token_lifetime: client.access_token_lifetime,
            access_token_format: client.access_token_format,
            subject_type: client.subjects.kind,
            sector_identifier_uri: client.subjects.sector_identifier_uri.as_deref(),
            post_logout_redirect_uris: &client.logout.post_logout_redirect_uris,
            backchannel_logout_uri,
            backchannel_logout_session_required: backchannel_logout_uri
                .map(|_| client.logout.backchannel_session_required),
            default_max_age: client.default_max_age,
            require_auth_time: client.require_auth_time,
        }
    }
}
