//! The spine: every endpoint reads parse → validate → decide → store → respond.
//!
//! One request comes in at [`respond`], finds its [`Route`], and leaves as a response with the headers that all share.

mod failure;
mod health;
mod landing;
mod route;

use serde::Serialize;

pub use failure::{Failure, Refused};
pub use route::Route;

use crate::base::UnixTime;
use crate::base::encoding::base64url;
use crate::config::{Config, Problem};
use crate::http::{Method, Request, Response};
use crate::pages::{self, Brand, Catalogue, Look, Page};
use crate::platform::{Fault, Platform, Usage, random};

/// What an endpoint works with besides the request.
pub struct App<'a, P> {
    /// What the deployment decided.
    pub config: &'a Config,
    /// The ports.
    pub platform: &'a P,
    /// When the request arrived.
    pub now: UnixTime,
    /// Names the request in the log and on error pages.
    pub request_id: &'a str,
    /// How pages look to this person.
    pub look: Look<'a>,
}

impl<P: Platform> App<'_, P> {
    /// Logs a fault that did not end the request.
    pub fn log_fault(&self, part: &str, fault: &Fault) {
        #[derive(Serialize)]
        struct Line<'a> {
            event: &'a str,
            at: UnixTime,
            request_id: &'a str,
            part: &'a str,
            cause: String,
        }
        let cause = fault.to_string();
        log_line(self.platform, &Line { event: "fault", at: self.now, request_id: self.request_id, part, cause });
    }
}

/// Answers one request. Never fails: every failure is a response, and its cause is in the log.
pub async fn respond<P: Platform>(
    config: &Result<Config, Vec<Problem>>,
    platform: &P,
    now: UnixTime,
    request: &Request,
) -> Response {
    let request_id = base64url(&random::<12>(platform));
    let catalogue = Catalogue::for_preferences(request.header("accept-language").unwrap_or_default());
    let (name, answer) = match config {
        Err(problems) => ("unavailable", Ok(unavailable(catalogue, problems))),
        Ok(config) => {
            let look = Look { brand: &config.brand, catalogue };
            let app = App { config, platform, now, request_id: &request_id, look };
            let (name, answer) = route(&app, request).await;
            let answer = answer.map(|response| guarded(response, config));
            (name, answer.or_else(|failure| rendered(&app, failure)))
        }
    };
    let (response, cause) = match answer {
        Ok(response) => (response, None),
        Err((response, cause)) => (response, Some(cause)),
    };
    let response = shared(response, &request_id);
    log(platform, now, &request_id, name, request.method(), response.status(), cause.as_deref());
    if request.method() == Method::Head { response.without_body() } else { response }
}

/// Finds the endpoint and lets it answer.
async fn route<P: Platform>(app: &App<'_, P>, request: &Request) -> (&'static str, Result<Response, Failure>) {
    // Another host name that reaches this Worker is not us: its cookies, links and tokens would be those of a stranger.
    if request.origin() != app.config.issuer.as_str() {
        return ("misdirected", Err(Refused::page(421, "invalid_request", "This address is not the issuer's.").into()));
    }
    let Some(route) = Route::find(request.path()) else {
        return ("unknown", Err(Refused::page(404, "not_found", "There is nothing at this address.").into()));
    };
    if !route.accepts(request.method()) {
        let refused = Refused::page(405, "invalid_request", "This method is not accepted here.");
        return (route.name(), Err(refused.with("allow", route.allow()).into()));
    }
    let answer = match route {
        Route::Health => health::health(app, request).await,
        Route::Landing => Ok(landing::landing(app)),
    };
    (route.name(), answer)
}

/// A failure as the person or the client gets it, and its cause for the log.
fn rendered<P>(app: &App<'_, P>, failure: Failure) -> Result<Response, (Response, String)> {
    let cause = failure.cause();
    Err((guarded(failure.into_response(app.look, app.request_id), app.config), cause))
}

fn unavailable(catalogue: &Catalogue, problems: &[Problem]) -> Response {
    let problems: Vec<_> =
        problems.iter().map(|problem| pages::Problem { name: &problem.name, what: &problem.what }).collect();
    let brand = Brand::default();
    page(503, pages::Unavailable { problems: &problems }.render(Look { brand: &brand, catalogue }))
}

/// A page as a response.
pub(crate) fn page(status: u16, page: Page) -> Response {
    Response::html(status, page.html, page.content_security_policy)
}

/// Headers that depend on the configuration.
fn guarded(response: Response, config: &Config) -> Response {
    if config.issuer.is_secure() {
        response.with("strict-transport-security", "max-age=63072000; includeSubDomains")
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
        // Codes and states travel in URLs, and no other site needs to see ours (RFC 9700 section 4.2.4). Not `no-referrer`:
        // with that, browsers hide even from ourselves in `Origin` that a form is ours.
        .with("referrer-policy", "same-origin");
    if response.header("cache-control").is_some() { response } else { response.with("cache-control", "no-store") }
}

/// One line for each request. The path is not in it, because paths of strangers can hold anything.
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

fn log_line(platform: &impl Platform, line: &impl Serialize) {
    // Text and numbers always become JSON; an empty line would show in the log as what it is.
    platform.log(&serde_json::to_string(line).unwrap_or_default());
}
