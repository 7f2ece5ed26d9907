//! A person who acts on her own account. What changes it takes a type that proves that her session was alive in this very
//! request, or that it began a short time ago; a cookie alone proves neither.

use std::convert::Infallible;

use crate::base::{AccountId, Seconds, SessionId, UnixTime};
use crate::endpoints::App;
use crate::endpoints::authorize::interaction::attempt;
use crate::endpoints::people;
use crate::endpoints::people::NotDone;
use crate::oauth::client::ClientId;
use crate::oauth::token::sid::Sid;
use crate::platform::{Fault, Platform};
use crate::seal::browser::Browser;
use crate::store::account::{Disconnect, EndOtherSessions, EndSession, Overview, Part, RaiseEpoch, ReadOverview};

/// How long ago a sign-in is recent.
pub const RECENT: Seconds = Seconds::new(900);

/// A person whose session was alive in this request, and what her account said of itself then.
pub struct Authenticated {
    account: AccountId,
    session: SessionId,
    overview: Overview,
}

/// A person who proved who she is a short time ago.
pub struct RecentlyAuthenticated {
    account: AccountId,
    session: SessionId,
    since: UnixTime,
}

impl Authenticated {
    /// The person that `browser` is signed in as, if her account says that she is.
    ///
    /// # Errors
    /// When the account does not answer.
    pub async fn of<P: Platform>(app: &App<'_, P>, browser: Option<&Browser>) -> Result<Option<Self>, Fault> {
        Self::with(app, browser, Part::First).await
    }

    /// As [`Self::of`], with another part of her page.
    ///
    /// # Errors
    /// When the account does not answer.
    pub async fn with<P: Platform>(
        app: &App<'_, P>,
        browser: Option<&Browser>,
        part: Part,
    ) -> Result<Option<Self>, Fault> {
        let Some(at) = browser.and_then(|browser| browser.current) else {
            return Ok(None);
        };
        let overview = app.platform.ask_account(at.account, ReadOverview { session: at.session, part }).await?;
        Ok(overview.ok().map(|overview| Self { account: at.account, session: at.session, overview }))
    }

    /// What her account says of itself.
    pub const fn overview(&self) -> &Overview {
        &self.overview
    }

    /// The same person, if she proved at `now` or a short time before who she is; else the earliest sign-in that would do.
    pub fn recently(&self, now: UnixTime) -> Result<RecentlyAuthenticated, UnixTime> {
        let since = now.minus(RECENT);
        let is_recent = self.overview.session.authentication.auth_time >= since;
        let person = RecentlyAuthenticated { account: self.account, session: self.session, since };
        if is_recent { Ok(person) } else { Err(since) }
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

    /// Signs out in one of her browsers; whether there is one that `name` names.
    ///
    /// # Errors
    /// When the account does not answer.
    pub async fn end_session<P: Platform>(&self, app: &App<'_, P>, name: &str) -> Result<bool, Fault> {
        let is_named = |session| Sid::own(session).as_str() == name;
        let Some(browser) = self.overview.browsers.iter().find(|browser| is_named(browser.session)) else {
            return Ok(false);
        };
        let _gone = app.platform.ask_account(self.account, EndSession { session: browser.session }).await?;
        Ok(true)
    }

    /// Signs out in all her browsers but this one; whether this one is still signed in.
    ///
    /// # Errors
    /// When the account does not answer.
    pub async fn end_other_sessions<P: Platform>(&self, app: &App<'_, P>) -> Result<bool, Fault> {
        let ended = app.platform.ask_account(self.account, EndOtherSessions { session: self.session }).await?;
        Ok(ended.is_ok())
    }
}

impl RecentlyAuthenticated {
    /// Her account.
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// The session in which she acts.
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// The earliest sign-in that would have done.
    pub const fn since(&self) -> UnixTime {
        self.since
    }

    /// Deletes the account for good, in the order in which an administrator's deletion does: whoever comes after an
    /// interruption completes it. Gives the account that is gone.
    ///
    /// # Errors
    /// When the platform fails. The account may be gone by then.
    pub async fn delete_account<P: Platform>(self, app: &App<'_, P>, sub: &str) -> Result<AccountId, Fault> {
        match people::delete::<P, Infallible>(app, sub).await {
            Err(NotDone::Fault(fault)) => Err(fault),
            // Somebody else was faster.
            Ok(()) | Err(_) => Ok(self.account),
        }
    }

    /// Ends every session and all tokens. Gives the account that nobody is signed in to any more.
    ///
    /// # Errors
    /// When the account does not answer.
    pub async fn sign_out_everywhere<P: Platform>(self, app: &App<'_, P>) -> Result<AccountId, Fault> {
        let _gone = app.platform.ask_account(self.account, RaiseEpoch { attempt: attempt(app) }).await?;
        Ok(self.account)
    }
}
