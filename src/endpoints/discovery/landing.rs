//! GET /: what this is and where things are, for a developer who opens the issuer in a browser.

use crate::config::Readers;
use crate::endpoints::{App, Route, page};
use crate::http::Response;
use crate::pages::landing::{AddressLine, LandingPage};

/// Where things are, by their names, and whether a browser shows something there.
const ADDRESSES: [(&str, Route, bool); 10] = [
    ("Discovery", Route::Discovery, true),
    ("Keys", Route::Jwks, true),
    ("Authorization", Route::Authorize, false),
    ("Token", Route::Token, false),
    ("Userinfo", Route::Userinfo, false),
    ("Introspection", Route::Introspect, false),
    ("Revocation", Route::Revoke, false),
    ("Logout", Route::Logout, false),
    ("Registration", Route::Register, false),
    ("Health", Route::Health, true),
];

pub(in crate::endpoints) fn landing<P>(app: &App<'_, P>) -> Response {
    let urls = urls(app);
    let is_public = app.config.developers.docs == Readers::Public;
    let docs = is_public.then_some(Route::DeveloperDocs.path());
    page(200, LandingPage { issuer: app.config.issuer.as_str(), addresses: &addresses(&urls), docs }.render(app.look))
}

/// Where things are.
pub(in crate::endpoints) fn urls<P>(app: &App<'_, P>) -> Vec<(&'static str, String, bool)> {
    let url =
        |(label, route, readable): (&'static str, Route, bool)| (label, app.config.issuer.at(route.path()), readable);
    ADDRESSES.into_iter().map(url).collect()
}

/// The same for a page.
pub(in crate::endpoints) fn addresses<'a>(urls: &'a [(&'static str, String, bool)]) -> Vec<AddressLine<'a>> {
    urls.iter().map(|(label, url, readable)| AddressLine { label, url, readable: *readable }).collect()
}
