//! Who comes to the developer portal. What is done with an app takes a type that proves that the person's session was alive
//! and that she had the role in this very request; what concerns secrets, that she signed in a short time ago.

use super::authenticated::RECENT;
use crate::base::{AccountId, UnixTime};
use crate::endpoints::App;
use crate::oauth::client::ClientId;
use crate::platform::{Fault, Platform};
use crate::seal::browser::Browser;
use crate::store::account::{ReadSession, Session};
use crate::store::registry::{Found, Read, Registered};

/// Who comes.
pub enum Visitor {
    /// A developer.
    Developer(Developer),
    /// Nobody who is signed in.
    Nobody,
    /// Somebody who has not the role, by the name that pages call her.
    Other(String),
}

/// A person who had the developer role in this request.
pub struct Developer {
    account: AccountId,
    session: Session,
}

/// A developer who proved who she is a short time ago.
pub struct RecentDeveloper<'a>(&'a Developer);

/// An app that is the developer's own.
pub struct OwnApp(Registered);

impl Visitor {
    /// Who `browser` is signed in as: one call tells whether the session is alive and whether the person has the role.
    ///
    /// # Errors
    /// When the account does not answer.
    pub async fn of<P: Platform>(app: &App<'_, P>, browser: Option<&Browser>) -> Result<Self, Fault> {
        let Some(at) = browser.and_then(|browser| browser.current) else {
            return Ok(Self::Nobody);
        };
        Ok(match app.platform.ask_account(at.account, ReadSession { session: at.session }).await? {
            Ok(session) if session.is_developer => Self::Developer(Developer { account: at.account, session }),
            Ok(session) => Self::Other(session.name),
            Err(_) => Self::Nobody,
        })
    }
}

impl Developer {
    /// Her account.
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// Her `sub`, which owns her apps.
    pub fn sub(&self) -> &str {
        &self.session.sub
    }

    /// What pages call her.
    pub fn name(&self) -> &str {
        &self.session.name
    }

    /// The same person, if she proved at `now` or a short time before who she is; else the earliest sign-in that would do.
    pub fn recently(&self, now: UnixTime) -> Result<RecentDeveloper<'_>, UnixTime> {
        let since = now.minus(RECENT);
        if self.session.authentication.auth_time >= since { Ok(RecentDeveloper(self)) } else { Err(since) }
    }

    /// Her app of this identifier, as the registry has it now. Somebody else's is as one that does not exist.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn own<P: Platform>(&self, app: &App<'_, P>, id: ClientId) -> Result<Option<OwnApp>, Fault> {
        Ok(match app.platform.ask_registry(Read { id }).await? {
            Found::Registered(registered) if registered.client.owner.as_deref() == Some(self.sub()) => {
                Some(OwnApp(*registered))
            }
            Found::Registered(_) | Found::Deleted(_) | Found::Never => None,
        })
    }
}

impl RecentDeveloper<'_> {
    /// Her `sub`.
    pub fn sub(&self) -> &str {
        self.0.sub()
    }
}

impl std::ops::Deref for OwnApp {
    type Target = Registered;

    fn deref(&self) -> &Registered {
        &self.0
    }
}
