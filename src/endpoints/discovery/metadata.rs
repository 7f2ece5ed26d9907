//! GET /jwks, /.well-known/openid-configuration and /.well-known/oauth-authorization-server: what clients may rely on.
//!
//! Everything that is advertised is read from the tables that the endpoints run on.

use std::cell::OnceCell;

use serde::Serialize;

use crate::config::Config;
use crate::endpoints::{App, Failure, Route};
use crate::http::{Document, Request, Response};
use crate::jose::{Algorithm, SigningKey};
use crate::lifetimes;
use crate::oauth::api::Api;
use crate::oauth::client::settings::SubjectType;
use crate::oauth::client::{AuthenticationMethod, GrantType};
use crate::oauth::own_scope::OwnScope;
use crate::oauth::request::prompt::PromptValue;
use crate::oauth::request::verified_return::ResponseMode;
use crate::pages::Catalogue;
use crate::platform::Fault;
use crate::sign_in::assurance;

/// The claims of ID tokens that are not about what a person is like.
const OF_TOKENS: [&str; 12] =
    ["sub", "iss", "aud", "azp", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"];

/// Authorization server metadata (RFC 8414 section 2, OpenID Connect Discovery section 3).
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the members are those of the specifications")]
struct Metadata<'a> {
    issuer: &'a str,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    revocation_endpoint: String,
    introspection_endpoint: String,
    end_session_endpoint: String,
    jwks_uri: String,
    registration_endpoint: String,
    scopes_supported: Vec<&'a str>,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [ResponseMode; ResponseMode::ALL.len()],
    grant_types_supported: [GrantType; GrantType::ALL.len()],
    subject_types_supported: [SubjectType; SubjectType::ALL.len()],
    acr_values_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: Vec<Algorithm>,
    token_endpoint_auth_methods_supported: [AuthenticationMethod; AuthenticationMethod::ALL.len()],
    token_endpoint_auth_signing_alg_values_supported: [&'static str; Algorithm::NAMES.len()],
    revocation_endpoint_auth_methods_supported: [AuthenticationMethod; AuthenticationMethod::ALL.len()],
    revocation_endpoint_auth_signing_alg_values_supported: [&'static str; Algorithm::NAMES.len()],
    introspection_endpoint_auth_methods_supported: Vec<AuthenticationMethod>,
    introspection_endpoint_auth_signing_alg_values_supported: [&'static str; Algorithm::NAMES.len()],
    code_challenge_methods_supported: [&'static str; 1],
    claims_supported: Vec<&'a str>,
    claims_parameter_supported: bool,
    prompt_values_supported: Vec<PromptValue>,
    authorization_response_iss_parameter_supported: bool,
    backchannel_logout_supported: bool,
    backchannel_logout_session_supported: bool,
    client_id_metadata_document_supported: bool,
    /// Said because it would be taken for true otherwise.
    request_uri_parameter_supported: bool,
    request_parameter_supported: bool,
    ui_locales_supported: Vec<&'static str>,
}

pub(in crate::endpoints) fn discovery<P>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let document = kept(&app.config.published.discovery, || Document::of(&metadata(app.config)))?;
    Ok(document.answer(request, lifetimes::KEYS_PUBLISHED))
}

pub(in crate::endpoints) fn jwks<P>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let document = kept(&app.config.published.jwks, || Document::of(&app.config.keyring.public_set()))?;
    Ok(document.answer(request, lifetimes::KEYS_PUBLISHED))
}

fn metadata(config: &Config) -> Metadata<'_> {
    let issuer = &config.issuer;
    let at = |route: Route| issuer.at(route.path());
    let of_apis = config.apis.iter().flat_map(Api::scope_names);
    let of_claims = config.claims.own_scopes();
    Metadata {
        issuer: issuer.as_str(),
        authorization_endpoint: at(Route::Authorize),
        token_endpoint: at(Route::Token),
        userinfo_endpoint: at(Route::Userinfo),
        revocation_endpoint: at(Route::Revoke),
        introspection_endpoint: at(Route::Introspect),
        end_session_endpoint: at(Route::Logout),
        jwks_uri: at(Route::Jwks),
        registration_endpoint: at(Route::Register),
        scopes_supported: OwnScope::ALL.map(OwnScope::name).into_iter().chain(of_claims).chain(of_apis).collect(),
        response_types_supported: ["code"],
        response_modes_supported: ResponseMode::ALL,
        grant_types_supported: GrantType::ALL,
        subject_types_supported: SubjectType::ALL,
        acr_values_supported: assurance::SUPPORTED,
        id_token_signing_alg_values_supported: config.keyring.current().iter().map(SigningKey::algorithm).collect(),
        token_endpoint_auth_methods_supported: AuthenticationMethod::ALL,
        token_endpoint_auth_signing_alg_values_supported: Algorithm::NAMES,
        revocation_endpoint_auth_methods_supported: AuthenticationMethod::ALL,
        revocation_endpoint_auth_signing_alg_values_supported: Algorithm::NAMES,
        introspection_endpoint_auth_signing_alg_values_supported: Algorithm::NAMES,
        introspection_endpoint_auth_methods_supported: AuthenticationMethod::ALL
            .into_iter()
            .filter(|method| *method != AuthenticationMethod::None)
            .collect(),
        code_challenge_methods_supported: ["S256"],
        claims_supported: OF_TOKENS.into_iter().chain(config.claims.names()).collect(),
        claims_parameter_supported: true,
        prompt_values_supported: PromptValue::ALL
            .into_iter()
            .filter(|value| *value != PromptValue::Create || config.accounts.sign_up.is_some())
            .collect(),
        authorization_response_iss_parameter_supported: true,
        backchannel_logout_supported: true,
        backchannel_logout_session_supported: true,
        client_id_metadata_document_supported: config.registration.metadata_documents,
        request_uri_parameter_supported: false,
        request_parameter_supported: false,
        ui_locales_supported: Catalogue::languages(),
    }
}

/// The document that was written before, or is written now.
fn kept(
    place: &OnceCell<Document>,
    write: impl FnOnce() -> Result<Document, serde_json::Error>,
) -> Result<&Document, Failure> {
    if let Some(document) = place.get() {
        return Ok(document);
    }
    let document = write().map_err(|error| Fault::Malformed(error.to_string()))?;
    Ok(place.get_or_init(|| document))
}
