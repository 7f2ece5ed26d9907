//! The issuer's address, opened in a browser.

use askama::Template;

use crate::messages::Catalogue;
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::look::{Look, Page};
use crate::pages::text;

/// The context of the landing page.
#[derive(Clone, Debug)]
pub struct LandingPage<'a> {
    pub issuer: &'a str,
    pub addresses: &'a [AddressLine<'a>],
    /// A link to the documentation.
    pub docs: Option<&'a str>,
}

/// A URL of this server.
#[derive(Clone, Copy, Debug)]
pub struct AddressLine<'a> {
    /// The name in the standards, for example "Token".
    pub label: &'a str,
    pub url: &'a str,
    /// Whether a browser can show it. The page links only to those.
    pub readable: bool,
}

#[derive(Template)]
#[template(path = "landing.html")]
struct LandingView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    issuer: String,
    addresses: Vec<AddressLineView<'a>>,
    docs: Option<&'a str>,
}

struct AddressLineView<'a> {
    label: String,
    url: String,
    link: Option<&'a str>,
}

impl LandingPage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let addresses = self.addresses.iter().map(|address| AddressLineView {
            label: text::visible(address.label, text::LINE),
            url: text::visible(address.url, text::SENTENCE),
            link: Some(address.url).filter(|_| address.readable).and_then(text::href),
        });
        let view = LandingView {
            brand: look.brand,
            t: look.catalogue,
            issuer: text::visible(self.issuer, text::SENTENCE),
            addresses: addresses.collect(),
            docs: self.docs.and_then(text::href),
        };
        look.page(&view, look.has_logo(), &FormTarget::None)
    }
}
