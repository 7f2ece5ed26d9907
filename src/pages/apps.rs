//! `/apps`: the catalogue of apps that can be connected.

use askama::Template;

use crate::messages::Catalogue;
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{ClientFace, ShownClient};
use crate::pages::look::{Look, Page};
use crate::pages::notice::{Notice, NoticeView};
use crate::pages::text;

/// The context of the catalogue. One form searches with `q`, the other posts `action`, `user` and `target`.
#[derive(Clone, Debug)]
pub struct AppsPage<'a> {
    /// The search text; empty to show all apps.
    pub query: &'a str,
    /// The apps on this page.
    pub apps: &'a [AppLine<'a>],
    pub previous: Option<&'a str>,
    pub next: Option<&'a str>,
    pub action: &'a str,
    /// The user who is signed in, as the form names them; empty if there is none.
    pub user: &'a str,
    /// A link to `/account`, if a user is signed in.
    pub account: Option<&'a str>,
    pub notice: Option<Notice>,
}

#[derive(Clone, Copy, Debug)]
pub struct AppLine<'a> {
    pub client: ShownClient<'a>,
    /// What the app does; may be empty.
    pub description: &'a str,
    /// The link that connects the app.
    pub connect: &'a str,
    /// The `target` that disconnects the app, if the user has connected it.
    pub disconnect: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "apps/apps.html")]
struct AppsView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    query: &'a str,
    /// The visible characters of the search text; `None` to show all apps.
    searched: Option<String>,
    apps: Vec<AppLineView<'a>>,
    previous: Option<&'a str>,
    next: Option<&'a str>,
    action: &'a str,
    user: &'a str,
    account: Option<&'a str>,
    notice: Option<NoticeView<'a>>,
}

struct AppLineView<'a> {
    client: ClientFace<'a>,
    description: String,
    connect: Option<&'a str>,
    disconnect: Option<&'a str>,
}

impl AppsPage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let t = look.catalogue;
        let apps: Vec<AppLineView<'_>> = self
            .apps
            .iter()
            .map(|line| AppLineView {
                client: ClientFace::new(&line.client, t),
                description: text::visible(line.description, text::SENTENCE),
                connect: text::href(line.connect),
                disconnect: line.disconnect,
            })
            .collect();
        let images = look.has_logo() || apps.iter().any(|line| line.client.has_logo());
        let view = AppsView {
            brand: look.brand,
            t,
            query: text::prefill(self.query),
            searched: (!self.query.is_empty()).then(|| text::visible(self.query, text::LINE)),
            apps,
            previous: self.previous.and_then(text::href),
            next: self.next.and_then(text::href),
            action: text::href(self.action).unwrap_or("/apps"),
            user: self.user,
            account: self.account.and_then(text::href),
            notice: self.notice.map(|notice| notice.line(t)),
        };
        look.page(&view, images, &FormTarget::SelfOnly)
    }
}
