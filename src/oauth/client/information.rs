//! What a client is told about its registration (RFC 7591 section 3.2.1, RFC 7592 section 3).

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::id::ClientId;
use super::model::{Client, Voucher};
use super::registration::MEMBERS;
use crate::base::{Secret, UnixTime};

/// The client information response.
#[derive(Debug, Serialize)]
pub struct ClientInformation<'a> {
    client_id: &'a ClientId,
    client_id_issued_at: UnixTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    /// 0 for each client that has a secret: a secret ends only when another replaces it.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<u8>,
    registration_client_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_access_token: Option<&'a str>,
    /// Whether it registered itself: so that an administrator tells those clients from the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    self_registered: Option<bool>,
    /// The developer who registered it in the portal.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a str>,
    verified: bool,
    /// Whether its developer waits for the administrator to publish it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    publication_requested: bool,
    #[serde(flatten)]
    members: Members,
}

/// What is registered.
#[derive(Debug)]
struct Members([(&'static str, Value); MEMBERS.len()]);

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name, value)))
    }
}

/// What is told once, or only to the client itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Confidences<'a> {
    /// A secret that was just made or brought along.
    pub secret: Option<&'a Secret<String>>,
    /// The registration access token.
    pub access_token: Option<&'a Secret<String>>,
}

impl<'a> ClientInformation<'a> {
    /// Tells of `client`, which is managed at `address`.
    #[must_use]
    pub fn new(client: &'a Client, address: String, confidences: Confidences<'a>) -> Self {
        let registration = &client.registration;
        Self {
            client_id: &client.id,
            client_id_issued_at: client.registered_at,
            client_secret: confidences.secret.map(|secret| secret.expose().as_str()),
            client_secret_expires_at: registration.authentication.has_secret().then_some(0),
            registration_client_uri: address,
            registration_access_token: confidences.access_token.map(|token| token.expose().as_str()),
            self_registered: client.self_registered.then_some(true),
            owner: client.owner.as_deref(),
            verified: client.voucher == Voucher::Administrator,
            publication_requested: registration.presentation.publication_requested,
            members: Members(registration.answered()),
        }
    }
}
