//! The refresh token (RFC 6749 section 1.5).

use serde::{Deserialize, Serialize};

use super::envelope::Purpose;
use super::holder::{self, FamilyHolder};
use crate::base::FamilyId;
use crate::oauth::client::{ClientId, ClientVersion};

/// What a refresh token stands for: its place in a family. Everything else is in the family's row.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RefreshToken {
    /// The object that decides about it.
    #[serde(serialize_with = "holder::write")]
    pub holder: FamilyHolder,
    pub family: FamilyId,
    /// Its number within the family.
    pub number: u32,
    /// The client it was issued to.
    pub client: ClientId,
    /// The client's version then.
    pub client_version: ClientVersion,
    /// The resources that were asked for by name (RFC 8707), within which it can be narrowed.
    pub resources: Vec<String>,
    /// The thumbprint of the `DPoP` key it is bound to (RFC 9449 section 5), reserved.
    pub dpop_jkt: Option<[u8; 32]>,
}

impl Purpose for RefreshToken {
    const LABEL: &'static str = "refresh token";
    const PREFIX: &'static str = "gr_rt_";
    const MAX_LENGTH: usize = 4_000;

    fn decode(format: u8, content: &[u8]) -> Option<Self> {
        holder::decode(format, content)
    }
}
