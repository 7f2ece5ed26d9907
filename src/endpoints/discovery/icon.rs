//! GET /favicon.ico: the icon that browsers show beside a page's title.

use crate::endpoints::App;
use crate::http::Response;
use crate::lifetimes;
use crate::pages::Icon;

pub(in crate::endpoints) fn icon<P>(app: &App<'_, P>) -> Response {
    let Icon { media_type, bytes } = Icon::of(&app.config.brand);
    Response::encoded(200, &media_type, bytes)
        .with("content-security-policy", Icon::POLICY)
        .with("cache-control", format!("public, max-age={}", lifetimes::ICON.get()))
}
