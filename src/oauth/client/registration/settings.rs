//! How a client presents itself, what proves its assertions, how users are named to it and how it is told of a sign-out.

use serde_json::Value;

use super::authority::Authority;
use super::reader::{MemberReader, is_visible, seconds};
use super::unregistrable::Unregistrable;
use crate::base::Seconds;
use crate::jose::{Algorithm, KeySet};
use crate::lifetimes;
use crate::oauth::client::authentication::AuthenticationMethod;
use crate::oauth::client::model::Client;
use crate::oauth::client::presentation::{Picture, Presentation};
use crate::oauth::client::redirect_uri::RedirectUri;
use crate::oauth::client::settings::{
    AccessTokenFormat, AssertionAudience, Assertions, ClientKeys, LogoutSettings, SubjectType, Subjects,
};

/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

/// The longest description, in characters: what a page shows of a sentence.
const LONGEST_DESCRIPTION: usize = 280;

impl MemberReader<'_> {
    pub(super) fn name(&self) -> Result<String, Unregistrable> {
        let name = self
            .text("client_name")?
            .ok_or(Unregistrable::metadata("client_name is required: the consent page shows it"))?;
        let length = name.chars().count();
        if name.trim() != name || !(1..=LONGEST_NAME).contains(&length) || !name.chars().all(is_visible) {
            return Err(Unregistrable::metadata(
                "client_name must have 1 to 100 visible characters, and no control, formatting or bidirectional ones",
            ));
        }
        Ok(name.to_owned())
    }

    pub(super) fn redirect_uris(&self, needed: bool) -> Result<Vec<RedirectUri>, Unregistrable> {
        let uris = self.places("redirect_uris")?;
        if uris.is_empty() && needed {
            return Err(Unregistrable::redirect_uri("the grant type authorization_code requires a redirect URI")
                .of("redirect_uris"));
        }
        Ok(uris)
    }

    pub(super) fn id_token_algorithm(&self, algorithms: &[Algorithm]) -> Result<Algorithm, Unregistrable> {
        // OpenID Connect Dynamic Client Registration section 2: "The default, if omitted, is RS256."
        let named = self.text("id_token_signed_response_alg")?.unwrap_or("RS256");
        Algorithm::parse(named)
            // A client that asks for a name expects it in the header.
            .filter(|algorithm| algorithm.as_str() == named && algorithms.contains(algorithm))
            .ok_or(Unregistrable::metadata(
                "id_token_signed_response_alg must be an algorithm that this server signs with",
            ))
    }

    pub(super) fn lifetime(&self, name: &'static str) -> Result<Option<Seconds>, Unregistrable> {
        let problem = Unregistrable::metadata("access_token_lifetime must be between 60 and 86400 seconds");
        self.value(name)
            .map(|value| {
                seconds(value, lifetimes::SHORTEST_ACCESS_TOKEN.get()..=lifetimes::LONGEST_ACCESS_TOKEN.get())
                    .ok_or(problem)
            })
            .transpose()
    }

    pub(super) fn assertions(
        &self,
        method: AuthenticationMethod,
        authority: Authority<'_>,
    ) -> Result<Assertions, Unregistrable> {
        let keys = self.granted(
            authority,
            "jwks",
            |reader, _| reader.keys(),
            |client| client.registration.assertions.keys.clone(),
        )?;
        let algorithm =
            self.granted(authority, "token_endpoint_auth_signing_alg", Self::assertion_algorithm, |client| {
                client.registration.assertions.algorithm
            })?;
        let audience = self
            .granted(authority, "assertion_audience", Self::assertion_audience, |client| {
                Some(client.registration.assertions.audience)
            })?
            .unwrap_or_default();
        if method == AuthenticationMethod::PrivateKeyJwt {
            let unusable = |keys: &KeySet| keys.usable(algorithm).is_empty();
            match &keys {
                None => return Err(Unregistrable::metadata("private_key_jwt requires jwks or jwks_uri").of("jwks")),
                Some(ClientKeys::Registered(keys)) if unusable(keys) => {
                    return Err(Unregistrable::metadata(
                        "jwks must have a key for token_endpoint_auth_signing_alg, which is required for an RSA key without alg",
                    ));
                }
                Some(_) => {}
            }
        }
        Ok(Assertions { keys, algorithm, audience })
    }

    fn keys(&self) -> Result<Option<ClientKeys>, Unregistrable> {
        match (self.value("jwks"), self.address("jwks_uri")?) {
            (Some(_), Some(_)) => Err(Unregistrable::metadata("jwks and jwks_uri must not be used together")),
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
            .granted(authority, "published", Self::flag, |client| Some(client.registration.presentation.published))?
            .unwrap_or_default();
        // The catalogue leads users to the client's site, where they connect it.
        if published && !(signs_in && self.value("client_uri").is_some()) {
            return Err(Unregistrable::metadata("published requires client_uri and the grant type authorization_code"));
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
                "description must have 1 to 280 visible characters on one line, and no formatting or bidirectional ones",
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

    fn assertion_algorithm(&self, name: &'static str) -> Result<Option<Algorithm>, Unregistrable> {
        let problem = "token_endpoint_auth_signing_alg must be a supported algorithm";
        self.one_of(name, Algorithm::parse, problem)
    }

    fn assertion_audience(&self, name: &'static str) -> Result<Option<AssertionAudience>, Unregistrable> {
        self.one_of(name, AssertionAudience::parse, "assertion_audience must be issuer or token_endpoint")
    }

    pub(super) fn access_token_format(&self, name: &'static str) -> Result<Option<AccessTokenFormat>, Unregistrable> {
        self.one_of(name, AccessTokenFormat::parse, "access_token_format must be jwt or opaque")
    }

    pub(super) fn subjects(&self, authority: Authority<'_>) -> Result<Subjects, Unregistrable> {
        let kind = self
            .granted(authority, "subject_type", Self::subject_type, |client| Some(client.registration.subjects.kind))?
            .unwrap_or_default();
        let kept = |client: &Client| client.registration.subjects.sector_identifier_uri.clone();
        let sector_identifier_uri = self.granted(authority, "sector_identifier_uri", Self::address, kept)?;
        Ok(Subjects { kind, sector_identifier_uri })
    }

    fn subject_type(&self, name: &'static str) -> Result<Option<SubjectType>, Unregistrable> {
        self.one_of(name, SubjectType::parse, "subject_type must be public or pairwise")
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
}
