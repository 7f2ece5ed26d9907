//! The authorization request (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1).
//!
//! Two zones: until client and redirect URI are known to belong together, an error is a page; after that there is a
//! [`VerifiedReturn`] and errors go back to the client.

use serde::{Deserialize, Serialize};

use super::claims_request::{AskedClaims, ClaimsRequest};
use super::pkce::CodeChallenge;
use super::prompt::{Another, Prompt, PromptValue};
use super::rejection::{Rejection, Unanswerable};
use super::verified_return::{ResponseMode, VerifiedReturn};
use crate::base::{LinkKey, Seconds, UnixTime};
use crate::http::Parameters;
use crate::lifetimes;
use crate::oauth::api::{self, Api};
use crate::oauth::client::{Client, ClientId, GrantType};
use crate::oauth::own_scope::OwnScope;
use crate::oauth::scope::Scopes;
use crate::oauth::token::entitlement::{Grantable, NotEntitled, Realm, Rights};

/// The parameters of a request that are looked at, as they were sent. Unknown ones are ignored (RFC 6749 section 3.1).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct AuthorizationParameters {
    client_id: Option<String>,
    redirect_uri: Option<String>,
    response_type: Option<String>,
    response_mode: Option<String>,
    scope: Option<String>,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    prompt: Option<String>,
    max_age: Option<String>,
    login_hint: Option<String>,
    id_token_hint: Option<String>,
    claims: Option<String>,
    gr_link: Option<String>,
    resource: Vec<String>,
    request: bool,
    request_uri: bool,
    registration: bool,
}

/// A request that can be answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthorizationRequest {
    /// Where the answer goes.
    pub answer_to: VerifiedReturn,
    /// Binds the ID token to the client's own session.
    pub nonce: Option<String>,
    /// The PKCE challenge.
    pub challenge: Option<CodeChallenge>,
    /// What the client demands of the sign-in.
    pub prompt: Prompt,
    /// How old the authentication may be.
    pub max_age: Option<Seconds>,
    /// The claims that are asked for by name, as far as the client may ask for them.
    pub claims: AskedClaims,
    /// The scopes that are asked for, as far as the client may have them, and the APIs.
    pub grantable: Grantable,
    /// What the user has to allow: the scopes, and those that would open the claims.
    pub to_allow: Scopes,
    /// The user that the client expects, as it knows them.
    pub expected_sub: Option<String>,
    /// The client's user whom the request links, where the JSON facade made it.
    pub link: Option<LinkKey>,
}

/// What a deployment offers.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// What tokens can be about.
    pub realm: Realm<'a>,
    /// The authentication context classes that a sign-in can reach.
    pub acrs: &'a [&'a str],
    /// Whether there is a place where users make accounts.
    pub creates_accounts: bool,
}

/// The longest `state` and `nonce` that are carried: longer ones are refused, never cut.
const MAX_STATE: usize = 1_024;
const MAX_NONCE: usize = 512;
/// The longest `id_token_hint`: our own ID tokens are shorter.
const MAX_HINT: usize = 3_000;
/// The most resources of one request.
const MOST_RESOURCES: usize = 8;

impl AuthorizationRequest {
    /// Whether the user has to sign in for this very request.
    #[must_use]
    pub fn demands_sign_in(&self) -> bool {
        self.prompt.demands().login || self.max_age == Some(Seconds::new(0))
    }

    /// The earliest sign-in that is accepted now, of a request that began at `began_at`. The two clocks that tell when the request
    /// began and when the user signed in may differ.
    #[must_use]
    pub fn authenticated_since(&self, began_at: UnixTime, now: UnixTime) -> Option<UnixTime> {
        let since_it_began = self.demands_sign_in().then(|| began_at.minus(lifetimes::SEALED_AHEAD));
        let of_age = self.max_age.filter(|age| age.get() > 0).map(|age| now.minus(age));
        since_it_began.max(of_age)
    }

    /// Which of the scopes to allow a user can decline.
    #[must_use]
    pub fn optional(&self, client: &Client) -> Scopes {
        self.to_allow.filtered(|scope| client.registration.optional_scopes.contains(scope))
    }
}

impl AuthorizationParameters {
    /// Takes what is looked at out of `parameters`.
    #[must_use]
    pub fn of(parameters: &Parameters) -> Self {
        let text = |name| parameters.get(name).map(ToOwned::to_owned);
        Self {
            client_id: text("client_id"),
            redirect_uri: text("redirect_uri"),
            response_type: text("response_type"),
            response_mode: text("response_mode"),
            scope: text("scope"),
            state: text("state"),
            nonce: text("nonce"),
            code_challenge: text("code_challenge"),
            code_challenge_method: text("code_challenge_method"),
            prompt: text("prompt"),
            max_age: text("max_age"),
            login_hint: text("login_hint").filter(|hint| hint.len() <= 254),
            id_token_hint: text("id_token_hint"),
            claims: text("claims"),
            gr_link: text("gr_link"),
            resource: parameters.all("resource").map(ToOwned::to_owned).collect(),
            request: parameters.get("request").is_some(),
            request_uri: parameters.get("request_uri").is_some(),
            registration: parameters.get("registration").is_some(),
        }
    }

    /// The client that the request says it is of.
    ///
    /// # Errors
    /// [`Unanswerable::NoClient`].
    pub fn client_id(&self) -> Result<ClientId, Unanswerable> {
        self.client_id.as_deref().and_then(ClientId::parse).ok_or(Unanswerable::NoClient)
    }

    /// Whom the client expects, for the sign-in form.
    #[must_use]
    pub fn login_hint(&self) -> Option<&str> {
        self.login_hint.as_deref()
    }

    /// The ID token of whom the client expects.
    #[must_use]
    pub fn id_token_hint(&self) -> Option<&str> {
        self.id_token_hint.as_deref()
    }

    /// The sealed value by which the JSON facade says whom the client means.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.gr_link.as_deref()
    }

    /// The same request with one more demand: for a user who wants to go on with another account. A user who went to make an account
    /// is not sent there again.
    #[must_use]
    pub fn for_another(self, another: Another) -> Self {
        let value = match another {
            Another::Picks => PromptValue::SelectAccount,
            Another::SignsIn => PromptValue::Login,
        };
        let before = self.prompt.as_deref().unwrap_or_default().split(' ');
        let kept = before.filter(|before| *before != PromptValue::Create.name());
        let prompt: Vec<&str> = kept.chain([value.name()]).collect();
        Self { prompt: Some(prompt.join(" ")), ..self }
    }

    /// Where the answer goes, whatever it will be.
    ///
    /// # Errors
    /// [`Unanswerable`]: then nothing is sent anywhere.
    pub fn answer_to(&self, client: &Client, issuer: &str) -> Result<VerifiedReturn, Unanswerable> {
        let sent = self.redirect_uri.as_deref().ok_or(Unanswerable::NoRedirectUri)?;
        // A state that is too long is not carried back either; the request is refused for it below.
        let state = self.state.clone().filter(|state| state.len() <= MAX_STATE);
        // An unknown mode is refused below, in the way that every client understands.
        let mode = self.response_mode.as_deref().and_then(ResponseMode::parse).unwrap_or_default();
        VerifiedReturn::verify(client, sent, mode, state, issuer).ok_or(Unanswerable::UnregisteredRedirectUri)
    }

    /// The request, if it can be granted to `client` at all.
    ///
    /// # Errors
    /// [`Rejection`], which goes to `answer_to`.
    pub fn validate(
        &self,
        client: &Client,
        answer_to: VerifiedReturn,
        offer: Offer<'_>,
    ) -> Result<AuthorizationRequest, Rejection> {
        if self.request {
            return Err(Rejection::RequestObject);
        }
        if self.request_uri {
            return Err(Rejection::RequestUri);
        }
        if self.registration {
            return Err(Rejection::Registration);
        }
        let too_long = |text: &Option<String>, most| text.as_ref().is_some_and(|text| text.len() > most);
        if too_long(&self.state, MAX_STATE)
            || too_long(&self.nonce, MAX_NONCE)
            || too_long(&self.id_token_hint, MAX_HINT)
        {
            return Err(Rejection::Length);
        }
        match self.response_type.as_deref() {
            Some("code") => {}
            Some(_) => return Err(Rejection::ResponseType),
            None => return Err(Rejection::NoResponseType),
        }
        let mode = self.response_mode.as_deref().map_or(Some(ResponseMode::default()), ResponseMode::parse);
        if mode != Some(answer_to.mode()) {
            return Err(Rejection::ResponseMode);
        }
        if !client.may_use(GrantType::AuthorizationCode) {
            return Err(Rejection::UnauthorizedClient);
        }
        let Realm { apis, claims: catalogue, .. } = offer.realm;
        let resources = self.resources(apis)?;
        let scopes = self.scopes(client, apis, &resources)?;
        let claims = self.claims(&scopes, offer)?;
        let named = resources.iter().map(String::as_str);
        let rights = Rights::of(client, offer.realm);
        let grantable = rights.grantable(&scopes, named)?;
        let asked = rights.may_be_told(claims.asked());
        Ok(AuthorizationRequest {
            nonce: self.nonce.clone(),
            challenge: self.challenge(client)?,
            prompt: self.prompt(offer)?,
            max_age: self.max_age()?.or(client.registration.default_max_age),
            to_allow: grantable.scopes().with(&asked.scopes(catalogue)),
            grantable,
            expected_sub: claims.requested_sub().map(ToOwned::to_owned),
            claims: asked,
            answer_to,
            link: None,
        })
    }

    /// What is asked for; without the parameter, all that the client registered but `offline_access` and, where resources are
    /// named, what belongs to other APIs: users are not asked for more than the request is about.
    fn scopes(&self, client: &Client, apis: &[Api], resources: &[String]) -> Result<Scopes, Rejection> {
        let is_about = |scope: &str| {
            let owner = apis.iter().find(|api| api.sentence(scope).is_some());
            resources.is_empty() || owner.is_none_or(|api| resources.contains(&api.audience))
        };
        let scopes = match self.scope.as_deref() {
            Some(text) => Scopes::parse(text).map_err(|_| NotEntitled::Scope)?,
            None => {
                client.registration.scopes.filtered(|scope| scope != OwnScope::OfflineAccess.name() && is_about(scope))
            }
        };
        if scopes.is_empty() || !scopes.is_within(&client.registration.scopes) {
            return Err(NotEntitled::Scope.into());
        }
        // OpenID Connect Core section 11: ignored where no refresh token can follow.
        Ok(scopes.filtered(|scope| scope != OwnScope::OfflineAccess.name() || client.may_use(GrantType::RefreshToken)))
    }

    /// OpenID Connect Core section 5.5: for requests that are of OpenID Connect.
    fn claims(&self, scopes: &Scopes, offer: Offer<'_>) -> Result<ClaimsRequest, Rejection> {
        let Some(text) = self.claims.as_deref().filter(|_| scopes.contains(OwnScope::OpenId)) else {
            return Ok(ClaimsRequest::default());
        };
        let claims = ClaimsRequest::parse(text, offer.realm.claims).map_err(|_| Rejection::Claims)?;
        let essential = claims.essential_acr();
        if essential.is_empty() || essential.iter().any(|acr| offer.acrs.contains(&acr.as_str())) {
            Ok(claims)
        } else {
            Err(Rejection::UnmetAuthentication)
        }
    }

    /// RFC 7636 section 4.4.1. The method `plain`, which is what no method means, proves nothing to anybody who sees the request.
    fn challenge(&self, client: &Client) -> Result<Option<CodeChallenge>, Rejection> {
        match (self.code_challenge.as_deref(), self.code_challenge_method.as_deref()) {
            (Some(challenge), Some("S256")) => CodeChallenge::parse(challenge).map(Some).ok_or(Rejection::Challenge),
            (None, None) if !client.registration.require_pkce && !client.is_public() => Ok(None),
            _ => Err(Rejection::Challenge),
        }
    }

    fn prompt(&self, offer: Offer<'_>) -> Result<Prompt, Rejection> {
        Prompt::parse(self.prompt.as_deref().unwrap_or_default(), offer.creates_accounts).ok_or(Rejection::Prompt)
    }

    fn max_age(&self) -> Result<Option<Seconds>, Rejection> {
        let Some(text) = self.max_age.as_deref() else {
            return Ok(None);
        };
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = text.parse::<u32>().ok().filter(|_| digits);
        seconds.map(|seconds| Some(Seconds::new(seconds))).ok_or(Rejection::MaxAge)
    }

    /// The APIs that are named (RFC 8707 section 2).
    fn resources(&self, apis: &[Api]) -> Result<Vec<String>, Rejection> {
        let known: Vec<&str> = apis.iter().map(|api| api.audience.as_str()).collect();
        let sent = self.resource.iter().map(String::as_str);
        let named = api::named(&known, sent).filter(|_| self.resource.len() <= MOST_RESOURCES);
        Ok(named.ok_or(NotEntitled::Resource)?)
    }
}
