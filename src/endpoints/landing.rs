//! GET /: what this is and where things are, for a developer who opens the issuer in a browser.

use super::{App, Route, page};
use crate::http::Response;
use crate::pages::{Address, Landing};

pub(super) fn landing<P>(app: &App<'_, P>) -> Response {
    let issuer = app.config.issuer.as_str();
    let health = app.config.issuer.at(Route::Health.path());
    let addresses = [Address { label: "Health", url: &health, readable: true }];
    page(200, Landing { issuer, addresses: &addresses, docs: None }.render(app.look))
}
