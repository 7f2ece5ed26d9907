//! GET and POST /{facade}/oauth2/token: an access token for a user whom the client links, or the redemption that links a user.

use std::iter;

use super::members::{api, authenticated, link_key, members};
use crate::endpoints::token::authorization_grant::AuthorizationGrant;
use crate::endpoints::token::issue;
use crate::endpoints::token::issue::{Issuing, invalid_grant};
use crate::endpoints::token::permission::permitted;
use crate::endpoints::token::{code, mint};
use crate::endpoints::{App, Failure, Route};
use crate::http::{Request, Response};
use crate::oauth::client::GrantType;
use crate::oauth::token::entitlement::{Granted, Rights};
use crate::oauth::token::family_context::FamilyContext;
use crate::platform::{Fault, Platform, attempt};
use crate::store::account::Renew;
use crate::store::directory::FindLink;

/// One description for all: which check failed is in the log.
const INVALID: &str = "This user has no token. Send the user to a new authorization_url.";

pub(in crate::endpoints) async fn token<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let api = api(app, request, Route::FacadeToken)?;
    let members = members(request)?;
    let grant = AuthorizationGrant::of(app, &members);
    let client = authenticated(app, request, &members, &grant).await?;
    if grant.code.is_some() {
        return code::redeem(app, &client, &members, grant).await;
    }
    permitted(&client, GrantType::RefreshToken)?;
    let key = link_key(app, api, &client.id, &members)?;
    let signers = mint::signers(app, &client)?;
    // A client that was deleted and registered again has none of its former users.
    let link = app.platform.ask_directory(FindLink { key }).await?;
    let link = link.filter(|link| client.was_registered_at(link.made_at));
    let link = link.ok_or_else(|| invalid_grant(INVALID, "there is no link"))?;
    let ask = Renew { attempt: attempt(app.platform), family: link.family, client: client.id.clone() };
    let issued = app.platform.ask_account(link.account, ask).await?.map_err(|error| invalid_grant(INVALID, error))?;
    let context = FamilyContext::from_text(&issued.context).map_err(|error| Fault::Malformed(error.to_string()))?;
    let granted = Granted { scopes: issued.scopes.clone(), apis: vec![api.audience.clone()] };
    let rights = Rights::of(&client, app.realm());
    let entitlement = rights.of_grant(&granted, None, iter::once(api.audience.as_str()))?;
    let issuing = Issuing {
        client: &client,
        account: link.account,
        family: link.family,
        entitlement,
        apis: granted.apis,
        // OpenID Connect Core section 12.2: "[...] it SHOULD NOT have a nonce Claim".
        nonce: None,
        says_end: true,
    };
    issue::tokens(app, &signers, issuing, &context, &issued).await
}
