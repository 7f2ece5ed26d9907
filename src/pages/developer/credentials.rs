//! The page that shows new credentials, once.

use askama::Template;

use crate::base::UnixTime;
use crate::messages::{Catalogue, Phrase};
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{Client, ClientFace};
use crate::pages::look::{Look, Page};
use crate::pages::text;

/// The context of the page that shows credentials once.
#[derive(Clone, Debug)]
pub struct Credentials<'a> {
    pub client: Client<'a>,
    /// The client identifier.
    pub id: &'a str,
    /// The new secret; `None` for a public app.
    pub secret: Option<&'a str>,
    /// The time until which the previous secret works; `None` for a new app.
    pub earlier_until: Option<UnixTime>,
    /// Whether the app is new, and not only its secret.
    pub is_new: bool,
    /// A link to the app's page.
    pub app: &'a str,
    /// A link to the documentation.
    pub docs: &'a str,
}

#[derive(Template)]
#[template(path = "developer/credentials.html")]
struct CredentialsView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    client: ClientFace<'a>,
    title: Phrase<'a>,
    id: String,
    secret: Option<String>,
    earlier_until: Option<String>,
    app: Option<&'a str>,
    docs: Option<&'a str>,
}

impl Credentials<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let t = look.catalogue;
        let client = ClientFace::new(&self.client, t);
        let images = look.has_logo() || client.has_logo();
        let name = client.face.name.clone();
        let view = CredentialsView {
            brand: look.brand,
            t,
            client,
            title: if self.is_new { t.developer.ready_title(&name) } else { t.developer.rotated_title(&name) },
            id: text::visible(self.id, text::SENTENCE),
            secret: self.secret.map(|secret| text::visible(secret, text::SENTENCE)),
            earlier_until: self.earlier_until.map(|time| t.dates.minute(time)),
            app: text::href(self.app),
            docs: text::href(self.docs),
        };
        look.page(&view, images, &FormTarget::None)
    }
}
