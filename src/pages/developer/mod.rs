//! `/developer`: what a developer sees of her apps.

mod app;
mod docs;

pub use app::{AppPage, Existing, Field, FieldProblem, Fields, Kind, KindChoice, LogoProblem, ScopeChoice, Secrets};
pub use docs::{Command, Docs, DocsApi, DocsError, Lifetimes};

use askama::Template;

use super::account::page::NoticeLine;
use super::face::{ClientFace, PersonFace};
use super::{Brand, Client, FormTarget, Look, Page, Person, text};
use crate::base::UnixTime;
use crate::messages::{Catalogue, Phrase};

/// The context of the list of a developer's apps.
#[derive(Clone, Debug)]
pub struct DeveloperApps<'a> {
    /// Whose they are.
    pub person: Person<'a>,
    /// Where another person signs in.
    pub switch: Option<&'a str>,
    /// What was done just now.
    pub notice: Option<DeveloperNotice>,
    /// The apps.
    pub apps: &'a [OwnApp<'a>],
    /// Where a new one is made; `None` when there are as many as there can be.
    pub create: Option<&'a str>,
    /// The documentation.
    pub docs: &'a str,
}

/// One app.
#[derive(Clone, Copy, Debug)]
pub struct OwnApp<'a> {
    /// How people see it.
    pub client: Client<'a>,
    /// Its page.
    pub link: &'a str,
    /// Whether it is in the catalogue.
    pub listing: Listing,
}

/// Whether an app is in the catalogue.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Listing {
    /// No.
    Hidden,
    /// Yes.
    Listed,
    /// Its developer wants it there.
    Requested,
}

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

/// The context of the question whether an app shall be deleted: its form posts `action=delete` and `confirm=yes`.
#[derive(Clone, Debug)]
pub struct DeleteApp<'a> {
    /// The app.
    pub client: Client<'a>,
    /// Where the form is posted.
    pub action: &'a str,
    /// What the form carries.
    pub version: &'a str,
}

/// The context of the page that shows credentials once.
#[derive(Clone, Debug)]
pub struct Credentials<'a> {
    /// The app.
    pub client: Client<'a>,
    /// Its identifier.
    pub id: &'a str,
    /// Its new secret; `None` for a public app.
    pub secret: Option<&'a str>,
    /// Until when the secret works that it replaces; `None` for a new app.
    pub earlier_until: Option<UnixTime>,
    /// Whether the app is new.
    pub is_new: bool,
    /// The app's page.
    pub app: &'a str,
    /// The documentation.
    pub docs: &'a str,
}

/// What was done just now, or why it was not.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DeveloperNotice {
    /// The administrator is asked to publish.
    Asked,
    /// Somebody else changed the app.
    Changed,
    /// An app was deleted.
    Deleted,
    /// The logo was changed.
    LogoSaved,
    /// A form was sent twice.
    MadeBefore,
    /// An app without a site cannot be published.
    NeedsSite,
    /// The app is in the catalogue.
    Published,
    /// Changes were saved.
    Saved,
    /// The earlier secret was ended.
    SecretEnded,
    /// Changes were saved, and the app has left the catalogue.
    WaitsAgain,
    /// The app is not in the catalogue any more.
    Withdrawn,
}

impl DeveloperNotice {
    const ALL: [Self; 11] = [
        Self::Asked,
        Self::Changed,
        Self::Deleted,
        Self::LogoSaved,
        Self::MadeBefore,
        Self::NeedsSite,
        Self::Published,
        Self::Saved,
        Self::SecretEnded,
        Self::WaitsAgain,
        Self::Withdrawn,
    ];

    /// Its name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Changed => "changed",
            Self::Deleted => "deleted",
            Self::LogoSaved => "logo-saved",
            Self::MadeBefore => "made-before",
            Self::NeedsSite => "needs-site",
            Self::Published => "published",
            Self::Saved => "saved",
            Self::SecretEnded => "secret-ended",
            Self::WaitsAgain => "waits-again",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The notice of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.name() == name)
    }

    pub(in crate::pages) fn line(self, t: &Catalogue) -> NoticeLine<'_> {
        let (text, done) = match self {
            Self::Asked => (&t.developer_asked, true),
            Self::Changed => (&t.developer_changed, false),
            Self::Deleted => (&t.developer_deleted, true),
            Self::LogoSaved => (&t.developer_logo_saved, true),
            Self::MadeBefore => (&t.developer_made_before, false),
            Self::NeedsSite => (&t.developer_needs_site, false),
            Self::Published => (&t.developer_published, true),
            Self::Saved => (&t.developer_saved, true),
            Self::SecretEnded => (&t.developer_secret_ended, true),
            Self::WaitsAgain => (&t.developer_waits_again, false),
            Self::Withdrawn => (&t.developer_withdrawn, true),
        };
        NoticeLine { text, done }
    }
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
    /// The page.
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
    /// The page.
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let client = ClientFace::new(&self.client, look.catalogue);
        let images = look.has_logo() || client.has_logo();
        let (action, keep, version) = (self.action, text::href(self.action), self.version);
        let view = DeleteView { brand: look.brand, t: look.catalogue, client, action, keep, version };
        look.page(&view, images, &FormTarget::SelfOnly)
    }
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
    /// The page.
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
            title: if self.is_new { t.developer_ready_title(&name) } else { t.developer_rotated_title(&name) },
            id: text::visible(self.id, text::SENTENCE),
            secret: self.secret.map(|secret| text::visible(secret, text::SENTENCE)),
            earlier_until: self.earlier_until.map(text::minute),
            app: text::href(self.app),
            docs: text::href(self.docs),
        };
        look.page(&view, images, &FormTarget::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_by_name() {
        for notice in DeveloperNotice::ALL {
            assert_eq!(DeveloperNotice::from_name(notice.name()), Some(notice));
        }
        assert_eq!(DeveloperNotice::from_name("anything else"), None);
    }
}
