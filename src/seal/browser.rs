//! The browser's cookie: which interactions are its own, and who is signed in.

use serde::{Deserialize, Serialize};

use super::envelope::Purpose;
use crate::base::{AccountId, Seconds, SessionId};

/// How long the cookie of a browser in which nobody is signed in is good.
pub const LIFETIME: Seconds = Seconds::DAY;

/// Names one browser.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct BrowserId(pub [u8; 16]);

/// What the cookie holds. It identifies; whether the session is alive is asked each time.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Browser {
    /// This browser. Stays when a person signs in, so that other tabs' interactions stay its own.
    pub id: BrowserId,
    /// Who is signed in.
    pub session: Option<SessionRef>,
}

/// A session and the account that knows of it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SessionRef {
    /// The account.
    pub account: AccountId,
    /// The session.
    pub session: SessionId,
}

impl Purpose for Browser {
    const LABEL: &'static str = "browser cookie";
    const PREFIX: &'static str = "gr_ses_";
    const MAX_LENGTH: usize = 1_000;
}
