//! What happened on a person's account, in plain words.

use crate::base::UnixTime;
use crate::messages::{Catalogue, Phrase};
use crate::pages::text;

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub struct Activity<'a> {
    /// When.
    pub at: UnixTime,
    /// What.
    pub happened: Happened,
    /// The name of the app that it is about; `None` where it is about none, and for an app that is gone.
    pub app: Option<&'a str>,
}

/// What can happen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Happened {
    /// An app was allowed something.
    Allowed,
    /// An administrator changed what is known about the person.
    Changed,
    /// An administrator disabled the account.
    Disabled,
    /// An app was disconnected.
    Disconnected,
    /// An administrator enabled the account.
    Enabled,
    /// Too many passwords were wrong.
    LockedOut,
    /// An app could not be told that the person signed out.
    LogoutNotDelivered,
    /// The person changed her password.
    PasswordChanged,
    /// An administrator set it.
    PasswordSet,
    /// An app's access was presented by two, and ended.
    Replayed,
    /// The person signed in.
    SignedIn,
}

impl Happened {
    /// All of them.
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

/// A line of the list.
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
