//! What KV holds about a client.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::envelope::Purpose;
use crate::oauth::client::{Client, ClientId, ClientVersion};

/// What KV says about a client at one version. It is sealed so that access to KV is not enough to make a client; the identifier is
/// inside so that no record passes for that of another.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ClientRecord {
    /// Whose record it is.
    pub id: ClientId,
    /// Which change of the client it tells of.
    pub version: ClientVersion,
    /// The client as JSON, so that releases with more members and with fewer read each other's; `None` is a tombstone. Empty text
    /// says to ask the registry, which earlier releases do with a record that they cannot read.
    client: Option<String>,
}

/// What a record says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Recorded {
    /// The registry has to be asked: the client may change without another put.
    AskRegistry,
    Client(Rc<Client>),
    Deleted,
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

    /// The record that stands for this client until the next day.
    #[must_use]
    pub const fn ask_registry(id: ClientId, version: ClientVersion) -> Self {
        Self { id, version, client: Some(String::new()) }
    }

    /// Whether it says to ask the registry.
    #[must_use]
    pub fn asks_registry(&self) -> bool {
        self.client.as_ref().is_some_and(String::is_empty)
    }

    /// What it says.
    ///
    /// # Errors
    /// When what is stored is not this client.
    pub fn recorded(&self) -> Result<Recorded, MalformedRecord> {
        let Some(json) = &self.client else {
            return Ok(Recorded::Deleted);
        };
        if json.is_empty() {
            return Ok(Recorded::AskRegistry);
        }
        let client: Client = serde_json::from_str(json).map_err(|_| MalformedRecord)?;
        if client.id == self.id && client.version == self.version {
            Ok(Recorded::Client(Rc::new(client)))
        } else {
            Err(MalformedRecord)
        }
    }
}

impl Purpose for ClientRecord {
    const LABEL: &'static str = "client record";
    const PREFIX: &'static str = "gr_client_";
    // A registration is at most 64 KB; base64url makes a third more of it, and the record's own members are small.
    const MAX_LENGTH: usize = 131_072;
}
