//! The interaction: what waits while a user goes through /login and /consent.

use serde::{Deserialize, Serialize};

use super::browser::{Browser, BrowserId};
use super::envelope::{Life, Opened, Purpose};
use crate::base::{SessionId, UnixTime};
use crate::lifetimes;
use crate::oauth::client::{Client, ClientId, FaceDigest};
use crate::oauth::request::authorize::{AuthorizationParameters, AuthorizationRequest};
use crate::oauth::request::interaction::Visit;
use crate::oauth::request::prompt::Another;
use crate::oauth::scope::Scopes;

/// What waits for its user. It holds what was asked, never what was proven: each step asks the objects again.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Interaction {
    /// Names it within its browser.
    pub id: [u8; 16],
    /// The browser it belongs to; `None` until a page of ours has been opened in one (a request sent by POST).
    pub browser: Option<BrowserId>,
    /// When it began. The times of the seal say it, so the content does not: [`Interaction::of`] sets it, and until then no sign-in
    /// is late enough.
    #[serde(skip, default = "end_of_time")]
    pub began_at: UnixTime,
    /// The sessions that were there when it began: a demand to sign in again is not met by them.
    pub began_with: Vec<SessionId>,
    /// The session that the user picked from several since it began.
    pub chosen: Option<SessionId>,
    /// What waits.
    pub aim: Aim,
}

impl Interaction {
    /// One that has not been in a browser yet.
    #[must_use]
    pub const fn new(id: [u8; 16], aim: Aim, now: UnixTime) -> Self {
        Self { id, browser: None, began_at: now, began_with: Vec::new(), chosen: None, aim }
    }

    /// One that was sealed, whether or not its time is over.
    #[must_use]
    pub fn of(opened: Opened<Self>) -> Self {
        Self { began_at: opened.life.sealed_at, ..opened.value }
    }

    /// The same, beginning here and now in `browser`.
    #[must_use]
    pub fn in_browser(self, browser: &Browser, now: UnixTime) -> Self {
        Self { browser: Some(browser.id), began_at: now, began_with: browser.session_ids().collect(), ..self }
    }

    /// From when until when it waits. Its time begins once, however many steps there are.
    #[must_use]
    pub const fn life(&self) -> Life {
        Life { sealed_at: self.began_at, expires_at: self.began_at.plus(lifetimes::INTERACTION) }
    }

    /// The same for a user who wants another account than those that are signed in in `browser`.
    #[must_use]
    pub fn for_another(&self, another: Another, browser: Option<&Browser>) -> Self {
        Self {
            began_with: browser.into_iter().flat_map(Browser::session_ids).collect(),
            chosen: None,
            aim: self.aim.clone().for_another(another),
            ..self.clone()
        }
    }
}

const fn end_of_time() -> UnixTime {
    UnixTime::from_secs(i64::MAX)
}

/// What an interaction leads to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Aim {
    /// An answer to a client that asked this.
    Authorize(Box<AuthorizationParameters>),
    /// The user's own page.
    Account(Visit),
    /// The developer portal.
    Developer {
        /// What is demanded of the user.
        visit: Visit,
        /// The app whose page the user asked for, if it was the page of an app.
        app: Option<ClientId>,
    },
}

impl Aim {
    /// The same for a user who wants another account than those of the sessions so far.
    #[must_use]
    pub fn for_another(self, another: Another) -> Self {
        match self {
            Self::Authorize(parameters) => Self::Authorize(Box::new(parameters.for_another(another))),
            Self::Account(visit) => Self::Account(Visit { another: Some(another), ..visit }),
            Self::Developer { visit, app } => Self::Developer { visit: Visit { another: Some(another), ..visit }, app },
        }
    }
}

impl Purpose for Interaction {
    const LABEL: &'static str = "interaction";
    const PREFIX: &'static str = "gr_int_";
    const MAX_LENGTH: usize = 8_000;
}

/// What the consent page showed and to whom. A form that comes back with it allows that and nothing else.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ConsentTicket {
    /// The interaction it was shown in.
    pub interaction: [u8; 16],
    /// The session it was shown in.
    pub session: SessionId,
    /// The scopes that were shown.
    pub scopes: Scopes,
    /// Which of them could be declined.
    pub optional: Scopes,
    /// What was shown of the client.
    pub face: FaceDigest,
}

impl ConsentTicket {
    /// What a consent page for `request` of `client` shows in `session`.
    #[must_use]
    pub fn of(interaction: &Interaction, session: SessionId, client: &Client, request: &AuthorizationRequest) -> Self {
        Self {
            interaction: interaction.id,
            session,
            scopes: request.to_allow.clone(),
            optional: request.optional(client),
            face: client.face(),
        }
    }
}

impl Purpose for ConsentTicket {
    const LABEL: &'static str = "consent ticket";
    const PREFIX: &'static str = "gr_ct_";
    const MAX_LENGTH: usize = 4_000;
}
