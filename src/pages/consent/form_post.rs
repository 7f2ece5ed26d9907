//! OAuth 2.0 Form Post Response Mode: a script submits the form at once. Browsers without scripts show a button.

use askama::Template;

use crate::messages::Catalogue;
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{Client, ClientFace};
use crate::pages::look::{Look, Page};
use crate::pages::text;

/// The context of the page that posts an authorization response to the client.
#[derive(Clone, Debug)]
pub struct FormPost<'a> {
    /// The verified redirect URI.
    pub action: &'a str,
    /// The scheme of the redirect URI, for the policy.
    pub target: FormTarget,
    pub host: &'a str,
    /// The response parameters, delivered unchanged.
    pub parameters: &'a [(&'a str, &'a str)],
    pub client: Client<'a>,
}

#[derive(Template)]
#[template(path = "consent/form_post.html")]
struct View<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    action: &'a str,
    host: String,
    parameters: &'a [(&'a str, &'a str)],
    client: ClientFace<'a>,
    script: &'static str,
}

const SCRIPT: &str = "document.forms[0].submit()";

impl FormPost<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let client = ClientFace::new(&self.client, look.catalogue);
        let images = look.has_logo() || client.has_logo();
        let view = View {
            brand: look.brand,
            t: look.catalogue,
            action: self.action,
            host: text::host(self.host),
            parameters: self.parameters,
            client,
            script: SCRIPT,
        };
        look.page_with(Some(SCRIPT), &view, images, &self.target)
    }
}
