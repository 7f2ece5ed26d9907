//! One request: its route, its endpoint, the headers that every response carries, and its line in the log.

use serde::Serialize;

use super::app::log_line;
use super::{App, Failure, Refused, Route, page};
use crate::base::UnixTime;
use crate::base::encoding::base64url;
use crate::config::{Config, ConfigProblem};
use crate::http::{Method, Request, Response};
use crate::lifetimes;
use crate::oauth::issuer::Issuer;
use crate::pages::{self, Brand, Catalogue, Look};
use crate::platform::{Platform, Usage, random};

/// Answers one request. Never fails: every failure is a response, and its cause is in the log.
pub async fn respond<P: Platform>(
    config: &Result<Config, Vec<ConfigProblem>>,
    platform: &P,
    now: UnixTime,
    request: &Request,
) -> Response {
    let request_id = base64url(&random::<12>(platform));
    let catalogue = Catalogue::for_preferences(request.header("accept-language").unwrap_or_default());
    let (name, response, cause) = match config {
        Err(problems) => ("unavailable", unavailable(catalogue, problems), None),
        Ok(config) => {
            let look = Look { brand: &config.brand, catalogue };
            let app = App { config, platform, now, request_id: &request_id, look };
            let route = Route::find(request.path(), &config.aliases, &config.apis);
            let (response, cause) = match dispatch(&app, request, route).await {
                Ok(response) => (response, None),
                Err(failure) => {
                    let for_a_program = route.is_some_and(Route::is_for_programs);
                    let failure = if for_a_program { failure.for_programs() } else { failure };
                    let cause = failure.cause();
                    (failure.into_response(look, &request_id), Some(cause))
                }
            };
            (route.map_or("unknown", Route::name), guarded(response, config, route), cause)
        }
    };
    let response = shared(response, &request_id);
    log(platform, now, &request_id, name, request.method(), response.status(), cause.as_deref());
    if request.method() == Method::Head { response.without_body() } else { response }
}

/// Lets the endpoint answer.
async fn dispatch<P: Platform>(app: &App<'_, P>, request: &Request, route: Option<Route>) -> Result<Response, Failure> {
    // A request to another host name is not for this issuer: cookies, links and tokens would belong to another origin.
    if request.origin() != app.config.issuer.as_str() {
        return Err(misdirected(app, request, route));
    }
    let Some(route) = route else {
        return Err(Refused::page(404, "not_found", "There is no page at this address.").into());
    };
    if request.method() == Method::Options && route.is_for_scripts() {
        return Ok(preflight(route));
    }
    if !route.accepts(request.method()) {
        let refused = Refused::page(405, "invalid_request", "This address does not accept the request method.");
        return Err(refused.with("allow", route.allow()).into());
    }
    route.answer(app, request).await
}

/// The answer to a request for another host: a page where a browser asks for one, otherwise plain text.
fn misdirected<P>(app: &App<'_, P>, request: &Request, route: Option<Route>) -> Failure {
    let (asked, issuer) = (request.origin(), app.config.issuer.as_str());
    let can_be_issuer = Issuer::parse(asked).is_ok();
    let about = pages::errors::MisdirectedPage { asked, can_be_issuer, issuer, request_id: app.request_id };
    let for_a_browser = request.header("accept").is_some_and(|accepted| accepted.contains("text/html"));
    let response = if for_a_browser && !route.is_some_and(Route::is_for_programs) {
        page(421, about.render(app.look))
    } else {
        Response::encoded(421, "text/plain; charset=utf-8", about.plain(app.look.catalogue).into_bytes())
    };
    Failure::Rendered(response, "the address of the request is not the issuer's".to_owned())
}

/// The answer to a CORS preflight request (Fetch, section 3.3.4).
fn preflight(route: Route) -> Response {
    Response::empty(204)
        .with("access-control-allow-methods", route.allow())
        // MCP hosts send the last one also when they only look for the authorization server.
        .with("access-control-allow-headers", "authorization, content-type, mcp-protocol-version")
        .with("access-control-max-age", lifetimes::PREFLIGHT.get().to_string())
}

fn unavailable(catalogue: &Catalogue, problems: &[ConfigProblem]) -> Response {
    let problems: Vec<_> =
        problems.iter().map(|problem| pages::errors::Problem { name: &problem.name, what: &problem.what }).collect();
    let brand = Brand::default();
    page(503, pages::errors::UnavailablePage { problems: &problems }.render(Look { brand: &brand, catalogue }))
}

/// Headers that depend on the configuration and the endpoint.
fn guarded(response: Response, config: &Config, route: Option<Route>) -> Response {
    let response = if config.issuer.is_secure() {
        response.with("strict-transport-security", lifetimes::HTTPS_ALONE)
    } else {
        response
    };
    if route.is_some_and(Route::is_for_scripts) {
        // Any origin is safe here: these endpoints read no cookie, and a browser adds no other credential by itself.
        response
            .with("access-control-allow-origin", "*")
            .with("access-control-expose-headers", "www-authenticate, x-request-id")
    } else {
        response
    }
}

/// Headers that every response carries.
fn shared(response: Response, request_id: &str) -> Response {
    let response = response
        .with("x-request-id", request_id)
        .with("x-content-type-options", "nosniff")
        .with("x-frame-options", "DENY")
        // Codes and states travel in URLs, and other sites must not see them (RFC 9700 section 4.2.4). `no-referrer` would
        // make browsers send `Origin: null` with our own forms.
        .with("referrer-policy", "same-origin");
    if response.header("cache-control").is_some() { response } else { response.with("cache-control", "no-store") }
}

/// Logs one line for each request, without the path, because strangers can put anything into a path.
fn log(
    platform: &impl Platform,
    now: UnixTime,
    request_id: &str,
    endpoint: &str,
    method: Method,
    status: u16,
    cause: Option<&str>,
) {
    #[derive(Serialize)]
    struct Line<'a> {
        event: &'a str,
        at: UnixTime,
        request_id: &'a str,
        endpoint: &'a str,
        method: &'a str,
        status: u16,
        #[serde(flatten)]
        usage: Usage,
        #[serde(skip_serializing_if = "Option::is_none")]
        cause: Option<&'a str>,
    }
    let method = method.as_str();
    let line = Line { event: "request", at: now, request_id, endpoint, method, status, usage: platform.usage(), cause };
    log_line(platform, &line);
}
