//! What may be issued and told: decided here and nowhere else.
//!
//! An [`Entitlement`] follows from what was granted, what the client may have at this moment, what this request asks for, and
//! the APIs of the configuration. Tokens, introspection and userinfo are made from one, and only this module makes one. So a
//! scope that the client lost is in nothing any more, and an API is told nothing that it has no scope for.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::base::Seconds;
use crate::lifetimes;
use crate::oauth::api::{self, Api};
use crate::oauth::client::{Client, GrantType, Voucher};
use crate::oauth::own_scope::OwnScope;
use crate::oauth::person::claims::ClaimCatalogue;
use crate::oauth::request::claims_request::AskedClaims;
use crate::oauth::scope::{self, Scopes};
use crate::oauth::token::error::TokenError;

/// The longest text that a description quotes, in characters.
const MOST_QUOTED: usize = 100;

/// What a deployment has that tokens can be about.
#[derive(Clone, Copy, Debug)]
pub struct Realm<'a> {
    /// The issuer, which is the audience of tokens for userinfo and for administration.
    pub issuer: &'a str,
    pub apis: &'a [Api],
    pub claims: &'a ClaimCatalogue,
}

/// What a client may have at this moment.
#[derive(Clone, Copy, Debug)]
pub struct Rights<'a> {
    client: &'a Client,
    realm: Realm<'a>,
}

/// What can be asked of the user on behalf of a client, and granted to it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Grantable {
    scopes: Scopes,
    useful: Scopes,
    apis: Vec<String>,
}

/// What was granted. A code carries it, and a family keeps it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Granted {
    /// The scopes that were allowed.
    pub scopes: Scopes,
    /// The APIs that tokens can be for. A request for tokens that names none gets the first. Where the list is empty, the APIs
    /// follow from the scopes: so it is in the codes of earlier releases.
    pub apis: Vec<String>,
}

/// What an access token says of its rights. What it is worth now, [`Rights::of_token`] tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claimed {
    audiences: Vec<String>,
    scopes: Scopes,
    in_own_name: bool,
}

/// What a token may be for and allow, and what its client may be told of the user.
#[derive(Clone, Debug)]
pub struct Entitlement<'a> {
    rights: Rights<'a>,
    audiences: Vec<String>,
    scopes: Scopes,
}

/// The `aud` of a token: one audience is a string, several are a list (RFC 7519 section 4.1.3).
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
pub struct Audience<'a>(OneOrSeveral<'a>);

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
enum OneOrSeveral<'a> {
    One(&'a str),
    Several(&'a [String]),
}

/// Why there is nothing that may be issued.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotEntitled {
    /// No scope is left that a token could have.
    #[error("None of the scopes is available to this client.")]
    Nothing,
    /// A scope is asked for that the client may not have.
    #[error("The scope is malformed or contains a scope that this client may not request.")]
    Scope,
    /// A resource is unknown, or owns none of the scopes (RFC 8707 section 2).
    #[error("A resource is not an API of this server, or none of the requested scopes belongs to it.")]
    Resource,
    /// One token would be for several APIs that do not share tokens: each could use it at the others (RFC 9700 section 2.3).
    #[error("A token is for one API. Name the API as resource{0}.")]
    Several(String),
}

impl NotEntitled {
    /// For these audiences, of which the description names as many as it may quote.
    fn several<'a>(audiences: impl Iterator<Item = &'a str>) -> Self {
        let mut names = String::new();
        for audience in audiences.filter(|audience| audience.bytes().all(scope::is_scope_character)) {
            let joint = if names.is_empty() { ": " } else { ", " };
            let longer = [names.as_str(), joint, audience].concat();
            if longer.len() <= MOST_QUOTED {
                names = longer;
            }
        }
        Self::Several(names)
    }

    /// Its error code.
    #[must_use]
    pub const fn error(&self) -> TokenError {
        match self {
            Self::Nothing | Self::Scope => TokenError::InvalidScope,
            Self::Resource | Self::Several(_) => TokenError::InvalidTarget,
        }
    }
}

/// To whom a scope means something.
enum Owner<'a> {
    Api(&'a Api),
    /// Our own administration.
    Administration,
    /// Userinfo, and whatever else belongs to the sign-in itself.
    SignIn,
}

impl<'a> Realm<'a> {
    /// Whom `scope` belongs to; `None` where its API or its claims were taken out of the configuration.
    fn owner(self, scope: &str) -> Option<Owner<'a>> {
        match OwnScope::parse(scope) {
            Some(own) if own.administers() => Some(Owner::Administration),
            Some(_) => Some(Owner::SignIn),
            None => match self.apis.iter().find(|api| api.sentence(scope).is_some()) {
                Some(api) => Some(Owner::Api(api)),
                None => self.claims.sentence(scope).map(|_| Owner::SignIn),
            },
        }
    }

    /// The audiences of the APIs that own one of `scopes`, in the order of the configuration.
    fn owners(self, scopes: &Scopes) -> Vec<&'a str> {
        let owns = |api: &&Api| scopes.iter().any(|scope| api.sentence(scope).is_some());
        self.apis.iter().filter(owns).map(|api| api.audience.as_str()).collect()
    }

    /// Those of `scopes` that belong to one of `apis`, and those that belong to no API where `with_ours` says so.
    fn limited(self, scopes: &Scopes, apis: &[String], with_ours: bool) -> Scopes {
        scopes.filtered(|scope| match self.owner(scope) {
            Some(Owner::Api(api)) => apis.contains(&api.audience),
            _ => with_ours,
        })
    }

    /// Whether one token may be for all of `audiences`, which are APIs.
    fn share_tokens(self, audiences: &[impl AsRef<str>]) -> bool {
        let shares = |audience: &str| self.apis.iter().any(|api| api.audience == audience && api.shares_tokens);
        audiences.len() <= 1 || audiences.iter().all(|audience| shares(audience.as_ref()))
    }
}

impl<'a> Rights<'a> {
    /// The rights of `client`, as it is registered now.
    #[must_use]
    pub const fn of(client: &'a Client, realm: Realm<'a>) -> Self {
        Self { client, realm }
    }

    /// Whether the client may have `scope` at all: it is registered for it, and where nobody vouches for the client, the
    /// scope's API is open to such clients, whatever it was when the client registered.
    fn may_have(self, scope: &str) -> bool {
        let is_stranger = self.client.voucher == Voucher::Nobody;
        self.client.registration.scopes.contains(scope)
            && match self.realm.owner(scope) {
                Some(Owner::Api(api)) => api.is_open || !is_stranger,
                Some(Owner::Administration | Owner::SignIn) => true,
                None => false,
            }
    }

    /// Those of `scopes` that the client may have.
    fn filtered(self, scopes: &Scopes) -> Scopes {
        scopes.filtered(|scope| self.may_have(scope))
    }

    /// Those of the claims `asked` for by name that the client may be told: it may have lost the scope that opens one.
    #[must_use]
    pub fn may_be_told(self, asked: &AskedClaims) -> AskedClaims {
        if asked.is_empty() {
            return AskedClaims::default();
        }
        asked.clone().filtered(self.realm.claims, |scope| self.may_have(scope))
    }

    /// What an authorization request can be granted that asks for `scopes` and names `resources`.
    ///
    /// # Errors
    /// [`NotEntitled`], where no code is made.
    pub fn grantable<'s>(
        self,
        scopes: &Scopes,
        resources: impl Iterator<Item = &'s str>,
    ) -> Result<Grantable, NotEntitled> {
        // What administers is a client's own, and never a user's to allow.
        let scopes = self.filtered(scopes).filtered(|scope| !OwnScope::is_of_administration(scope));
        let owners = self.realm.owners(&scopes);
        let named = api::named(&owners, resources).ok_or(NotEntitled::Resource)?;
        let apis = if named.is_empty() { self.together(&scopes, &owners)? } else { named };
        let is_for_us = is_for_us(&scopes);
        let useful = self.realm.limited(&scopes, &apis, is_for_us);
        if useful.is_empty() {
            return Err(NotEntitled::Nothing);
        }
        let scopes = scopes.filtered(|scope| useful.contains(scope) || scope == OwnScope::OfflineAccess.name());
        Ok(Grantable { scopes, useful, apis })
    }

    /// All of `owners`, where one token may be for all of them and allow all of `scopes`.
    fn together(self, scopes: &Scopes, owners: &[&str]) -> Result<Vec<String>, NotEntitled> {
        let administers = scopes.iter().any(OwnScope::is_of_administration);
        if (owners.is_empty() || !administers) && self.realm.share_tokens(owners) {
            return Ok(owners.iter().map(|owner| (*owner).to_owned()).collect());
        }
        let ourselves = administers.then_some(self.realm.issuer);
        Err(NotEntitled::several(ourselves.into_iter().chain(owners.iter().copied())))
    }

    /// What a token may have that rests on `granted`, where the request for it asks for `asked` of its scopes and names
    /// `resources`: fewer than were granted, never more (RFC 6749 section 6, RFC 8707 section 2.2).
    ///
    /// # Errors
    /// [`NotEntitled`], where no token is issued.
    pub fn of_grant<'s>(
        self,
        granted: &Granted,
        asked: Option<&Scopes>,
        resources: impl Iterator<Item = &'s str>,
    ) -> Result<Entitlement<'a>, NotEntitled> {
        let is_asked = |scope: &str| asked.is_none_or(|asked| asked.contains(scope));
        let scopes = self.filtered(&granted.scopes).filtered(is_asked);
        let apis = self.apis_left(granted, &scopes);
        let named = self.named(&scopes, &apis, resources)?;
        let audiences = match apis.first() {
            _ if !named.is_empty() => named,
            Some(first) if !self.realm.share_tokens(&apis) => vec![(*first).to_owned()],
            _ => apis.into_iter().map(ToOwned::to_owned).collect(),
        };
        self.entitlement(audiences, &scopes).ok_or(NotEntitled::Nothing)
    }

    /// The APIs of the grant that own one of `scopes`, which are what is left of it.
    fn apis_left(self, granted: &Granted, scopes: &Scopes) -> Vec<&'a str> {
        let mut owners = self.realm.owners(scopes);
        if granted.apis.is_empty() {
            return owners;
        }
        let place = |owner: &str| granted.apis.iter().position(|api| api == owner);
        owners.retain(|owner| place(owner).is_some());
        owners.sort_by_key(|owner| place(owner));
        owners
    }

    /// Whether a request for tokens may name `resources` where these APIs were granted: known before its scopes are.
    ///
    /// # Errors
    /// [`NotEntitled::Resource`].
    pub fn may_name<'s>(self, apis: &[String], resources: impl Iterator<Item = &'s str>) -> Result<(), NotEntitled> {
        let known: Vec<&str> = apis.iter().map(String::as_str).chain([self.realm.issuer]).collect();
        api::named(&known, resources).map(|_| ()).ok_or(NotEntitled::Resource)
    }

    /// Whether a request for tokens that names no resource gets fewer APIs than were granted.
    #[must_use]
    pub fn narrows(self, granted: &Granted) -> bool {
        let apis = self.apis_left(granted, &self.filtered(&granted.scopes));
        !self.realm.share_tokens(&apis)
    }

    /// What a token may have that the client gets in its own name, where it asks for `asked` or for all that it may have, and
    /// names `resources`.
    ///
    /// # Errors
    /// [`NotEntitled`], where no token is issued.
    pub fn of_client<'s>(
        self,
        asked: Option<&Scopes>,
        resources: impl Iterator<Item = &'s str>,
    ) -> Result<Entitlement<'a>, NotEntitled> {
        // Those of the sign-in are about a user, whom this grant does not have.
        let may_have = |scope: &str| self.may_have(scope) && !matches!(self.realm.owner(scope), Some(Owner::SignIn));
        let scopes = match asked {
            Some(asked) if !asked.iter().all(may_have) => return Err(NotEntitled::Scope),
            Some(asked) => asked.clone(),
            None => self.client.registration.scopes.filtered(may_have),
        };
        let owners = self.realm.owners(&scopes);
        let named = self.named(&scopes, &owners, resources)?;
        let audiences = if named.is_empty() { self.together(&scopes, &owners)? } else { named };
        self.entitlement(audiences, &scopes).ok_or(NotEntitled::Nothing)
    }

    /// The audiences that a request for a token names, which may be `apis` and, where `scopes` has something for us, ourselves.
    fn named<'s>(
        self,
        scopes: &Scopes,
        apis: &[&str],
        resources: impl Iterator<Item = &'s str>,
    ) -> Result<Vec<String>, NotEntitled> {
        let ourselves = is_for_us(scopes).then_some(self.realm.issuer);
        let known: Vec<&str> = apis.iter().copied().chain(ourselves).collect();
        let named = api::named(&known, resources).ok_or(NotEntitled::Resource)?;
        let apis: Vec<&String> = named.iter().filter(|audience| *audience != self.realm.issuer).collect();
        let is_mixed = apis.len() < named.len() && !apis.is_empty() && !scopes.contains(OwnScope::OpenId);
        if is_mixed || !self.realm.share_tokens(&apis) {
            return Err(NotEntitled::several(named.iter().map(String::as_str)));
        }
        Ok(named)
    }

    /// What an access token is worth now that says of itself what is `claimed`; `None` where nothing is left of it.
    #[must_use]
    pub fn of_token(self, claimed: &Claimed) -> Option<Entitlement<'a>> {
        if claimed.in_own_name && !self.client.may_use(GrantType::ClientCredentials) {
            return None;
        }
        let scopes = self.filtered(&claimed.scopes);
        let owners = self.realm.owners(&scopes);
        let is_left = |audience: &&String| match self.realm.issuer {
            issuer if *audience == issuer => is_for_us(&scopes),
            _ => owners.contains(&audience.as_str()),
        };
        let audiences: Vec<String> = claimed.audiences.iter().filter(is_left).cloned().collect();
        if audiences.is_empty() { None } else { self.exactly(audiences, &scopes) }
    }

    /// For `audiences`, and for us beside them where `scopes` has `openid`; for us alone where there are none.
    fn entitlement(self, mut audiences: Vec<String>, scopes: &Scopes) -> Option<Entitlement<'a>> {
        let is_for_us = audiences.is_empty() || scopes.contains(OwnScope::OpenId);
        if is_for_us && !audiences.iter().any(|audience| audience == self.realm.issuer) {
            audiences.push(self.realm.issuer.to_owned());
        }
        self.exactly(audiences, scopes)
    }

    /// For `audiences`, with those of `scopes` that mean something to one of them. What administers is for us alone: an API
    /// that is an audience too could use it.
    fn exactly(self, audiences: Vec<String>, scopes: &Scopes) -> Option<Entitlement<'a>> {
        let is_for = |wanted: &str| audiences.iter().any(|audience| audience == wanted);
        let belongs = |scope: &str| match self.realm.owner(scope) {
            Some(Owner::Api(api)) => is_for(&api.audience),
            Some(Owner::Administration) => is_for(self.realm.issuer) && audiences.len() == 1,
            Some(Owner::SignIn) => is_for(self.realm.issuer),
            None => false,
        };
        let scopes = scopes.filtered(belongs);
        (!scopes.is_empty()).then_some(Entitlement { rights: self, audiences, scopes })
    }

    /// How long an access token for `audiences` lives: the shortest that an audience or the client allows.
    fn lifetime(self, audiences: &[String]) -> Seconds {
        let of_apis = self.realm.apis.iter().filter(|api| audiences.contains(&api.audience));
        let of_apis = of_apis.map(|api| api.access_token_lifetime);
        of_apis.chain(self.client.registration.access_token_lifetime).min().unwrap_or(lifetimes::ACCESS_TOKEN)
    }

    /// The longest that an access token lives which rests on `granted`.
    #[must_use]
    pub fn longest_lifetime(self, granted: &Granted) -> Seconds {
        let scopes = self.filtered(&granted.scopes);
        let apis = self.apis_left(granted, &scopes).into_iter().map(ToOwned::to_owned);
        let ourselves = is_for_us(&scopes).then(|| self.realm.issuer.to_owned());
        let alone = apis.chain(ourselves).map(|audience| self.lifetime(&[audience]));
        alone.max().unwrap_or_else(|| self.lifetime(&[]))
    }
}

/// Whether tokens with `scopes` open something of ours: userinfo or administration.
fn is_for_us(scopes: &Scopes) -> bool {
    scopes.contains(OwnScope::OpenId) || scopes.iter().any(OwnScope::is_of_administration)
}

impl Grantable {
    /// What the user has to allow.
    #[must_use]
    pub const fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// Whether a token could do anything if the user allows no more than `allowed`.
    #[must_use]
    pub fn is_of_use_with(&self, allowed: &Scopes) -> bool {
        self.useful.iter().any(|scope| allowed.contains(scope))
    }

    /// The one API that it is for, if there is exactly one.
    #[must_use]
    pub fn only_api(&self) -> Option<&str> {
        match self.apis.as_slice() {
            [api] => Some(api),
            _ => None,
        }
    }

    /// What is granted where the user allowed `allowed`.
    #[must_use]
    pub fn granted(&self, allowed: &Scopes) -> Granted {
        Granted { scopes: self.scopes.filtered(|scope| allowed.contains(scope)), apis: self.apis.clone() }
    }
}

impl Granted {
    /// What a client may still have of it: a family is founded on that.
    #[must_use]
    pub fn within(&self, rights: Rights<'_>) -> Self {
        let scopes = rights.filtered(&self.scopes);
        let apis: Vec<String> = rights.apis_left(self, &scopes).into_iter().map(ToOwned::to_owned).collect();
        let scopes = rights.realm.limited(&scopes, &apis, true);
        Self { scopes, apis }
    }
}

impl Claimed {
    /// Whether it claims to administer.
    #[must_use]
    pub fn administers(&self) -> bool {
        self.scopes.iter().any(OwnScope::is_of_administration)
    }

    /// From the claims of a verified access token, which the client got in its own name or for a user.
    #[must_use]
    pub const fn new(audiences: Vec<String>, scopes: Scopes, in_own_name: bool) -> Self {
        Self { audiences, scopes, in_own_name }
    }
}

impl Entitlement<'_> {
    /// The `scope` of the token.
    #[must_use]
    pub const fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// The `aud` of the token.
    #[must_use]
    pub fn audience(&self) -> Audience<'_> {
        Audience(match self.audiences.as_slice() {
            [one] => OneOrSeveral::One(one),
            several => OneOrSeveral::Several(several),
        })
    }

    /// Whether the token is for `audience`.
    #[must_use]
    pub fn is_for(&self, audience: &str) -> bool {
        self.audiences.iter().any(|known| known == audience)
    }

    /// Whether it tells who the user is: ID tokens and userinfo (OpenID Connect Core section 3.1.2.1).
    #[must_use]
    pub fn identifies(&self) -> bool {
        self.is_for(self.rights.realm.issuer) && self.scopes.contains(OwnScope::OpenId)
    }

    /// How long the access token lives.
    #[must_use]
    pub fn lifetime(&self) -> Seconds {
        self.rights.lifetime(&self.audiences)
    }

    /// The part of it that is for APIs which `is_served` accepts: all that their servers are told of the token (RFC 7662
    /// section 4, CVE-2026-37979).
    #[must_use]
    pub fn at(&self, is_served: impl Fn(&Api) -> bool) -> Option<Self> {
        let served = self.rights.realm.apis.iter().filter(|api| self.is_for(&api.audience) && is_served(api));
        let audiences: Vec<String> = served.map(|api| api.audience.clone()).collect();
        if audiences.is_empty() { None } else { self.rights.exactly(audiences, &self.scopes) }
    }

    /// The claims of the ID token that were `asked` for by name.
    #[must_use]
    pub fn of_id_token(&self, person: &Map<String, Value>, asked: &AskedClaims) -> Map<String, Value> {
        self.rights.realm.claims.asked(person, &self.rights.may_be_told(asked).id_token)
    }

    /// What userinfo answers, with `sub` as the client knows the user.
    #[must_use]
    pub fn of_userinfo(&self, sub: &str, person: &Map<String, Value>, asked: &AskedClaims) -> Map<String, Value> {
        let asked = self.rights.may_be_told(asked);
        self.rights.realm.claims.userinfo(sub, person, &self.scopes, &asked.userinfo)
    }
}
