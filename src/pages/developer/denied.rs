//! `/developer` for a user without the developer role.

use askama::Template;

use crate::messages::Catalogue;
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{Person, PersonFace};
use crate::pages::look::{Look, Page};
use crate::pages::text;

/// The context of the page for a user without the developer role.
#[derive(Clone, Debug)]
pub struct DeveloperDenied<'a> {
    pub person: Person<'a>,
    /// A link to sign in as another user.
    pub switch: Option<&'a str>,
    /// A link to the documentation, if it is public.
    pub docs: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "developer/denied.html")]
struct DeniedView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    person: PersonFace<'a>,
    switch: Option<&'a str>,
    docs: Option<&'a str>,
}

impl DeveloperDenied<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let view = DeniedView {
            brand: look.brand,
            t: look.catalogue,
            person: PersonFace::new(&self.person),
            switch: self.switch.and_then(text::href),
            docs: self.docs.and_then(text::href),
        };
        look.page(&view, look.has_logo(), &FormTarget::None)
    }
}
