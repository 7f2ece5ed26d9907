//! What a page of the portal says about what was done just now.

use crate::messages::Catalogue;
use crate::pages::notice::NoticeLine;

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
        NoticeLine { text, done }
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
