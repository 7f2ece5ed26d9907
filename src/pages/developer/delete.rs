//! The page that asks before an app is deleted.

use askama::Template;

use crate::messages::Catalogue;
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{Client, ClientFace};
use crate::pages::look::{Look, Page};
use crate::pages::text;

/// The context of the page that asks before an app is deleted. Its form posts `action=delete` and `confirm=yes`.
#[derive(Clone, Debug)]
pub struct DeleteApp<'a> {
    pub client: Client<'a>,
    pub action: &'a str,
    /// The version of the app, against simultaneous changes.
    pub version: &'a str,
}

#[derive(Template)]
#[template(path = "developer/delete.html")]
struct DeleteView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    client: ClientFace<'a>,
    action: &'a str,
    keep: Option<&'a str>,
    version: &'a str,
}

impl DeleteApp<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let client = ClientFace::new(&self.client, look.catalogue);
        let images = look.has_logo() || client.has_logo();
        let (action, keep, version) = (self.action, text::href(self.action), self.version);
        let view = DeleteView { brand: look.brand, t: look.catalogue, client, action, keep, version };
        look.page(&view, images, &FormTarget::SelfOnly)
    }
}
