//! `/developer`: the list of a developer's apps.

use askama::Template;

use super::notice::DeveloperNotice;
use crate::messages::Catalogue;
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{Client, ClientFace, Person, PersonFace};
use crate::pages::look::{Look, Page};
use crate::pages::notice::NoticeLine;
use crate::pages::text;

/// The context of the list of a developer's apps.
#[derive(Clone, Debug)]
pub struct DeveloperApps<'a> {
    pub person: Person<'a>,
    /// A link to sign in as another user.
    pub switch: Option<&'a str>,
    pub notice: Option<DeveloperNotice>,
    pub apps: &'a [OwnApp<'a>],
    /// A link to the form of a new app; `None` at the limit of apps.
    pub create: Option<&'a str>,
    /// A link to the documentation.
    pub docs: &'a str,
}

#[derive(Clone, Copy, Debug)]
pub struct OwnApp<'a> {
    pub client: Client<'a>,
    /// A link to the app's page.
    pub link: &'a str,
    pub listing: Listing,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Listing {
    Hidden,
    Listed,
    /// The developer has asked for a listing.
    Requested,
}

#[derive(Template)]
#[template(path = "developer/apps.html")]
struct ListView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    person: PersonFace<'a>,
    switch: Option<&'a str>,
    notice: Option<NoticeLine<'a>>,
    apps: Vec<Line<'a>>,
    create: Option<&'a str>,
    docs: Option<&'a str>,
}

struct Line<'a> {
    client: ClientFace<'a>,
    link: Option<&'a str>,
    listing: Listing,
}

impl Line<'_> {
    fn is_listed(&self) -> bool {
        self.listing == Listing::Listed
    }

    fn is_requested(&self) -> bool {
        self.listing == Listing::Requested
    }
}

impl DeveloperApps<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let t = look.catalogue;
        let apps: Vec<Line<'_>> = self
            .apps
            .iter()
            .map(|app| Line {
                client: ClientFace::new(&app.client, t),
                link: text::href(app.link),
                listing: app.listing,
            })
            .collect();
        let images = look.has_logo() || apps.iter().any(|line| line.client.has_logo());
        let view = ListView {
            brand: look.brand,
            t,
            person: PersonFace::new(&self.person),
            switch: self.switch.and_then(text::href),
            notice: self.notice.map(|notice| notice.line(t)),
            apps,
            create: self.create.and_then(text::href),
            docs: text::href(self.docs),
        };
        look.page(&view, images, &FormTarget::None)
    }
}
