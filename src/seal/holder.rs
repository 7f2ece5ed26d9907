//! Who holds the token family that a sealed value belongs to.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer, ser};
use zeroize::Zeroizing;

use super::envelope::exactly;
use crate::base::{AccountId, OrganizationId};

/// Who holds a token family: the object that decides about it.
///
/// A value with a holder has it as its first field, and opens in two formats. Format 1 begins with the id of an account. Format 2
/// begins with a byte that says whose id follows. Format 1 is written, so that the release before opens it too. Nothing is made for
/// an organization yet: a value that names one was sealed by a later release, and is refused.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum FamilyHolder {
    /// A user's account.
    Account(AccountId),
    Organization(OrganizationId),
}

/// The byte of format 2 that says that the id of an account follows.
const ACCOUNT: u8 = 0;

/// A holder for which nothing can be done yet.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("it is held by an organization, which this release does not support")]
pub struct HeldByOrganization;

impl FamilyHolder {
    /// The account that holds it.
    ///
    /// # Errors
    /// When an organization holds it.
    pub const fn account(self) -> Result<AccountId, HeldByOrganization> {
        match self {
            Self::Account(account) => Ok(account),
            Self::Organization(_) => Err(HeldByOrganization),
        }
    }
}

/// Writes a holder in format 1.
pub(super) fn write<S: Serializer>(holder: &FamilyHolder, serializer: S) -> Result<S::Ok, S::Error> {
    holder.account().map_err(ser::Error::custom)?.serialize(serializer)
}

/// Reads a value whose first field is its holder.
pub(super) fn decode<P: DeserializeOwned>(format: u8, content: &[u8]) -> Option<P> {
    match format {
        1 => exactly(&Zeroizing::new([&[ACCOUNT], content].concat())),
        2 => exactly(content),
        _ => None,
    }
}
