//! GET /: what this is and where things are, for a developer who opens the issuer in a browser.

use super::{App, Route, page};
use crate::http::Response;
use crate::pages::{Address, Landing};

pub(super) fn landing<P>(app: &App<'_, P>) -> Response {
    let issuer = app.config.issuer.as_str();
    let at = |route: Route| app.config.issuer.at(route.path());
    let urls = [
        ("Discovery", at(Route::Discovery), true),
        ("Keys", at(Route::Jwks), true),
        ("Authorization", at(Route::Authorize), false),
        ("Token", at(Route::Token), false),
        ("Userinfo", at(Route::Userinfo), false),
        ("Introspection", at(Route::Introspect), false),
        ("Revocation", at(Route::Revoke), false),
        ("Logout", at(Route::Logout), false),
        ("Registration", at(Route::Register), false),
        ("Health", at(Route::Health), true),
    ];
    let addresses = urls.each_ref().map(|(label, url, readable)| Address { label, url, readable: *readable });
    page(200, Landing { issuer, addresses: &addresses, docs: None }.render(app.look))
}
