//! Recent activity on a user's account.

use crate::base::UnixTime;
use crate::messages::{Catalogue, Phrase};
use crate::pages::text;

/// An entry of the recent activity.
#[derive(Clone, Copy, Debug)]
pub struct Activity<'a> {
    pub at: UnixTime,
    pub happened: Happened,
    /// The name of the app; `None` for a deleted app and for activity that is not about an app.
    pub app: Option<&'a str>,
}

/// The kinds of activity.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Happened {
    /// The user allowed an app.
    Allowed,
    /// An administrator changed the profile.
    Changed,
    Disabled,
    Disconnected,
    Enabled,
    /// Too many wrong passwords were tried.
    LockedOut,
    /// An app could not be notified of a sign-out.
    LogoutNotDelivered,
    PasswordChanged,
    /// An administrator set the password.
    PasswordSet,
    /// A refresh token was used twice, and the app's tokens were revoked.
    Replayed,
    SignedIn,
}

impl Happened {
    pub const ALL: [Self; 11] = [
        Self::Allowed,
        Self::Changed,
        Self::Disabled,
        Self::Disconnected,
        Self::Enabled,
        Self::LockedOut,
        Self::LogoutNotDelivered,
        Self::PasswordChanged,
        Self::PasswordSet,
        Self::Replayed,
        Self::SignedIn,
    ];
}

pub(in crate::pages) struct Line {
    happened: Happened,
    app: String,
    pub(in crate::pages) at: String,
}

impl Line {
    pub(in crate::pages) fn new(activity: &Activity<'_>, t: &Catalogue) -> Self {
        let app =
            activity.app.map_or_else(|| t.account.app_gone.to_string(), |name| text::name(name, t.client.nameless));
        Self { happened: activity.happened, app, at: t.dates.minute(activity.at) }
    }

    pub(in crate::pages) fn what<'a>(&'a self, t: &'a Catalogue) -> Phrase<'a> {
        match self.happened {
            Happened::Allowed => t.activity.allowed(&self.app),
            Happened::Changed => Phrase::words(t.activity.changed),
            Happened::Disabled => Phrase::words(t.activity.disabled),
            Happened::Disconnected => t.activity.disconnected(&self.app),
            Happened::Enabled => Phrase::words(t.activity.enabled),
            Happened::LockedOut => Phrase::words(t.activity.locked_out),
            Happened::LogoutNotDelivered => t.activity.logout_not_delivered(&self.app),
            Happened::PasswordChanged => Phrase::words(t.activity.password_changed),
            Happened::PasswordSet => Phrase::words(t.activity.password_set),
            Happened::Replayed => t.activity.replayed(&self.app),
            Happened::SignedIn => Phrase::words(t.activity.signed_in),
        }
    }
}
