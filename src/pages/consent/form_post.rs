//! OAuth 2.0 Form Post Response Mode: a form that a script sends at once, with a button for browsers without script.

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
    /// Its scheme, for the policy.
    pub target: FormTarget,
    /// Its host.
    pub host: &'a str,
    /// The response parameters, to be delivered as they are.
    pub parameters: &'a [(&'a str, &'a str)],
    /// The app.
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

/// Presses the button.
const SCRIPT: &str = "document.forms[0].submit()";

impl FormPost<'_> {
    /// The page.
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
