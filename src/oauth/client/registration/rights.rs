//! What a client may do, and how it authenticates.

use super::authority::{Authority, RegistrationOffer};
use super::reader::MemberReader;
use super::unregistrable::Unregistrable;
use crate::oauth::api::Api;
use crate::oauth::client::authentication::AuthenticationMethod;
use crate::oauth::client::grant_type::GrantType;
use crate::oauth::own_scope::OwnScope;
use crate::oauth::scope::Scopes;

/// What a client that signs users in may ask for unless it says otherwise.
const DEFAULT_SCOPES: [OwnScope; 4] = [OwnScope::OpenId, OwnScope::Profile, OwnScope::Email, OwnScope::OfflineAccess];

impl MemberReader<'_> {
    pub(super) fn authentication(&self, authority: Authority<'_>) -> Result<AuthenticationMethod, Unregistrable> {
        let default = match authority {
            Authority::Document => AuthenticationMethod::None,
            _ => AuthenticationMethod::SecretBasic,
        };
        let problem =
            "token_endpoint_auth_method must be none, client_secret_basic, client_secret_post or private_key_jwt";
        let sent = self.one_of("token_endpoint_auth_method", AuthenticationMethod::parse, problem)?;
        let method = sent.unwrap_or(default);
        match (authority, authority.before()) {
            (Authority::Document, _) if method.has_secret() => Err(Unregistrable::metadata(
                "token_endpoint_auth_method in a metadata document must be none or private_key_jwt",
            )),
            (Authority::Developer(None), _) if method == AuthenticationMethod::PrivateKeyJwt => {
                Err(Unregistrable::metadata(
                    "token_endpoint_auth_method of a developer's app must be none, client_secret_basic or \
                     client_secret_post",
                ))
            }
            (_, Some(before))
                if before.registration.authentication != method
                    && !(before.registration.authentication.has_secret() && method.has_secret()) =>
            {
                Err(Unregistrable::metadata(
                    "only an administrator can change whether the client authenticates with a secret, a key or not at all",
                )
                .of("token_endpoint_auth_method"))
            }
            _ => Ok(method),
        }
    }

    pub(super) fn grant_types(&self, public: bool, authority: Authority<'_>) -> Result<Vec<GrantType>, Unregistrable> {
        let names = self.texts("grant_types")?.unwrap_or_else(|| vec![GrantType::AuthorizationCode.name()]);
        let is_document = matches!(authority, Authority::Document);
        let mut grant_types: Vec<GrantType> = Vec::new();
        for name in names {
            let grant_type = match GrantType::parse(name) {
                Some(GrantType::ClientCredentials) | None if is_document => continue,
                Some(grant_type) => grant_type,
                None => {
                    return Err(Unregistrable::metadata(
                        "grant_types can only have authorization_code, refresh_token and client_credentials",
                    ));
                }
            };
            if !grant_types.contains(&grant_type) {
                grant_types.push(grant_type);
            }
        }
        grant_types.sort_unstable();
        let signs_in = grant_types.contains(&GrantType::AuthorizationCode);
        if !signs_in && !grant_types.contains(&GrantType::ClientCredentials) {
            return Err(Unregistrable::metadata("grant_types must include authorization_code or client_credentials"));
        }
        if !signs_in && grant_types.contains(&GrantType::RefreshToken) {
            return Err(Unregistrable::metadata("grant_types with refresh_token must include authorization_code"));
        }
        if public && grant_types.contains(&GrantType::ClientCredentials) {
            return Err(Unregistrable::metadata(
                "a public client cannot use client_credentials, because it does not authenticate",
            )
            .of("grant_types"));
        }
        match authority {
            Authority::Nobody if grant_types.contains(&GrantType::ClientCredentials) => Err(Unregistrable::metadata(
                "a client that registers itself can only use authorization_code and refresh_token",
            )
            .of("grant_types")),
            Authority::Developer(None) if grant_types.contains(&GrantType::ClientCredentials) => {
                Err(Unregistrable::metadata("only an administrator can add grant types").of("grant_types"))
            }
            Authority::Client(before) | Authority::Developer(Some(before))
                if !grant_types.iter().all(|grant_type| before.may_use(*grant_type)) =>
            {
                Err(Unregistrable::metadata("only an administrator can add grant types").of("grant_types"))
            }
            _ => Ok(grant_types),
        }
    }

    pub(super) fn response_types(&self, signs_in: bool, authority: Authority<'_>) -> Result<(), Unregistrable> {
        match self.texts("response_types")?.as_deref() {
            None => Ok(()),
            Some(names) if matches!(authority, Authority::Document) && names.contains(&"code") => Ok(()),
            Some(["code"]) if signs_in => Ok(()),
            Some([]) if !signs_in => Ok(()),
            Some(_) => Err(Unregistrable::metadata(
                "response_types must be code with the grant type authorization_code, and empty without it",
            )),
        }
    }

    pub(super) fn scopes(&self, grant_types: &[GrantType], authority: Authority<'_>) -> Result<Scopes, Unregistrable> {
        let default = match authority {
            Authority::Client(before) | Authority::Developer(Some(before)) => before.registration.scopes.clone(),
            Authority::Administrator | Authority::Developer(None)
                if grant_types.contains(&GrantType::AuthorizationCode) =>
            {
                DEFAULT_SCOPES.map(OwnScope::name).into_iter().collect()
            }
            Authority::Administrator | Authority::Developer(None) => Scopes::default(),
            Authority::Document | Authority::Nobody => self.open_scopes(),
        };
        let scopes = match self.text("scope")? {
            None => default,
            Some(text) => Scopes::parse(text).map_err(|_| {
                Unregistrable::metadata("scope must be a list of scope values, separated by single spaces")
            })?,
        };
        if matches!(authority, Authority::Document) {
            let open = self.open_scopes();
            return Ok(scopes.filtered(|scope| open.contains(scope)));
        }
        let RegistrationOffer { apis, claims, .. } = self.offer;
        let known = |scope: &str| {
            OwnScope::parse(scope).is_some()
                || claims.sentence(scope).is_some()
                || apis.iter().any(|api| api.sentence(scope).is_some())
        };
        if !scopes.iter().all(known) {
            return Err(Unregistrable::metadata(
                "scope can only have standard scopes and those of the configured APIs and claims",
            ));
        }
        let administers = scopes.iter().any(OwnScope::is_of_administration);
        if administers && !grant_types.contains(&GrantType::ClientCredentials) {
            return Err(Unregistrable::metadata("scopes of administration require the grant type client_credentials")
                .of("scope"));
        }
        let keeps = |scope: &str| authority.before().is_some_and(|before| before.registration.scopes.contains(scope));
        match authority {
            Authority::Nobody if !scopes.is_within(&self.open_scopes()) => Err(Unregistrable::metadata(
                "scope can only have scopes that are open to clients that register themselves",
            )),
            Authority::Developer(_)
                if scopes.iter().any(|scope| OwnScope::is_of_administration(scope) && !keeps(scope)) =>
            {
                Err(Unregistrable::metadata("only an administrator can add scopes of administration").of("scope"))
            }
            Authority::Developer(Some(before)) if scopes.iter().any(|scope| self.offer.is_closed_to(before, scope)) => {
                Err(Unregistrable::metadata("only an administrator can add scopes to an app that acts in its own name"))
            }
            Authority::Client(before) if !scopes.is_within(&before.registration.scopes) => {
                Err(Unregistrable::metadata("only an administrator can add scopes").of("scope"))
            }
            // Hosts of MCP register with what a server wants at first, and ask for more when a tool needs it: users are asked
            // then, and the host could have registered for it.
            Authority::Nobody => Ok(self.of_whole_apis(&scopes)),
            _ => Ok(scopes),
        }
    }

    /// `scopes`, and the others of the open APIs that they are of (RFC 7591 section 2: the server may replace what is asked).
    fn of_whole_apis(&self, scopes: &Scopes) -> Scopes {
        let named = self.offer.apis.iter().filter(|api| scopes.iter().any(|scope| api.sentence(scope).is_some()));
        let open = named.filter(|api| api.is_open).flat_map(Api::scope_names);
        let open: Vec<&str> = open.collect();
        scopes.with(&Scopes::parse(&open.join(" ")).unwrap_or_default())
    }

    /// What a client may ask users for without anybody vouching for it.
    fn open_scopes(&self) -> Scopes {
        let of_apis = self.offer.apis.iter().filter(|api| api.is_open);
        let of_apis = of_apis.flat_map(Api::scope_names);
        let open: Vec<&str> = OwnScope::of_openid().chain(of_apis).collect();
        Scopes::parse(&open.join(" ")).unwrap_or_default()
    }

    /// What users can decline. Without `openid` the request would be another one, and how long the access lasts, which
    /// `offline_access` decides, is said on the page before anything is ticked.
    pub(super) fn optional_scopes(&self, scopes: &Scopes, authority: Authority<'_>) -> Result<Scopes, Unregistrable> {
        let problem = Unregistrable::metadata(
            "optional_scope can only have values of scope, and neither openid nor offline_access",
        );
        let optional = Scopes::parse(self.text("optional_scope")?.unwrap_or_default()).map_err(|_| problem)?;
        let needed = [OwnScope::OpenId, OwnScope::OfflineAccess].into_iter().any(|scope| optional.contains(scope));
        // A document is read by many servers: of what it offers counts what is for such clients here.
        let is_document = matches!(authority, Authority::Document);
        let optional = if is_document { optional.filtered(|scope| scopes.contains(scope)) } else { optional };
        if optional.is_within(scopes) && !needed { Ok(optional) } else { Err(problem) }
    }
}
