//! The registration access token (RFC 7592 section 1.2).

use serde::{Deserialize, Serialize};

use super::envelope::Purpose;
use crate::base::RegistrationAccessId;
use crate::oauth::client::ClientId;

/// What a registration access token stands for: the right to read, change and delete one client, as long as the registry
/// knows the id.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RegistrationAccess {
    pub client: ClientId,
    /// What the registry must know.
    pub id: RegistrationAccessId,
}

impl Purpose for RegistrationAccess {
    const LABEL: &'static str = "registration access token";
    const PREFIX: &'static str = "gr_rat_";
    const MAX_LENGTH: usize = 1_000;
}
