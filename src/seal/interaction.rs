//! The interaction: an authorization request on its way through /login and /consent.

use serde::{Deserialize, Serialize};

use super::browser::BrowserId;
use super::envelope::Purpose;
use crate::base::{Seconds, SessionId};
use crate::oauth::authorize::{AuthorizationParameters, AuthorizationRequest};
use crate::oauth::client::{Client, Face};
use crate::oauth::scope::Scopes;

/// How long a person may take to sign in and to consent.
pub const LIFETIME: Seconds = Seconds::new(1_800);

/// A request that waits for its person. It holds what was asked, never what was proven: each step asks the objects again.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Interaction {
    /// Names it within its browser.
    pub id: [u8; 16],
    /// The browser it belongs to; `None` until a page of ours has been opened in one (a request sent by POST).
    pub browser: Option<BrowserId>,
    /// The sessions that were there when it began: a demand to sign in again is not met by them.
    pub began_with: Vec<SessionId>,
    /// The session that the person picked from several since it began.
    pub chosen: Option<SessionId>,
    /// What was asked.
    pub parameters: AuthorizationParameters,
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
    /// What was shown of the client.
    pub face: Face,
}

impl ConsentTicket {
    /// What a consent page for `request` of `client` shows in `session`.
    #[must_use]
    pub fn of(interaction: &Interaction, session: SessionId, client: &Client, request: &AuthorizationRequest) -> Self {
        Self { interaction: interaction.id, session, scopes: request.to_allow.clone(), face: client.face() }
    }
}

impl Purpose for ConsentTicket {
    const LABEL: &'static str = "consent ticket";
    const PREFIX: &'static str = "gr_ct_";
    const MAX_LENGTH: usize = 4_000;
}
