//! The pages of `/developer`, the portal, beside the form of an app: the list of apps, new credentials, deletion, refusal.

use askama::Template;

use crate::base::UnixTime;
use crate::messages::{Catalogue, Phrase};
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{ClientFace, PersonFace, ShownClient, ShownPerson};
use crate::pages::look::{Look, Page};
use crate::pages::notice::NoticeView;
use crate::pages::text;

/// The context of the list of a developer's apps.
#[derive(Clone, Debug)]
pub struct DeveloperAppsPage<'a> {
    pub person: ShownPerson<'a>,
    /// A link to sign in as another user.
    pub switch: Option<&'a str>,
    pub notice: Option<DeveloperNotice>,
    pub apps: &'a [OwnAppLine<'a>],
    /// A link to the form of a new app; `None` at the limit of apps.
    pub create: Option<&'a str>,
    /// A link to the documentation.
    pub docs: &'a str,
}

#[derive(Clone, Copy, Debug)]
pub struct OwnAppLine<'a> {
    pub client: ShownClient<'a>,
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
struct DeveloperAppsView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    person: PersonFace<'a>,
    switch: Option<&'a str>,
    notice: Option<NoticeView<'a>>,
    apps: Vec<OwnAppLineView<'a>>,
    create: Option<&'a str>,
    docs: Option<&'a str>,
}

struct OwnAppLineView<'a> {
    client: ClientFace<'a>,
    link: Option<&'a str>,
    listing: Listing,
}

impl OwnAppLineView<'_> {
    fn is_listed(&self) -> bool {
        self.listing == Listing::Listed
    }

    fn is_requested(&self) -> bool {
        self.listing == Listing::Requested
    }
}

impl DeveloperAppsPage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let t = look.catalogue;
        let apps: Vec<OwnAppLineView<'_>> = self
            .apps
            .iter()
            .map(|app| OwnAppLineView {
                client: ClientFace::new(&app.client, t),
                link: text::href(app.link),
                listing: app.listing,
            })
            .collect();
        let images = look.has_logo() || apps.iter().any(|line| line.client.has_logo());
        let view = DeveloperAppsView {
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

/// The context of the page that shows credentials once.
#[derive(Clone, Debug)]
pub struct CredentialsPage<'a> {
    pub client: ShownClient<'a>,
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

impl CredentialsPage<'_> {
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

/// The context of the page that asks before an app is deleted. Its form posts `action=delete` and `confirm=yes`.
#[derive(Clone, Debug)]
pub struct DeleteAppPage<'a> {
    pub client: ShownClient<'a>,
    pub action: &'a str,
    /// The version of the app, against simultaneous changes.
    pub version: &'a str,
}

#[derive(Template)]
#[template(path = "developer/delete.html")]
struct DeleteAppView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    client: ClientFace<'a>,
    action: &'a str,
    keep: Option<&'a str>,
    version: &'a str,
}

impl DeleteAppPage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let client = ClientFace::new(&self.client, look.catalogue);
        let images = look.has_logo() || client.has_logo();
        let (action, keep, version) = (self.action, text::href(self.action), self.version);
        let view = DeleteAppView { brand: look.brand, t: look.catalogue, client, action, keep, version };
        look.page(&view, images, &FormTarget::SelfOnly)
    }
}

/// The context of the page for a user without the developer role.
#[derive(Clone, Debug)]
pub struct DeveloperDeniedPage<'a> {
    pub person: ShownPerson<'a>,
    /// A link to sign in as another user.
    pub switch: Option<&'a str>,
    /// A link to the documentation, if it is public.
    pub docs: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "developer/denied.html")]
struct DeveloperDeniedView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    person: PersonFace<'a>,
    switch: Option<&'a str>,
    docs: Option<&'a str>,
}

impl DeveloperDeniedPage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let view = DeveloperDeniedView {
            brand: look.brand,
            t: look.catalogue,
            person: PersonFace::new(&self.person),
            switch: self.switch.and_then(text::href),
            docs: self.docs.and_then(text::href),
        };
        look.page(&view, look.has_logo(), &FormTarget::None)
    }
}

/// What has just been done, or why it was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DeveloperNotice {
    /// The developer asked for a listing.
    Asked,
    /// The app was changed in the meantime.
    Changed,
    Deleted,
    LogoSaved,
    /// The form of a new app was sent twice.
    MadeBefore,
    /// The app has no website, so it cannot be listed.
    NeedsSite,
    Published,
    Saved,
    SecretEnded,
    /// Changes were saved, and the listing needs approval again.
    WaitsAgain,
    /// The app was removed from the catalogue, or the request for it was withdrawn.
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

    /// The name in sealed notices.
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

    /// The notice with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.name() == name)
    }

    pub(in crate::pages) fn line(self, t: &Catalogue) -> NoticeView<'_> {
        let (text, done) = match self {
            Self::Asked => (t.developer.asked, true),
            Self::Changed => (t.developer.changed, false),
            Self::Deleted => (t.developer.deleted, true),
            Self::LogoSaved => (t.developer.logo_saved, true),
            Self::MadeBefore => (t.developer.made_before, false),
            Self::NeedsSite => (t.developer.needs_site, false),
            Self::Published => (t.developer.published, true),
            Self::Saved => (t.developer.saved, true),
            Self::SecretEnded => (t.developer.secret_ended, true),
            Self::WaitsAgain => (t.developer.waits_again, false),
            Self::Withdrawn => (t.developer.withdrawn, true),
        };
        NoticeView { text, done }
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
