//! GET and POST /userinfo (OpenID Connect Core section 5.3).

use super::steps::access_token::{invalid, presented, verified};
use super::{App, Failure, Refused};
use crate::http::{Request, Response};
use crate::oauth::family::Member;
use crate::oauth::family_context::FamilyContext;
use crate::platform::{Fault, Platform};
use crate::store::account::ReadClaims;

pub(super) async fn userinfo<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let presented = presented(request)?;
    let token = verified(app, presented.expose()).await?.map_err(invalid)?;
    if !token.audiences.iter().any(|audience| audience == app.config.issuer.as_str()) {
        return Err(invalid("the token is not meant for this server"));
    }
    let Some(place) = token.place.filter(|_| token.scopes.contains("openid")) else {
        let challenge = "Bearer error=\"insufficient_scope\", scope=\"openid\"";
        return Err(Refused::json(403, "insufficient_scope", "The access token needs the scope openid.")
            .with("www-authenticate", challenge)
            .into());
    };
    let ask = ReadClaims { family: place.family, member: Member::Access(place.serial) };
    let person = app.platform.ask_account(place.account, ask).await?.map_err(invalid)?;
    // A family of an object that runs the release before tells no context.
    let asked = FamilyContext::from_text(&person.context).map(|context| context.claims.userinfo).unwrap_or_default();
    let body = app.config.claims.userinfo(&person.sub, &person.claims, &token.scopes, &asked);
    Response::json(200, &body).map_err(|error| Fault::Malformed(error.to_string()).into())
}
