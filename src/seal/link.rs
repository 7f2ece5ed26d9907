//! What an authorization request of the JSON facade says of the client's user.

use serde::{Deserialize, Serialize};

use super::envelope::Purpose;
use crate::base::LinkKey;
use crate::oauth::client::ClientId;

/// That a client means one of its own users by a request. A browser carries it, so the identity itself is not in it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LinkRequest {
    pub client: ClientId,
    /// The API whose facade made it.
    pub audience: String,
    /// Names the user.
    pub key: LinkKey,
}

impl Purpose for LinkRequest {
    const LABEL: &'static str = "link request";
    const PREFIX: &'static str = "gr_link_";
    const MAX_LENGTH: usize = 1_000;
}
