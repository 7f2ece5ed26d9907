//! The callers of the developer portal. Every action on an app takes a type that proves that the user's session was alive and that
//! they had the role in this very request; actions on secrets also need a recent sign-in.

use super::authenticated::{Authenticated, RecentlyAuthenticated};
use crate::endpoints::App;
use crate::oauth::client::ClientId;
use crate::platform::{Fault, Platform};
use crate::seal::browser::Browser;
use crate::store::account::ReadSession;
use crate::store::registry::{FoundClient, Read, Registered};

/// Who opens the portal.
pub enum Visitor {
    Developer(Developer),
    /// Nobody who is signed in.
    Nobody,
    /// A user without the role, by the name that pages call them.
    Other(String),
}

/// The account said that the user has the developer role.
pub struct DeveloperRole(());

/// A user who had the developer role in this request.
pub type Developer = Authenticated<DeveloperRole>;

/// A developer who signed in a short time ago.
pub type RecentDeveloper<'a> = RecentlyAuthenticated<'a, DeveloperRole>;

pub struct DevelopersApp(Registered);

impl Visitor {
    /// The user that `browser` is signed in as: one call tells whether the session is alive and whether the user has the role.
    ///
    /// # Errors
    /// When the account does not answer.
    pub async fn of<P: Platform>(app: &App<'_, P>, browser: Option<&Browser>) -> Result<Self, Fault> {
        let Some((browser, at)) = browser.and_then(|browser| Some((browser, browser.current?))) else {
            return Ok(Self::Nobody);
        };
        Ok(match app.platform.ask_account(at.account, ReadSession { session: at.session }).await? {
            Ok(session) if session.is_developer => {
                Self::Developer(Developer::new(browser, at, session, DeveloperRole(())))
            }
            Ok(session) => Self::Other(session.name),
            Err(_) => Self::Nobody,
        })
    }
}

impl Authenticated<DeveloperRole> {
    /// Their app with this identifier, as the registry has it now. Another developer's app is answered like one that does not
    /// exist.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn own<P: Platform>(&self, app: &App<'_, P>, id: ClientId) -> Result<Option<DevelopersApp>, Fault> {
        Ok(match app.platform.ask_registry(Read { id }).await? {
            FoundClient::Registered(registered) if registered.client.owner.as_deref() == Some(self.sub()) => {
                Some(DevelopersApp(*registered))
            }
            FoundClient::Registered(_) | FoundClient::Deleted(_) | FoundClient::Never => None,
        })
    }
}

impl std::ops::Deref for DevelopersApp {
    type Target = Registered;

    fn deref(&self) -> &Registered {
        &self.0
    }
}
