//! The notices of the portal.

use crate::messages::Catalogue;
use crate::pages::notice::NoticeLine;

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

    /// The name in URLs.
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

    /// The notice with this name in URLs.
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
