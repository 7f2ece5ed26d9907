//! GET /developer/docs: how apps are made for this server. All of it is read from the configuration and from the tables that
//! the endpoints run on; a test runs every command.

use super::portal::admitted;
use crate::config::Readers;
use crate::endpoints::authorize::consent::words;
use crate::endpoints::discovery::landing;
use crate::endpoints::{App, Failure, Route, page};
use crate::http::{Request, Response};
use crate::lifetimes;
use crate::oauth::own_scope::OwnScope;
use crate::oauth::request::rejection::{Rejection, Unanswerable};
use crate::oauth::token::error::{BearerError, TokenError};
use crate::pages::ScopeText;
use crate::pages::developer::{DocsApi, DocsCommand, DocsError, DocsPage, Lifetimes};
use crate::platform::Platform;

pub(in crate::endpoints) async fn docs<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    if app.config.developers.docs == Readers::Developers
        && let Err(response) = admitted(app, request, None).await?
    {
        return Ok(response);
    }
    let config = app.config;
    let apis: Vec<DocsApi<'_>> = config
        .apis
        .iter()
        .map(|api| DocsApi { audience: &api.audience, lifetime: api.access_token_lifetime, scopes: &api.scopes })
        .collect();
    let person: Vec<(&str, ScopeText<'_>)> =
        OwnScope::of_openid().chain(config.claims.own_scopes()).map(|scope| (scope, words(app, scope))).collect();
    let returned = Rejection::ALL.map(|rejection| DocsError {
        code: rejection.code(),
        status: None,
        description: Some(rejection.to_string()),
    });
    let shown = Unanswerable::ALL.map(|unanswerable| DocsError {
        code: unanswerable.code(),
        status: Some(400),
        description: Some(unanswerable.description().to_owned()),
    });
    let token = TokenError::ALL.map(|error| said(error.status(), error.code()));
    let bearer = BearerError::ALL.map(|error| said(error.status(), error.code()));
    let mut urls = landing::urls(app);
    urls.extend(facades(app));
    let context = DocsPage {
        issuer: config.issuer.as_str(),
        endpoints: &landing::addresses(&urls),
        person: &person,
        apis: &apis,
        lifetimes: Lifetimes {
            access: lifetimes::ACCESS_TOKEN,
            code: lifetimes::CODE,
            id_token: lifetimes::ID_TOKEN,
            idle: lifetimes::REFRESH_IDLE,
            longest: lifetimes::REFRESH_ABSOLUTE,
        },
        commands: &commands(app),
        returned: &returned,
        shown: &shown,
        token: &token,
        bearer: &bearer,
        portal: Route::Developer.path(),
    };
    Ok(page(200, context.render(app.look)))
}

/// Where the JSON facades of the APIs are that have one.
fn facades<P>(app: &App<'_, P>) -> Vec<(&'static str, String, bool)> {
    const PLACES: [(&str, Route); 3] = [
        ("Facade: authorization", Route::FacadeAuthorize),
        ("Facade: token", Route::FacadeToken),
        ("Facade: revocation", Route::FacadeRevoke),
    ];
    let prefixes = app.config.apis.iter().filter_map(|api| api.facade.as_deref());
    let at = |route: Route, prefix: &str| app.config.issuer.at(&route.path().replacen("{facade}", prefix, 1));
    prefixes.flat_map(|prefix| PLACES.map(|(label, route)| (label, at(route, prefix), false))).collect()
}

const fn said(status: u16, code: &'static str) -> DocsError {
    DocsError { code, status: Some(status), description: None }
}

const TOKENS: [&str; 4] = ["access_token", "token_type", "expires_in", "scope"];

/// What a terminal does at the addresses of this server, in order. Each line stands in what is run, so that the values of one
/// command are there for the next.
fn commands<P>(app: &App<'_, P>) -> Vec<DocsCommand> {
    let at = |route: Route| app.config.issuer.at(route.path());
    let of_api = app.config.apis.iter().find_map(|api| api.scope_names().next());
    let scopes = [OwnScope::OpenId, OwnScope::OfflineAccess]
        .map(OwnScope::name)
        .into_iter()
        .chain(of_api)
        .collect::<Vec<_>>()
        .join(" ");
    let token = at(Route::Token);
    let refresh = refresh(&token);
    let mut commands = vec![
        DocsCommand::Setup(
            "CLIENT_ID='YOUR_CLIENT_ID'\nCLIENT_SECRET='YOUR_CLIENT_SECRET'\nREDIRECT_URI='YOUR_REDIRECT_ADDRESS'"
                .into(),
            &[],
        ),
        DocsCommand::Discovery(
            format!("curl -sS -i {}", at(Route::Discovery)),
            &["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "scopes_supported"],
        ),
        DocsCommand::Authorize(authorize(&at(Route::Authorize), &scopes), &[]),
        DocsCommand::Token(
            redeem(&token),
            &["access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"],
        ),
        DocsCommand::Userinfo(
            format!(
                "ACCESS_TOKEN='YOUR_ACCESS_TOKEN'\n\
                 curl -sS -i -H \"Authorization: Bearer $ACCESS_TOKEN\" {}",
                at(Route::Userinfo)
            ),
            &["sub"],
        ),
        DocsCommand::Refresh(format!("REFRESH_TOKEN='YOUR_REFRESH_TOKEN'\n{refresh}"), &TOKENS),
    ];
    if let Some(scope) = of_api {
        let introspected = &["active", "client_id", "sub", "aud", "scope", "exp"];
        commands.push(DocsCommand::Introspect(introspect(&at(Route::Introspect)), introspected));
        commands.push(DocsCommand::Machine(act_as_service(&token, scope), &TOKENS));
    }
    commands.push(DocsCommand::Revoke(
        format!(
            "curl -sS -i -u \"$CLIENT_ID:$CLIENT_SECRET\" {} --data-urlencode \"token=$REFRESH_TOKEN\"",
            at(Route::Revoke)
        ),
        &[],
    ));
    commands.push(DocsCommand::Error(refresh, &["error", "error_description"]));
    commands
}

fn authorize(endpoint: &str, scopes: &str) -> String {
    format!(
        "CODE_VERIFIER=$(openssl rand -hex 32)\n\
         CODE_CHALLENGE=$(printf %s \"$CODE_VERIFIER\" | openssl dgst -sha256 -binary | openssl base64 \
         | tr '+/' '-_' | tr -d '=')\n\
         curl -sS -o /dev/null -w '%{{http_code}} %{{url_effective}}\\n' -G {endpoint} \\\n  \
         -d response_type=code -d code_challenge_method=S256 -d \"code_challenge=$CODE_CHALLENGE\" \\\n  \
         --data-urlencode \"client_id=$CLIENT_ID\" \\\n  \
         --data-urlencode \"redirect_uri=$REDIRECT_URI\" \\\n  \
         --data-urlencode 'scope={scopes}' \\\n  \
         -d \"state=$(openssl rand -hex 8)\""
    )
}

fn redeem(endpoint: &str) -> String {
    format!(
        "CODE='YOUR_CODE'\n\
         curl -sS -i -u \"$CLIENT_ID:$CLIENT_SECRET\" {endpoint} \\\n  \
         -d grant_type=authorization_code \\\n  \
         --data-urlencode \"code=$CODE\" \\\n  \
         --data-urlencode \"redirect_uri=$REDIRECT_URI\" \\\n  \
         -d \"code_verifier=$CODE_VERIFIER\""
    )
}

fn refresh(endpoint: &str) -> String {
    format!(
        "curl -sS -i -u \"$CLIENT_ID:$CLIENT_SECRET\" {endpoint} \\\n  -d grant_type=refresh_token \\\n  \
         --data-urlencode \"refresh_token=$REFRESH_TOKEN\""
    )
}

fn introspect(endpoint: &str) -> String {
    format!(
        "API_ID='YOUR_API_CLIENT_ID'\nAPI_SECRET='YOUR_API_CLIENT_SECRET'\n\
         curl -sS -i -u \"$API_ID:$API_SECRET\" {endpoint} --data-urlencode \"token=$ACCESS_TOKEN\""
    )
}

fn act_as_service(endpoint: &str, scope: &str) -> String {
    format!(
        "SERVICE_ID='YOUR_SERVICE_CLIENT_ID'\nSERVICE_SECRET='YOUR_SERVICE_CLIENT_SECRET'\n\
         curl -sS -i -u \"$SERVICE_ID:$SERVICE_SECRET\" {endpoint} \\\n  \
         -d grant_type=client_credentials --data-urlencode 'scope={scope}'"
    )
}
