//! What people may do with accounts of their own.

use super::reader::{Reader, SWITCH, one_of};
use crate::base::Address;

/// What people may do with accounts of their own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccountSettings {
    /// Whether they can delete them.
    pub deletion: bool,
    /// Where they make them, if the product has such a place.
    pub sign_up: Option<SignUp>,
}

impl AccountSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            deletion: reader.optional("ACCOUNT_DELETION", one_of(&SWITCH)).unwrap_or(true),
            sign_up: reader.optional("SIGN_UP_URL", SignUp::parse),
        }
    }
}

/// The product's own page where people make accounts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignUp(String);

impl SignUp {
    fn parse(text: &str) -> Result<Self, String> {
        Address::parse(text)
            .filter(|address| address.scheme() == "https" && !address.has_fragment())
            .map(|_| Self(text.to_owned()))
            .ok_or_else(|| "must be an https URL without a fragment".to_owned())
    }

    /// Its address, with `return_to` for the way back to `address`.
    #[must_use]
    pub fn returning_to(&self, address: &str) -> String {
        let sign_up = Address::parse(&self.0);
        sign_up.map_or_else(|| self.0.clone(), |sign_up| sign_up.with_parameter("return_to", address))
    }
}
