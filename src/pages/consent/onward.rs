//! The page between an error and an unverified app. The user decides whether to go on (RFC 9700 section 4.11.2).

use askama::Template;

use crate::messages::Catalogue;
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{Client, ClientFace};
use crate::pages::look::{Look, Page};
use crate::pages::text;

/// The context of the page.
#[derive(Clone, Debug)]
pub struct Onward<'a> {
    pub client: Client<'a>,
    /// The host of the redirect URI.
    pub host: &'a str,
    pub way: Way<'a>,
    /// The OAuth error code.
    pub code: &'static str,
    /// The error for developers.
    pub description: &'a str,
}

/// How the response is sent once the user confirms.
#[derive(Clone, Debug)]
pub enum Way<'a> {
    Form {
        /// The verified redirect URI.
        action: &'a str,
        /// The response parameters.
        parameters: &'a [(&'a str, &'a str)],
        /// The scheme of the redirect URI, for the policy.
        target: FormTarget,
    },
    /// By a link to the verified redirect URI with the parameters. A private-use scheme gets no link, because any app can
    /// claim it.
    Link(&'a str),
}

#[derive(Template)]
#[template(path = "consent/onward.html")]
struct View<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    client: ClientFace<'a>,
    host: String,
    link: Option<&'a str>,
    action: Option<&'a str>,
    parameters: &'a [(&'a str, &'a str)],
    code: &'static str,
    description: &'a str,
}

impl Onward<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let none = FormTarget::None;
        let (link, action, parameters, target) = match &self.way {
            Way::Form { action, parameters, target } => (None, Some(*action), *parameters, target),
            Way::Link(link) => (text::href(link), None, &[][..], &none),
        };
        let client = ClientFace::new(&self.client, look.catalogue);
        let view = View {
            brand: look.brand,
            t: look.catalogue,
            client,
            host: text::host(self.host),
            link,
            action,
            parameters,
            code: self.code,
            description: self.description,
        };
        look.page(&view, look.has_logo(), target)
    }
}
