//! The browser that a request comes from: its cookie, and whether a form was sent by a page of ours.

use crate::base::address::with_query;
use crate::base::{DeviceId, Seconds};
use crate::endpoints::{App, Failure, Refused};
use crate::http::cookies::cookie;
use crate::http::{Parameters, Request, Response};
use crate::lifetimes;
use crate::platform::{Fault, Platform, random};
use crate::seal::browser::{Browser, BrowserId};
use crate::seal::device::DeviceCookie;
use crate::seal::sealed_notice::SealedNotice;
use crate::seal::{Life, Purpose};

/// The cookie's name. The prefix makes browsers refuse it from any other host or over http, where that is possible.
fn name<P>(app: &App<'_, P>) -> &'static str {
    if app.config.issuer.is_secure() { "__Host-grantry" } else { "grantry" }
}

/// The browser, if it has a cookie of ours.
pub fn known<P>(app: &App<'_, P>, request: &Request) -> Option<Browser> {
    let sealed = cookie(request, name(app))?;
    app.config.sealer.open::<Browser>(sealed, app.now).ok().map(|opened| opened.value)
}

/// A browser that has none yet.
pub fn new<P: Platform>(app: &App<'_, P>) -> Browser {
    Browser::new(BrowserId(random(app.platform)))
}

/// `response` with the cookie for `browser`, good for `lifetime`.
///
/// # Errors
/// When it cannot be sealed.
pub fn remembered<P: Platform>(
    app: &App<'_, P>,
    response: Response,
    browser: &Browser,
    lifetime: Option<Seconds>,
) -> Result<Response, Failure> {
    set(app, response, name(app), browser, lifetime.unwrap_or(lifetimes::BROWSER))
}

/// By what an account knows this browser, where a user signed in before.
pub fn device<P>(app: &App<'_, P>, request: &Request) -> Option<DeviceId> {
    let sealed = cookie(request, device_name(app))?;
    app.config.sealer.open::<DeviceCookie>(sealed, app.now).ok().map(|opened| opened.value.0)
}

/// `response` with the cookie by which the account will know this browser.
///
/// # Errors
/// When it cannot be sealed.
pub fn with_device<P: Platform>(app: &App<'_, P>, response: Response, device: DeviceId) -> Result<Response, Failure> {
    set(app, response, device_name(app), &DeviceCookie(device), lifetimes::DEVICE)
}

fn device_name<P>(app: &App<'_, P>) -> &'static str {
    if app.config.issuer.is_secure() { "__Host-grantry-device" } else { "grantry-device" }
}

fn set<P: Platform>(
    app: &App<'_, P>,
    response: Response,
    name: &str,
    value: &impl Purpose,
    lifetime: Seconds,
) -> Result<Response, Failure> {
    let life = Life { sealed_at: app.now, expires_at: app.now.plus(lifetime) };
    let sealed = app.config.sealer.seal(value, life, random(app.platform)).map_err(Fault::from)?;
    let secure = if app.config.issuer.is_secure() { "; Secure" } else { "" };
    let cookie = format!("{name}={sealed}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}", lifetime.get());
    Ok(response.with("set-cookie", cookie))
}

/// `path` of a page that says in this browser that `notice` was done, and for a short time only.
///
/// # Errors
/// When the notice cannot be sealed.
pub fn saying<P: Platform>(app: &App<'_, P>, browser: BrowserId, path: &str, notice: &str) -> Result<String, Failure> {
    let told = SealedNotice { browser, notice: notice.to_owned() };
    let life = Life { sealed_at: app.now, expires_at: app.now.plus(lifetimes::NOTICE) };
    let sealed = app.config.sealer.seal(&told, life, random(app.platform)).map_err(Fault::from)?;
    Ok(with_query(path, &["notice=", &sealed].concat()))
}

/// The notice that the page at this query is to say in `browser`, by the names of `from_name`.
pub fn told<P, N>(
    app: &App<'_, P>,
    query: &Parameters,
    browser: &Browser,
    from_name: impl FnOnce(&str) -> Option<N>,
) -> Option<N> {
    let told = app.config.sealer.open::<SealedNotice>(query.get("notice")?, app.now).ok()?.value;
    if told.browser == browser.id { from_name(&told.notice) } else { None }
}

/// A form that changes something must have been sent by a page of ours: the browser says so in `Origin`, or, where a policy
/// hides that, in `Sec-Fetch-Site`.
///
/// # Errors
/// When it says something else or nothing.
pub fn same_origin<P>(app: &App<'_, P>, request: &Request) -> Result<(), Failure> {
    let ours = match request.header("origin") {
        Some("null") | None => request.header("sec-fetch-site") == Some("same-origin"),
        Some(origin) => origin == app.config.issuer.as_str(),
    };
    if ours {
        Ok(())
    } else {
        Err(Refused::page(403, "invalid_request", "The form was not sent from a page of this server.").into())
    }
}
