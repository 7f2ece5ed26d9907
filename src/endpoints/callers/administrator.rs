//! Administrators: proven by a bearer token at every call.

use std::iter;

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::bearer::{living_client, verified};
use crate::base::{Secret, UnixTime};
use crate::endpoints::{App, Failure, Refused, log_line};
use crate::http::Request;
use crate::http::authorization::Authorization;
use crate::oauth::own_scope::OwnScope;
use crate::oauth::scope::Scopes;
use crate::platform::Platform;

/// A proven administrator.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Administrator {
    /// The holder of `ADMIN_TOKEN`.
    BreakGlass,
    /// A client with an access token of its own.
    Client {
        id: String,
        /// The scopes that the token has and that the client may still ask for.
        scopes: Scopes,
    },
}

impl Administrator {
    /// For the log.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::BreakGlass => "break-glass",
            Self::Client { id, .. } => id,
        }
    }

    /// Whether they have this right of administration themselves.
    #[must_use]
    pub fn holds(&self, right: OwnScope) -> bool {
        match self {
            Self::BreakGlass => true,
            Self::Client { scopes, .. } => right.is_held_with(scopes),
        }
    }

    /// Whether users' roles in this server are theirs to give: no client has one.
    #[must_use]
    pub const fn gives_roles(&self) -> bool {
        matches!(self, Self::BreakGlass)
    }

    /// Refuses to give `scopes` to a client, or to change a client that has them, unless all rights of administration among
    /// them are the caller's own: a client's secret or key is worth what the client may do.
    ///
    /// # Errors
    /// 403, with the scopes that the caller lacks.
    pub fn must_hold(&self, scopes: &Scopes) -> Result<(), Refused> {
        let lacks = |scope: &str| OwnScope::parse(scope).is_some_and(|scope| scope.administers() && !self.holds(scope));
        let lacking = scopes.filtered(lacks);
        if lacking.is_empty() {
            return Ok(());
        }
        let description = "The access token lacks a scope of administration that the client has or is to have.";
        let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{lacking}\"");
        Err(Refused::json(403, "insufficient_scope", description).with("www-authenticate", challenge))
    }
}

/// Proves that the request is an administrator's: by the break-glass token, which may do everything, or by an access token
/// that a client got in its own name, for us, with `scope`.
///
/// # Errors
/// 401 for any other credential and for none: nothing here is open to strangers. 403 for a token without the scope.
pub async fn administrator<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    scope: OwnScope,
) -> Result<Administrator, Failure> {
    Ok(administrator_with(app, request, scope, None).await?.0)
}

/// The same for a token with `scope` or with `lesser`, and which of the two it has: `scope` if it has both.
///
/// # Errors
/// As [`administrator`].
pub async fn administrator_with<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    scope: OwnScope,
    lesser: Option<OwnScope>,
) -> Result<(Administrator, OwnScope), Failure> {
    match Authorization::of(request).map_err(|error| unauthorized().because(error))? {
        Some(Authorization::Bearer(token)) if is_same(&token, &app.config.admin_token) => {
            Ok((Administrator::BreakGlass, scope))
        }
        Some(Authorization::Bearer(token)) => client(app, token.expose(), scope, lesser).await,
        Some(_) => Err(unauthorized().into()),
        None => Err(Refused::json(401, "invalid_token", "This request requires the administrator's token.")
            .with("www-authenticate", "Bearer")
            .into()),
    }
}

async fn client<P: Platform>(
    app: &App<'_, P>,
    token: &str,
    scope: OwnScope,
    lesser: Option<OwnScope>,
) -> Result<(Administrator, OwnScope), Failure> {
    let token = verified(app, token).await?.map_err(|cause| unauthorized().because(cause))?;
    // A token of a user's family is that user's, whatever its scopes are called.
    if token.place.is_some() {
        return Err(unauthorized().because("the token is not a client's own").into());
    }
    // Nothing is stored about the token, so it is as good as its client.
    let client = living_client(app, &token).await?.map_err(|cause| unauthorized().because(cause))?;
    let entitlement = token.entitlement_here(app, &client);
    let entitlement = entitlement.ok_or_else(|| unauthorized().because("the token is not for this server"))?;
    let scopes = || iter::once(scope).chain(lesser);
    let Some(scope) = scopes().find(|scope| entitlement.scopes().contains(scope)) else {
        let names: Vec<&str> = scopes().map(OwnScope::name).collect();
        let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{}\"", names.join(" "));
        return Err(Refused::json(
            403,
            "insufficient_scope",
            "The access token lacks a scope that this request requires.",
        )
        .with("www-authenticate", challenge)
        .into());
    };
    let administrator =
        Administrator::Client { id: client.id.as_str().to_owned(), scopes: entitlement.scopes().clone() };
    Ok((administrator, scope))
}

/// RFC 6750 section 3.1.
pub fn unauthorized() -> Refused {
    Refused::json(401, "invalid_token", "The token is not the administrator's.")
        .with("www-authenticate", "Bearer error=\"invalid_token\"")
}

/// Compares digests, so that neither the time nor the length of the comparison tells anything.
fn is_same(presented: &Secret<String>, expected: &Secret<String>) -> bool {
    let digest = |secret: &Secret<String>| Sha256::digest(secret.expose().as_bytes());
    digest(presented).ct_eq(&digest(expected)).into()
}

/// One line for each call of the administration: who did what, and to which client or user.
pub fn log<P: Platform>(app: &App<'_, P>, who: &str, what: &str, target: Option<&str>) {
    #[derive(Serialize)]
    struct Line<'a> {
        event: &'a str,
        at: UnixTime,
        request_id: &'a str,
        who: &'a str,
        what: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        target: Option<&'a str>,
    }
    let line = Line { event: "administration", at: app.now, request_id: app.request_id, who, what, target };
    log_line(app.platform, &line);
}
