//! A user who acts for themselves. What they may change takes a type that proves that their session was alive in this very
//! request, or that they signed in a short time ago; a cookie alone proves neither.

use std::convert::Infallible;

use sha2::{Digest as _, Sha256};

use crate::base::encoding::base64url;
use crate::base::{AccountId, SessionId, UnixTime};
use crate::endpoints::App;
use crate::endpoints::people;
use crate::endpoints::people::NotDone;
use crate::http::Parameters;
use crate::lifetimes;
use crate::oauth::client::ClientId;
use crate::oauth::token::sid::Sid;
use crate::platform::{Fault, Platform, attempt};
use crate::seal::browser::{Browser, BrowserId, SessionRef};
use crate::store::account::{
    Disconnect, EndOtherSessions, EndSession, Overview, OverviewPart, RaiseEpoch, ReadOverview, Session,
};

/// A user whose session was alive in this request. `K` is what else their account said then: an [`Overview`] for the account
/// page, the role for the developer portal.
pub struct Authenticated<K> {
    browser: BrowserId,
    account: AccountId,
    session_id: SessionId,
    session: Session,
    known: K,
}

/// Names a user in a form of a page, so that the form changes nothing of another user who has signed in since. It does not
/// tell the id of their object.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UserTag(String);

impl UserTag {
    #[must_use]
    pub fn of(account: AccountId) -> Self {
        let digest = Sha256::new().chain_update(b"grantry user\0").chain_update(account.as_bytes()).finalize();
        Self(base64url(digest.first_chunk::<16>().map_or(&[], |short| short)))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a form was made for this user.
    #[must_use]
    pub fn is_of(&self, form: &Parameters) -> bool {
        form.get(Self::FIELD) == Some(self.as_str())
    }

    /// The name of the field.
    const FIELD: &'static str = "user";
}

/// A user who signed in a short time ago.
pub struct RecentlyAuthenticated<'a, K> {
    user: &'a Authenticated<K>,
    since: UnixTime,
}

impl<K> Authenticated<K> {
    /// Only for an answer of the account about the session.
    pub(super) fn new(browser: &Browser, at: SessionRef, session: Session, known: K) -> Self {
        Self { browser: browser.id, account: at.account, session_id: at.session, session, known }
    }

    /// The browser in which they act.
    pub const fn browser(&self) -> BrowserId {
        self.browser
    }

    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// What forms call them.
    pub fn tag(&self) -> UserTag {
        UserTag::of(self.account)
    }

    /// Their `sub`.
    pub fn sub(&self) -> &str {
        &self.session.sub
    }

    /// What pages call them.
    pub fn name(&self) -> &str {
        &self.session.name
    }

    /// The same user, if they signed in at `now` or a short time before; else the earliest sign-in that would do.
    pub fn recently(&self, now: UnixTime) -> Result<RecentlyAuthenticated<'_, K>, UnixTime> {
        let since = now.minus(lifetimes::RECENT_SIGN_IN);
        if self.session.authentication.auth_time >= since {
            Ok(RecentlyAuthenticated { user: self, since })
        } else {
            Err(since)
        }
    }
}

impl Authenticated<Overview> {
    /// The user that `browser` is signed in as, if their account confirms it.
    ///
    /// # Errors
    /// When the account does not answer.
    pub async fn of<P: Platform>(app: &App<'_, P>, browser: Option<&Browser>) -> Result<Option<Self>, Fault> {
        Self::with(app, browser, OverviewPart::First).await
    }

    /// As [`Self::of`], with another part of the account page.
    ///
    /// # Errors
    /// When the account does not answer.
    pub async fn with<P: Platform>(
        app: &App<'_, P>,
        browser: Option<&Browser>,
        part: OverviewPart,
    ) -> Result<Option<Self>, Fault> {
        let Some((browser, at)) = browser.and_then(|browser| Some((browser, browser.current?))) else {
            return Ok(None);
        };
        let overview = app.platform.ask_account(at.account, ReadOverview { session: at.session, part }).await?;
        Ok(overview.ok().map(|overview| Self::new(browser, at, overview.session.clone(), overview)))
    }

    /// What the account page shows.
    pub const fn overview(&self) -> &Overview {
        &self.known
    }

    /// Takes back everything that a client was allowed.
    ///
    /// # Errors
    /// When the account does not answer.
    pub async fn disconnect<P: Platform>(&self, app: &App<'_, P>, client: ClientId) -> Result<(), Fault> {
        // An account that is gone has nothing to take back.
        let _gone = app.platform.ask_account(self.account, Disconnect { client }).await?;
        Ok(())
    }

    /// Signs out in the browser of theirs that `name` names. `false` when there is none.
    ///
    /// # Errors
    /// When the account does not answer.
    pub async fn end_session<P: Platform>(&self, app: &App<'_, P>, name: &str) -> Result<bool, Fault> {
        let is_named = |session| Sid::own(session).as_str() == name;
        let Some(browser) = self.known.browsers.iter().find(|browser| is_named(browser.session)) else {
            return Ok(false);
        };
        let _gone = app.platform.ask_account(self.account, EndSession { session: browser.session }).await?;
        Ok(true)
    }

    /// Signs out in all their browsers but this one. `false` when this one is no longer signed in.
    ///
    /// # Errors
    /// When the account does not answer.
    pub async fn end_other_sessions<P: Platform>(&self, app: &App<'_, P>) -> Result<bool, Fault> {
        let ended = app.platform.ask_account(self.account, EndOtherSessions { session: self.session_id }).await?;
        Ok(ended.is_ok())
    }
}

impl<'a, K> RecentlyAuthenticated<'a, K> {
    pub const fn user(&self) -> &'a Authenticated<K> {
        self.user
    }

    pub const fn account(&self) -> AccountId {
        self.user.account
    }

    /// The session in which they act.
    pub const fn session(&self) -> SessionId {
        self.user.session_id
    }

    /// The earliest sign-in that would have been recent enough.
    pub const fn since(&self) -> UnixTime {
        self.since
    }
}

impl RecentlyAuthenticated<'_, Overview> {
    /// Deletes the account for good, in the same order as an administrator's deletion: a second try after an interruption
    /// completes it. Gives the account that is gone.
    ///
    /// # Errors
    /// When the platform fails. The account may be gone by then.
    pub async fn delete_account<P: Platform>(self, app: &App<'_, P>) -> Result<AccountId, Fault> {
        match people::delete::<P, Infallible>(app, self.user.sub()).await {
            Err(NotDone::Fault(fault)) => Err(fault),
            // Another request deleted it first.
            Ok(()) | Err(_) => Ok(self.account()),
        }
    }

    /// Ends every session and all tokens. Gives the account that nobody is signed in to any more.
    ///
    /// # Errors
    /// When the account does not answer.
    pub async fn sign_out_everywhere<P: Platform>(self, app: &App<'_, P>) -> Result<AccountId, Fault> {
        let _gone = app.platform.ask_account(self.account(), RaiseEpoch { attempt: attempt(app.platform) }).await?;
        Ok(self.account())
    }
}
