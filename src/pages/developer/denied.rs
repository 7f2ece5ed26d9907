//! `/developer` for a user without the developer role.

use askama::Template;

use crate::messages::Catalogue;
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{Person, PersonFace};
use crate::pages::look::{Look, Page};
use crate::pages::text;

/// The context of the page for who is signed in and is no developer.
#[derive(Clone, Debug)]
pub struct DeveloperDenied<'a> {
    /// Who is signed in.
    pub person: Person<'a>,
    /// Where another person signs in.
    pub switch: Option<&'a str>,
    /// The documentation, where everybody may read it.
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
    /// The page.
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
