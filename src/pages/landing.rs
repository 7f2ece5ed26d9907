//! The issuer's address, opened in a browser: what this is, for a developer.

use askama::Template;

use crate::messages::Catalogue;
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::look::{Look, Page};
use crate::pages::text;

/// The context of the landing page.
#[derive(Clone, Debug)]
pub struct Landing<'a> {
    /// The issuer, exactly as in discovery.
    pub issuer: &'a str,
    /// Discovery, keys and endpoints.
    pub addresses: &'a [Address<'a>],
    /// The documentation.
    pub docs: Option<&'a str>,
}

/// One address of this server.
#[derive(Clone, Copy, Debug)]
pub struct Address<'a> {
    /// Its name in the standards, for example "Token".
    pub label: &'a str,
    /// The URL.
    pub url: &'a str,
    /// Whether it shows something when it is opened in a browser: then it is a link.
    pub readable: bool,
}

#[derive(Template)]
#[template(path = "landing.html")]
struct View<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    issuer: String,
    addresses: Vec<Line<'a>>,
    docs: Option<&'a str>,
}

struct Line<'a> {
    label: String,
    url: String,
    link: Option<&'a str>,
}

impl Landing<'_> {
    /// The page.
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let addresses = self.addresses.iter().map(|address| Line {
            label: text::visible(address.label, text::LINE),
            url: text::visible(address.url, text::SENTENCE),
            link: Some(address.url).filter(|_| address.readable).and_then(text::href),
        });
        let view = View {
            brand: look.brand,
            t: look.catalogue,
            issuer: text::visible(self.issuer, text::SENTENCE),
            addresses: addresses.collect(),
            docs: self.docs.and_then(text::href),
        };
        look.page(&view, look.has_logo(), &FormTarget::None)
    }
}
