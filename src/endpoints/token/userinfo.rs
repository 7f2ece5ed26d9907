//! GET and POST /userinfo (`OpenID` Connect Core section 5.3).

use crate::endpoints::callers::bearer::{insufficient, invalid, living_client, presented, verified};
use crate::endpoints::{App, Failure};
use crate::http::{Request, Response};
use crate::oauth::own_scope::OwnScope;
use crate::oauth::token::family::Member;
use crate::oauth::token::family_context::FamilyContext;
use crate::platform::{Fault, Platform};
use crate::store::account::ReadClaims;

pub(in crate::endpoints) async fn userinfo<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
) -> Result<Response, Failure> {
    let presented = presented(app, request)?;
    let token = verified(app, presented.expose()).await?.map_err(|cause| invalid(app, cause))?;
    let client = living_client(app, &token).await?.map_err(|cause| invalid(app, cause))?;
    let entitlement = token.entitlement_here(app, &client);
    let entitlement = entitlement.ok_or_else(|| invalid(app, "the token is not meant for this server"))?;
    let Some(place) = token.place.filter(|_| entitlement.identifies()) else {
        return Err(insufficient(app, OwnScope::OpenId.name()));
    };
    let ask = ReadClaims { family: place.family, member: Member::Access(place.serial) };
    let person = app.platform.ask_account(place.account, ask).await?.map_err(|cause| invalid(app, cause))?;
    // An object that still runs the release before tells no context.
    let asked = FamilyContext::from_text(&person.context).map(|context| context.claims).unwrap_or_default();
    // Section 5.3.2: the `sub` of the ID token, which is the one that this client knows the person by.
    let body = entitlement.of_userinfo(&token.sub, &person.claims, &asked);
    Response::json(200, &body).map_err(|error| Fault::Malformed(error.to_string()).into())
}
