//! The browser's cookie: which interactions are its own, and who is signed in.

use serde::{Deserialize, Serialize};

use super::envelope::Purpose;
use crate::base::{AccountId, SessionId};

/// The most accounts that are signed in at a time: one cookie has to hold them all.
const MOST_SESSIONS: usize = 5;

/// Names one browser.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct BrowserId(pub [u8; 16]);

/// What the cookie holds. It identifies; whether a session is alive is asked each time.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Browser {
    /// This browser. Stays when a user signs in, so that other tabs' interactions stay its own.
    pub id: BrowserId,
    /// Who requests are answered for, unless they say otherwise.
    pub current: Option<SessionRef>,
    /// Who else is signed in, the latest first.
    others: Vec<SessionRef>,
}

/// A session and the account that knows of it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SessionRef {
    pub account: AccountId,
    pub session: SessionId,
}

impl Browser {
    /// A browser in which nobody is signed in.
    #[must_use]
    pub const fn new(id: BrowserId) -> Self {
        Self { id, current: None, others: Vec::new() }
    }

    /// Everybody who is signed in, the current one first.
    pub fn sessions(&self) -> impl Iterator<Item = SessionRef> {
        self.current.into_iter().chain(self.others.iter().copied())
    }

    /// The sessions of everybody who is signed in.
    pub fn session_ids(&self) -> impl Iterator<Item = SessionId> {
        self.sessions().map(|at| at.session)
    }

    /// With `session` as the current one. It takes the place of an earlier one of the same account; of too many, the oldest
    /// is forgotten ([`Self::pushed_out_by`]).
    #[must_use]
    pub fn with_current(&self, session: SessionRef) -> Self {
        let others = self.sessions().filter(|other| other.account != session.account);
        Self { id: self.id, current: Some(session), others: others.take(MOST_SESSIONS.saturating_sub(1)).collect() }
    }

    /// The session for which [`Self::with_current`] has no room any more.
    #[must_use]
    pub fn pushed_out_by(&self, session: SessionRef) -> Option<SessionRef> {
        self.sessions().filter(|other| other.account != session.account).nth(MOST_SESSIONS.saturating_sub(1))
    }

    /// Without an account. Nobody takes its place unasked.
    #[must_use]
    pub fn without(&self, account: AccountId) -> Self {
        let stays = |session: &SessionRef| session.account != account;
        Self {
            id: self.id,
            current: self.current.filter(stays),
            others: self.others.iter().copied().filter(stays).collect(),
        }
    }
}

impl Purpose for Browser {
    const LABEL: &'static str = "browser cookie";
    const PREFIX: &'static str = "gr_ses_";
    const MAX_LENGTH: usize = 1_000;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(account: u8, session: u8) -> SessionRef {
        SessionRef { account: AccountId::from_bytes([account; 32]), session: SessionId::from_bytes([session; 20]) }
    }

    #[test]
    fn several_accounts_in_one_browser() {
        let browser = Browser::new(BrowserId([0; 16]));
        let both = browser.with_current(session(1, 1)).with_current(session(2, 2));
        assert_eq!(both.sessions().collect::<Vec<_>>(), [session(2, 2), session(1, 1)]);
        let again = both.with_current(session(1, 9));
        assert_eq!(again.sessions().collect::<Vec<_>>(), [session(1, 9), session(2, 2)], "an account is there once");
        let left = again.without(session(1, 9).account);
        assert_eq!((left.current, left.sessions().collect()), (None, vec![session(2, 2)]), "nobody takes its place");
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let browser = (1..=7).fold(Browser::new(BrowserId([0; 16])), |browser, n| browser.with_current(session(n, n)));
        let accounts: Vec<u8> = browser.sessions().map(|session| session.account.as_bytes()[0]).collect();
        assert_eq!(accounts, [7, 6, 5, 4, 3]);
        assert_eq!(browser.pushed_out_by(session(8, 8)), Some(session(3, 3)));
        assert_eq!(browser.pushed_out_by(session(4, 9)), None, "it takes the place of the same account's");
        assert_eq!(Browser::new(BrowserId([0; 16])).pushed_out_by(session(1, 1)), None);
    }
}
