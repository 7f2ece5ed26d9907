//! The place of an access token in its family: one claim, so that no bare id tells two resource servers that their tokens
//! are one user's.

use serde::{Deserialize, Serialize};

use super::envelope::Purpose;
use super::holder::{self, FamilyHolder};
use crate::base::{FamilyId, UnixTime};

/// Where an access token belongs.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AccessClaim {
    /// The object that decides about it.
    #[serde(serialize_with = "holder::write")]
    pub holder: FamilyHolder,
    pub family: FamilyId,
    /// Its serial within the family.
    pub serial: UnixTime,
}

impl Purpose for AccessClaim {
    const LABEL: &'static str = "access token claim";
    const PREFIX: &'static str = "gr_at_";
    const MAX_LENGTH: usize = 1_000;

    fn decode(format: u8, content: &[u8]) -> Option<Self> {
        holder::decode(format, content)
    }
}
