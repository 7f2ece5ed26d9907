//! GET and POST /{facade}/oauth2/revoke: ends what a client's user allowed, and forgets the user.

use serde::Serialize;

use super::members::{api, authenticated, link_key, members};
use crate::endpoints::token::authorization_grant::AuthorizationGrant;
use crate::endpoints::token::linked;
use crate::endpoints::{App, Failure, Route};
use crate::http::{Request, Response};
use crate::platform::{Fault, Platform};
use crate::store::directory::{FindLink, RemoveLink};

/// Whether there was anything to revoke is not told (RFC 7009 section 2.2).
#[derive(Serialize)]
struct Revoked {
    revoked: bool,
}

pub(in crate::endpoints) async fn revoke<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
) -> Result<Response, Failure> {
    let api = api(app, request, Route::FacadeRevoke)?;
    let members = members(request)?;
    let client = authenticated(app, request, &members, &AuthorizationGrant::default()).await?;
    let key = link_key(app, api, &client.id, &members)?;
    if let Some(link) = app.platform.ask_directory(FindLink { key }).await? {
        linked::end(app, &client.id, link).await?;
        // Last, so that a client that asks again after an interruption still finds what to revoke.
        app.platform.ask_directory(RemoveLink { key, family: link.family }).await?;
    }
    Response::json(200, &Revoked { revoked: true }).map_err(|error| Fault::Malformed(error.to_string()).into())
}
