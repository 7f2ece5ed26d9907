//! What KV holds about a client.

use serde::{Deserialize, Serialize};

use super::envelope::Purpose;
use crate::oauth::client::{Client, ClientId, ClientVersion};

/// A client as it was at one version. It is sealed so that access to KV is not enough to make a client; the identifier is
/// inside so that no record passes for that of another.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ClientRecord {
    /// Whose record it is.
    pub id: ClientId,
    /// Which change of the client it tells of.
    pub version: ClientVersion,
    /// The client as JSON, so that releases with more members and with fewer read each other's; `None` is a tombstone.
    client: Option<String>,
}

/// The content is not that of a client, or not of the one that it says.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a client's record is malformed")]
pub struct MalformedRecord;

impl ClientRecord {
    /// The record of a client as its registry stores it.
    #[must_use]
    pub const fn of(id: ClientId, version: ClientVersion, client: String) -> Self {
        Self { id, version, client: Some(client) }
    }

    /// The record of a client that was deleted.
    #[must_use]
    pub const fn tombstone(id: ClientId, version: ClientVersion) -> Self {
        Self { id, version, client: None }
    }

    /// The client; `None` when it was deleted.
    ///
    /// # Errors
    /// When what is stored is not this client.
    pub fn client(&self) -> Result<Option<Client>, MalformedRecord> {
        let Some(json) = &self.client else {
            return Ok(None);
        };
        let client: Client = serde_json::from_str(json).map_err(|_| MalformedRecord)?;
        if client.id == self.id && client.version == self.version { Ok(Some(client)) } else { Err(MalformedRecord) }
    }
}

impl Purpose for ClientRecord {
    const LABEL: &'static str = "client record";
    const PREFIX: &'static str = "gr_client_";
    // A registration is at most 64 KB; base64url makes a third more of it, and the record's own members are small.
    const MAX_LENGTH: usize = 131_072;
}
