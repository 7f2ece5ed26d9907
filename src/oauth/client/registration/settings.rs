//! Members that most registrations do without.

use serde_json::Value;

use super::reader::{Reader, is_visible, seconds};
use super::{Authority, Registration, Unregistrable};
use crate::base::Seconds;
use crate::jose::{Algorithm, KeySet};
use crate::oauth::client::presentation::{Picture, Presentation};
use crate::oauth::client::settings::{
    AccessTokenFormat, AssertionAudience, Assertions, ClientKeys, LogoutSettings, SubjectType, Subjects,
};
use crate::oauth::client::{AuthenticationMethod, Client};
use crate::oauth::person::pairwise;
use crate::oauth::scope::Scopes;

/// Members that ask for answers, or promise requests, of a kind that does not exist here. Whoever registers one relies on
/// it: ignoring it would answer with less protection than was asked for.
const ENCRYPTED_OR_SIGNED: [&str; 16] = [
    "authorization_encrypted_response_alg",
    "authorization_encrypted_response_enc",
    "authorization_signed_response_alg",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "introspection_encrypted_response_alg",
    "introspection_encrypted_response_enc",
    "introspection_signed_response_alg",
    "request_object_encryption_alg",
    "request_object_encryption_enc",
    "request_object_signing_alg",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "userinfo_signed_response_alg",
    "software_statement",
    "backchannel_token_delivery_mode",
];

/// The same, for members that ask with `true`.
const DEMANDED: [&str; 4] = [
    "dpop_bound_access_tokens",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
    "tls_client_certificate_bound_access_tokens",
];

/// Members that give a client more than it needs to sign people in, or that make this server ask elsewhere while a stranger
/// waits: the administrator's alone.
const PRIVILEGES: [&str; 12] = [
    "access_token_format",
    "access_token_lifetime",
    "assertion_audience",
    "client_id",
    "client_secret",
    "published",
    "require_pkce",
    "rotate_client_secret",
    "rotate_refresh_tokens",
    "rotate_registration_access_token",
    "sector_identifier_uri",
    "verified",
];

/// The longest description, in characters: what a page shows of a sentence.
const LONGEST_DESCRIPTION: usize = 280;

impl Registration {
    /// `OpenID` Connect Core section 8.1: "If there are multiple hostnames in the registered `redirect_uris`, the Client
    /// MUST register a `sector_identifier_uri`." Nor may a client move into another's sector: its refresh tokens would tell
    /// it how people are known there.
    pub(super) fn has_its_sector(&self, authority: Authority<'_>) -> Result<(), Unregistrable> {
        if self.subjects.kind == SubjectType::Public {
            return Ok(());
        }
        let sector = pairwise::sector(&self.subjects, &self.redirect_uris);
        match authority.before() {
            _ if sector.is_none() => Err(Unregistrable::metadata(
                "pairwise subjects need sector_identifier_uri, unless all redirect URIs are https on one host",
            )),
            Some(before) if sector != pairwise::sector(&before.subjects, &before.redirect_uris) => {
                Err(Unregistrable::metadata("only the administrator may move a client to another sector"))
            }
            _ => Ok(()),
        }
    }
}

impl Reader<'_> {
    pub(super) fn refuse_what_nobody_does(&self) -> Result<(), Unregistrable> {
        if ENCRYPTED_OR_SIGNED.iter().any(|name| self.value(name).is_some()) {
            return Err(Unregistrable::metadata(
                "encrypted answers, signed answers but ID tokens, request objects, software statements and CIBA are not \
                 supported",
            ));
        }
        for name in DEMANDED {
            if self.flag(name)? == Some(true) {
                return Err(Unregistrable::metadata(
                    "sender-constrained tokens, pushed and signed requests are not supported",
                ));
            }
        }
        Ok(())
    }

    pub(super) fn refuse_privileges(&self, authority: Authority<'_>) -> Result<(), Unregistrable> {
        // A document has to name its client, by the address where it is.
        let is_named = |name: &str| name == "client_id" && matches!(authority, Authority::Document);
        if PRIVILEGES.iter().any(|name| self.value(name).is_some() && !is_named(name)) {
            return Err(Unregistrable::metadata(
                "a client that registers itself must not choose its identifier and secret, name a sector, or send \
                 members that are this server's own",
            ));
        }
        Ok(())
    }

    pub(super) fn assertions(
        &self,
        method: AuthenticationMethod,
        authority: Authority<'_>,
    ) -> Result<Assertions, Unregistrable> {
        let keys =
            self.granted(authority, "jwks", |reader, _| reader.keys(), |client| client.assertions.keys.clone())?;
        let algorithm =
            self.granted(authority, "token_endpoint_auth_signing_alg", Self::assertion_algorithm, |client| {
                client.assertions.algorithm
            })?;
        let audience = self
            .granted(authority, "assertion_audience", Self::assertion_audience, |client| {
                Some(client.assertions.audience)
            })?
            .unwrap_or_default();
        if method == AuthenticationMethod::PrivateKeyJwt {
            let unusable = |keys: &KeySet| keys.usable(algorithm).is_empty();
            match &keys {
                None => return Err(Unregistrable::metadata("private_key_jwt needs jwks or jwks_uri")),
                Some(ClientKeys::Registered(keys)) if unusable(keys) => {
                    return Err(Unregistrable::metadata(
                        "no key of jwks is for token_endpoint_auth_signing_alg; an RSA key without alg needs it",
                    ));
                }
                Some(_) => {}
            }
        }
        Ok(Assertions { keys, algorithm, audience })
    }

    fn keys(&self) -> Result<Option<ClientKeys>, Unregistrable> {
        match (self.value("jwks"), self.address("jwks_uri")?) {
            (Some(_), Some(_)) => Err(Unregistrable::metadata("jwks and jwks_uri must not both be there")),
            (None, address) => Ok(address.map(ClientKeys::Published)),
            (Some(value), None) => {
                let members = value.as_object().ok_or(Unregistrable::metadata("jwks must be a JWK Set"))?;
                let keys = KeySet::registered(members).map_err(|_| {
                    Unregistrable::metadata(
                        "jwks must be a JWK Set of 1 to 20 public keys for signatures, each RSA of 2048 to 8192 bits, \
                         P-256 or Ed25519, with different kids",
                    )
                })?;
                Ok(Some(ClientKeys::Registered(keys)))
            }
        }
    }

    /// What is shown of a client. That it is published is the administrator's; the rest is the client's own, like its name.
    pub(super) fn presentation(&self, signs_in: bool, authority: Authority<'_>) -> Result<Presentation, Unregistrable> {
        let published = self
            .granted(authority, "published", Self::flag, |client| Some(client.presentation.published))?
            .unwrap_or_default();
        // The catalogue leads people to the client's site, where they connect it.
        if published && !(signs_in && self.value("client_uri").is_some()) {
            return Err(Unregistrable::metadata("published needs client_uri and the authorization_code grant"));
        }
        Ok(Presentation {
            published,
            publication_requested: false,
            description: self.description()?,
            logo: self.logo()?,
            policy_uri: self.web_address("policy_uri")?,
            tos_uri: self.web_address("tos_uri")?,
        })
    }

    fn description(&self) -> Result<Option<String>, Unregistrable> {
        let Some(text) = self.text("description")? else {
            return Ok(None);
        };
        let length = text.chars().count();
        if text.trim() != text || !(1..=LONGEST_DESCRIPTION).contains(&length) || !text.chars().all(is_visible) {
            return Err(Unregistrable::metadata(
                "description must have 1 to 280 visible characters on one line, without formatting or bidirectional ones",
            ));
        }
        Ok(Some(text.to_owned()))
    }

    fn logo(&self) -> Result<Option<Picture>, Unregistrable> {
        let problem = Unregistrable::metadata(
            "logo must be a data: URI of a PNG, JPEG or WebP image in base64, of at most 16384 bytes",
        );
        self.text("logo")?.map(|text| Picture::parse(text).map_err(|_| problem)).transpose()
    }

    /// What people can decline. Without `openid` the request would be another one, and how long the access lasts, which
    /// `offline_access` decides, is said on the page before anything is ticked.
    pub(super) fn optional_scopes(&self, scopes: &Scopes, authority: Authority<'_>) -> Result<Scopes, Unregistrable> {
        let problem = Unregistrable::metadata(
            "optional_scope must be a list of values that scope has, without openid and offline_access",
        );
        let optional = Scopes::parse(self.text("optional_scope")?.unwrap_or_default()).map_err(|_| problem)?;
        let needed = ["openid", "offline_access"].into_iter().any(|scope| optional.contains(scope));
        // A document is read by many servers: of what it offers counts what is for such clients here.
        let is_document = matches!(authority, Authority::Document);
        let optional = if is_document { optional.filtered(|scope| scopes.contains(scope)) } else { optional };
        if optional.is_within(scopes) && !needed { Ok(optional) } else { Err(problem) }
    }

    fn assertion_algorithm(&self, name: &str) -> Result<Option<Algorithm>, Unregistrable> {
        let problem = Unregistrable::metadata("token_endpoint_auth_signing_alg must be RS256, PS256, ES256 or EdDSA");
        self.text(name)?.map(|text| Algorithm::parse(text).ok_or(problem)).transpose()
    }

    fn assertion_audience(&self, name: &str) -> Result<Option<AssertionAudience>, Unregistrable> {
        match self.text(name)? {
            None => Ok(None),
            Some("issuer") => Ok(Some(AssertionAudience::Issuer)),
            Some("token_endpoint") => Ok(Some(AssertionAudience::TokenEndpoint)),
            Some(_) => Err(Unregistrable::metadata("assertion_audience must be issuer or token_endpoint")),
        }
    }

    pub(super) fn access_token_format(&self, name: &str) -> Result<Option<AccessTokenFormat>, Unregistrable> {
        match self.text(name)? {
            None => Ok(None),
            Some("jwt") => Ok(Some(AccessTokenFormat::Jwt)),
            Some("opaque") => Ok(Some(AccessTokenFormat::Opaque)),
            Some(_) => Err(Unregistrable::metadata("access_token_format must be jwt or opaque")),
        }
    }

    pub(super) fn subjects(&self, authority: Authority<'_>) -> Result<Subjects, Unregistrable> {
        let kind = self
            .granted(authority, "subject_type", Self::subject_type, |client| Some(client.subjects.kind))?
            .unwrap_or_default();
        let kept = |client: &Client| client.subjects.sector_identifier_uri.clone();
        let sector_identifier_uri = self.granted(authority, "sector_identifier_uri", Self::address, kept)?;
        Ok(Subjects { kind, sector_identifier_uri })
    }

    fn subject_type(&self, name: &str) -> Result<Option<SubjectType>, Unregistrable> {
        match self.text(name)? {
            None => Ok(None),
            Some("public") => Ok(Some(SubjectType::Public)),
            Some("pairwise") => Ok(Some(SubjectType::Pairwise)),
            Some(_) => Err(Unregistrable::metadata("subject_type must be public or pairwise")),
        }
    }

    pub(super) fn logout(&self) -> Result<LogoutSettings, Unregistrable> {
        Ok(LogoutSettings {
            post_logout_redirect_uris: self.places("post_logout_redirect_uris")?,
            backchannel_uri: self.address("backchannel_logout_uri")?,
            backchannel_session_required: self.flag("backchannel_logout_session_required")?.unwrap_or_default(),
        })
    }

    pub(super) fn max_age(&self) -> Result<Option<Seconds>, Unregistrable> {
        let problem = Unregistrable::metadata("default_max_age must be a number of seconds");
        let seconds = |value: &Value| seconds(value, 0..=u32::MAX).ok_or(problem);
        self.value("default_max_age").map(seconds).transpose()
    }

    /// An address that this server will ask or tell by itself.
    fn address(&self, name: &str) -> Result<Option<String>, Unregistrable> {
        let problem = Unregistrable::metadata(
            "jwks_uri, sector_identifier_uri and backchannel_logout_uri must be https URLs of public servers by name, \
             on port 443, in their normal form, without user and fragment",
        );
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        self.offer.outbound.admit(text).map(|address| Some(address.as_str().to_owned())).map_err(|_| problem)
    }
}
