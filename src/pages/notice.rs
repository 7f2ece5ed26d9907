//! The notice on a page about what has just been done.

use crate::messages::Catalogue;

/// What has just been done, or why the user has to sign in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Notice {
    Disconnected,
    OtherSessionsEnded,
    /// Nothing was done: the form was made for another user than the one who is signed in now.
    OtherUser,
    PasswordChanged,
    SessionEnded,
    SignedOutEverywhere,
    /// The user's request needs a recent sign-in.
    SignInAgain,
    /// A change to an app needs a recent sign-in.
    SignInForApps,
}

impl Notice {
    const ALL: [Self; 8] = [
        Self::Disconnected,
        Self::OtherSessionsEnded,
        Self::OtherUser,
        Self::PasswordChanged,
        Self::SessionEnded,
        Self::SignedOutEverywhere,
        Self::SignInAgain,
        Self::SignInForApps,
    ];

    /// The name in sealed notices.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::OtherSessionsEnded => "other-sessions-ended",
            Self::OtherUser => "other-user",
            Self::PasswordChanged => "password-changed",
            Self::SessionEnded => "session-ended",
            Self::SignedOutEverywhere => "signed-out-everywhere",
            Self::SignInAgain => "sign-in-again",
            Self::SignInForApps => "sign-in-for-apps",
        }
    }

    /// The notice with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.name() == name)
    }

    pub(super) fn line(self, t: &Catalogue) -> NoticeView<'_> {
        let text = match self {
            Self::Disconnected => t.account.disconnected,
            Self::OtherSessionsEnded => t.account.others_ended,
            Self::OtherUser => t.account.other_user,
            Self::PasswordChanged => t.password.changed,
            Self::SessionEnded => t.account.session_ended,
            Self::SignedOutEverywhere => t.account.signed_out_everywhere,
            Self::SignInAgain => t.account.confirm_identity,
            Self::SignInForApps => t.developer.sign_in_again,
        };
        NoticeView { text, done: !matches!(self, Self::OtherUser | Self::SignInAgain | Self::SignInForApps) }
    }
}

/// A [`Notice`] ready to be shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoticeView<'a> {
    pub(super) text: &'a str,
    pub(super) done: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_by_name() {
        for notice in Notice::ALL {
            assert_eq!(Notice::from_name(notice.name()), Some(notice));
        }
        assert_eq!(Notice::from_name("anything else"), None);
    }
}
